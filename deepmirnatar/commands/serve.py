"""`deepmirnatar serve`: the atlas and own sequences in a browser, here or on a lab's server."""

import argparse
from functools import partial

from deepmirnatar.commands.options import add_mirbase, add_weights, whole

HELP = "pages in a browser: search the atlas of a species, or paste sequences"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--species", default="human", metavar="NAME", help="whose atlas (default: %(default)s)")
    command.add_argument("--atlas", metavar="FILE", help="from `deepmirnatar atlas` (default: in the cache folder)")
    command.add_argument("--port", type=whole(1, 65535), default=8000, metavar="N", help="default: %(default)s")
    command.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen; 0.0.0.0 lets others in, with --name"
    )
    command.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="a name or address under which others reach this server; may be given several times",
    )
    add_mirbase(command)
    add_weights(command)
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(options) -> None:
    from deepmirnatar.atlas.served import served_atlas
    from deepmirnatar.prediction.predict import predict_texts
    from deepmirnatar.prediction.serve import serve

    pages = served_atlas(options.atlas, options.species, options.mirbase)
    scored = partial(predict_texts, mirbase=options.mirbase, weights=options.weights)
    serve(
        scored,
        port=options.port,
        open_browser=not options.no_browser,
        host=options.host,
        names=options.name,
        atlas=pages,
    )
