"""Builds images: `python -m buurtsein_stack.images [NAME ...] [--engine buildah] [--base IMAGE]`."""

import argparse
import sys

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_stack.images.build import build, tell
from buurtsein_stack.images.pieces import chosen


def main(arguments: list[str]) -> int:
    """Build the named images, or all; print one sentence and return 2 when this machine cannot build images."""
    parser = argparse.ArgumentParser(prog="images", description=__doc__)
    parser.add_argument("names", nargs="*", help="which images; all by default")
    parser.add_argument("--engine", choices=["none", "buildah"], default="none", help="what builds; none needs nothing")
    parser.add_argument("--base", default="", help="an image with python3.13 to build on, for buildah")
    told = parser.parse_args(arguments)
    if told.base and told.engine == "none":
        parser.error("--base needs --engine buildah")
    try:
        with machine_errors():
            sys.stdout.write(tell(build(chosen(told.names), told.base, with_buildah=told.engine == "buildah")) + "\n")
    except CommandError as error:
        sys.stderr.write(f"images: {error.sentence}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
