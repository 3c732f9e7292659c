"""Defines how long funding stores who requested support, and applications that were never decided."""

from buurtsein_chassis.retention import Bound
from buurtsein_funding.domain.application import ERASED
from buurtsein_funding.settings import Settings

_NOBODY = f"'{ERASED}' || t.application_id"


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limits; the installation's data controller confirms the periods.

    Drafts and withdrawn applications are deleted when nobody changed them any more. Of decided ones the requester's
    pseudonym is emptied.
    """
    return [
        Bound(
            "application.undecided",
            "application",
            settings.retention_undecided_days,
            "t.changed_at < $1 and t.state in ('DRAFT', 'WITHDRAWN')",
        ),
        Bound(
            "application.requester",
            "application",
            settings.retention_requester_days,
            f"(t.document #>> '{{decision,decided_at}}')::timestamptz < $1 and t.requester <> {_NOBODY}",
            blank=f"requester = {_NOBODY}, document = jsonb_set(t.document, '{{requester}}', to_jsonb({_NOBODY}))",
        ),
    ]
