"""Defines how alerts are stored; `buurtsein_chassis.documents` says what to do when the model changes."""

from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.steps import FIRST

_ADDED_LATER: dict[str, Any] = {
    "translations": {},
    "certainty": "Possible",
    "response": ["Monitor"],
    "channels": [],
    "release_roles": ["officer"],
    "facts": 1,
    "reports": 1,
    "earlier": [],
    "valid_minutes": 60,
}
"""The fields that documents of schema 1 may not have, with the values to use."""


def _complete(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored alert from schema 1 to 2: add the fields that schema 1 lacks."""
    return _ADDED_LATER | stored


_WRITTEN_LATER: dict[str, Any] = {
    "origin": "rule",
    "authors": [],
    "area": None,
    "break_glass": None,
    "steps": 0,
    "last_step": FIRST,
    "purpose": "alert",
    "follows": None,
    "references": [],
    "sent_at": None,
    "feedback": None,
    "costs": None,
    "held_back": None,
}
"""The fields that documents of schema 2 may not have, with the values to use."""


def _with_steps(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored alert from schema 2 to 3: add the fields of alerts that people write, and of steps."""
    return _WRITTEN_LATER | stored


def _with_content(stored: dict[str, Any]) -> dict[str, Any]:
    """Convert a stored alert from schema 3 to 4: a release also has the hash of the content that was released."""
    releases = [{"content": None} | one for one in stored["releases"]]
    return stored | {"releases": releases}


ALERTS = Documents(Alert, [_complete, _with_steps, _with_content], written=3)
"""The alerts. Version 1.0.0 of the service reads schema 3 and drops the hash of schema 4. A person's release without
the hash no longer counts."""
