"""`buurtsein-contracts`: what a team that builds on the events needs at hand. Needs the extra `cli`.

Exit codes: 0 done, 1 found something wrong, 2 used wrongly.
To add verbs: a module with `register(app)`, named in VERBS.
"""

import sys

import typer

from buurtsein_contracts.cli import live, making, proving, publishing, reading
from buurtsein_contracts.cli.said import WrongUse
from buurtsein_contracts.expectations.model import UnusableFile

app = typer.Typer(
    name="buurtsein-contracts",
    help="The events of Buurtsein: look them up, validate, and prove that a consumer keeps working.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

VERBS = (reading, proving, making, publishing, live)

for _module in VERBS:
    _module.register(app)


def main() -> None:
    """Run the command; wrong use is one sentence and exit code 2."""
    try:
        app()
    except (WrongUse, UnusableFile) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
