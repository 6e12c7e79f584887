"""The command `deepmirnatar`. Errors are one sentence; nothing is trained."""

import argparse
import sys
from importlib import import_module

from deepmirnatar import __version__
from deepmirnatar.common.logs import forgive_terminal, log_to

COMMANDS = ["predict", "activity", "score", "explain", "audit", "serve", "fetch", "atlas"]


def main(arguments: list[str] | None = None) -> int:
    forgive_terminal()
    options = parser().parse_args(arguments)
    log_to(None)
    try:
        options.run(options)
    except (ValueError, OSError) as error:
        print(f"deepmirnatar: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("deepmirnatar: stopped; finished files are complete", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="deepmirnatar", description="Predict and explain microRNA targets.")
    top.add_argument("--version", action="version", version=f"deepmirnatar {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        command = import_module(f"deepmirnatar.commands.{name}")
        one = commands.add_parser(name, help=command.HELP, description=command.HELP)
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return top
