"""Defines how applications are stored; `buurtsein_chassis.documents` says what to do when the model changes."""

from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.payment import Batch


def _with_steps(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored application from schema 1 to 2: the fields of its new steps get their default values."""
    return stored


APPLICATIONS = Documents(Application, [_with_steps], written=1)
"""The applications. The release before reads those with a state that it knows."""
BATCHES = Documents(Batch)
"""The batches of payments, without the accounts, which are stored encrypted."""
