"""Defines the subcommand that writes the portal: docs."""

from pathlib import Path
from typing import Annotated

import typer

from buurtsein_contracts.cli.output import WrongUse, say
from buurtsein_contracts.expectations.model import CONSUMERS

try:
    from buurtsein_contracts.portal import build
except ImportError as missing:  # the other subcommands work without the extra `docs`
    _MISSING: ImportError | None = missing
else:
    _MISSING = None


def register(app: typer.Typer) -> None:
    """Add the subcommand of this module to the command `buurtsein-contracts`."""
    app.command()(docs)


def docs(
    *,
    to: Annotated[Path, typer.Option(help="The folder to write to.")],
    consumers: Annotated[
        Path, typer.Option(help="The folder of expectations, <organisation>/<consumer>.yaml.")
    ] = CONSUMERS,
    contact: Annotated[
        str | None, typer.Option(help="Where readers send expectations and questions, such as a shared mailbox.")
    ] = None,
) -> None:
    """Write the portal: pages for every event and topic that open from a file, without a network."""
    if _MISSING:
        raise WrongUse(f"install buurtsein-contracts[docs] for this: {_MISSING}")
    try:
        written = build(to, consumers, contact) if contact else build(to, consumers)
    except OSError as error:
        raise WrongUse(f"{to}: cannot be written: {error.strerror}") from error
    say(f"{len(written)} files; open {to / 'index.html'}")
