"""Defines how long funding stores who requested support."""

from buurtsein_chassis.retention import Bound
from buurtsein_funding.domain.application import ERASED
from buurtsein_funding.settings import Settings

_NOBODY = f"'{ERASED}' || t.application_id"


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limit for requesters' pseudonyms; the installation's data controller confirms the period."""
    return [
        Bound(
            "application.requester",
            "application",
            settings.retention_requester_days,
            f"(t.document #>> '{{decision,decided_at}}')::timestamptz < $1 and t.requester <> {_NOBODY}",
            blank=f"requester = {_NOBODY}, document = jsonb_set(t.document, '{{requester}}', to_jsonb({_NOBODY}))",
        )
    ]
