"""The verb that writes documents: docs."""

from pathlib import Path
from typing import Annotated

import typer

from buurtsein_contracts.cli.said import WrongUse, say
from buurtsein_contracts.expectations.model import CONSUMERS

try:
    from buurtsein_contracts.portal import build
except ImportError as missing:  # without the extra `docs` every other verb works
    _MISSING: ImportError | None = missing
else:
    _MISSING = None


def register(app: typer.Typer) -> None:
    """Add this verb."""
    app.command()(docs)


def docs(
    *,
    to: Annotated[Path, typer.Option(help="The folder to write in.")],
    consumers: Annotated[
        Path, typer.Option(help="The folder of expectations, <organisation>/<consumer>.yaml.")
    ] = CONSUMERS,
    contact: Annotated[
        str | None, typer.Option(help="Where readers send expectations and questions, such as a mailbox of a desk.")
    ] = None,
) -> None:
    """Write the portal: pages for every event and topic, which open from a file, offline."""
    if _MISSING:
        raise WrongUse(f"install buurtsein-contracts[docs] for this: {_MISSING}")
    try:
        written = build(to, consumers, contact) if contact else build(to, consumers)
    except OSError as error:
        raise WrongUse(f"{to}: cannot be written: {error.strerror}") from error
    say(f"{len(written)} files; open {to / 'index.html'}")
