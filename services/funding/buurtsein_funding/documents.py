"""Defines how applications are stored; `buurtsein_chassis.documents` says what to do when the model changes."""

from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.payment import Batch


def _with_steps(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored application from schema 1 to 2: the fields of its new steps get their default values."""
    return stored


def _with_writers(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored application from schema 2 to 3: add its writers, and the form as it was submitted."""
    return {"writers": [], "submitted": None} | stored


APPLICATIONS = Documents(Application, [_with_steps, _with_writers], written=2)
"""The applications. Release 1.0.0 reads schema 2, and drops `writers` and `submitted` when it changes an application.
Then the requester is the only known writer, and the form with its changes counts as the submitted one."""
BATCHES = Documents(Batch)
"""The batches of payments, without the accounts, which are stored encrypted."""
