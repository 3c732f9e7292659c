"""How alerts are stored; `buurtsein_chassis.documents` tells what to do when the model changes."""

from typing import Any

from buurtsein_chassis.documents import Documents
from buurtsein_notifier.domain.alert import Alert

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
"""What alerts of the first schema may lack, and what held for them."""


def _complete(stored: dict[str, Any]) -> dict[str, Any]:
    """From 1 to 2: everything that a rule says is there."""
    return _ADDED_LATER | stored


ALERTS = Documents(Alert, [_complete])
