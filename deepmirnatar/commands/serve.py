"""`deepmirnatar serve`: the local page."""

import argparse
from functools import partial

from deepmirnatar.commands.options import add_mirbase, add_weights, whole

HELP = "a page on this machine: paste sequences, see the sites"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=whole(1, 65535), default=8000, metavar="N", help="default: %(default)s")
    add_mirbase(command)
    add_weights(command)
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(options) -> None:
    from deepmirnatar.prediction.predict import predict_texts
    from deepmirnatar.prediction.serve import serve

    scored = partial(predict_texts, mirbase=options.mirbase, weights=options.weights)
    serve(scored, port=options.port, open_browser=not options.no_browser)
