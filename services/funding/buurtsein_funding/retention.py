"""Defines how long funding stores who requested support, undecided applications, accounts and payments."""

from buurtsein_chassis.retention import Bound
from buurtsein_funding.domain.application import ERASED
from buurtsein_funding.settings import Settings

_NOBODY = f"'{ERASED}' || t.application_id"


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limits; the installation's data controller confirms the periods.

    Drafts and withdrawn applications are deleted when nobody changed them any more. Of decided ones the requester's
    pseudonym is emptied. Accounts are deleted earlier than the payments.
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
        Bound("payment_account", "payment_account", settings.retention_account_days, "t.given_at < $1"),
        Bound(
            "payment_batch.data",
            "payment_batch",
            settings.retention_account_days,
            "t.prepared_at < $1 and t.data is not null",
            blank="data = null, key_id = null, data_key = null",
        ),
        Bound("payment_batch", "payment_batch", settings.retention_requester_days, "t.prepared_at < $1"),
        Bound("account_reading", "account_reading", settings.retention_reading_days, "t.read_at < $1"),
    ]
