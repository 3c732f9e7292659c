"""Defines the command `buurtsein-contracts`, for teams that use the events. Needs the extra `cli`.

Exit codes: 0 done, 1 a fault was found, 2 the command was used wrongly. To add subcommands, write a module with a
function `register(app)` and name it in VERBS.
"""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from buurtsein_contracts.cli import live, making, proving, publishing, reading
from buurtsein_contracts.cli.output import WrongUse
from buurtsein_contracts.expectations.model import UnusableFile

app = typer.Typer(
    name="buurtsein-contracts",
    help="Look up and validate the events of Buurtsein, and prove that a consumer keeps working.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

VERBS = (reading, proving, making, publishing, live)

for _module in VERBS:
    _module.register(app)


def _tell(asked: bool) -> None:  # noqa: FBT001 # typer calls it with the option's value
    if asked:
        typer.echo(version("buurtsein-contracts"))
        raise typer.Exit


@app.callback()
def about(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell, is_eager=True, help="Print the release of this package.")
    ] = False,
) -> None:
    """Define the options that come before a subcommand of `buurtsein-contracts`."""


def main() -> None:
    """Run the command; on wrong use, print one sentence and exit with 2."""
    try:
        app()
    except (WrongUse, UnusableFile) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
