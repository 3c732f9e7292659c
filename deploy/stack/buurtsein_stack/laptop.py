"""Runs a simulated outside system: `python -m buurtsein_stack.laptop issuer | bealert | tokens`.

It is the program of the image `buurtsein-laptop`, which `deploy/compose` uses; never in production.
"""

import json
import os
import sys

from buurtsein_stack import bealert, issuer
from buurtsein_stack.home import Home


def tokens() -> int:
    """Print a token for each made-up person as JSON; `ISSUER_URL` names the issuer."""
    print(json.dumps(issuer.tokens(Home.default(), os.environ["ISSUER_URL"]), indent=1))  # noqa: T201
    return 0


PROGRAMS = {"issuer": issuer.main, "bealert": bealert.main, "tokens": tokens}


def main(arguments: list[str]) -> int:
    """Run the simulated system with this name; for an unknown name, print one sentence and return 2."""
    if len(arguments) != 1 or arguments[0] not in PROGRAMS:
        print(f"laptop: give one of {', '.join(PROGRAMS)}", file=sys.stderr)  # noqa: T201
        return 2
    return PROGRAMS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
