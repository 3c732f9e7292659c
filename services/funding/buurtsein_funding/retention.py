"""Defines how long funding stores who requested support, undecided applications, accounts and payments."""

from buurtsein_chassis.retention import Bound
from buurtsein_funding.domain.application import ERASED
from buurtsein_funding.settings import Settings

_NOBODY = f"'{ERASED}' || t.application_id"
_WITHOUT_TEXTS = f"""t.document || jsonb_build_object(
    'requester', {_NOBODY}, 'writers', '[]'::jsonb, 'submitted', null, 'answers', '{{}}'::jsonb, 'asked', '[]'::jsonb,
    'review', null, 'decision', t.document -> 'decision' || '{{"explanation": null}}',
    'cost_lines', (select jsonb_agg(line || '{{"description": ""}}' order by number)
        from jsonb_array_elements(t.document -> 'cost_lines') with ordinality as lines (line, number)))"""  # noqa: S608 # constants of the program
"""The document with its amounts, without who asked and without all texts that people typed."""


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limits; the installation's data controller confirms the periods.

    Drafts and withdrawn applications are deleted when nobody changed them any more. Of decided ones the requester's
    pseudonym is emptied, and all texts that people typed. Accounts are deleted earlier than the payments.
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
            f"(t.document #>> '{{decision,decided_at}}')::timestamptz < $1 and (t.requester <> {_NOBODY}"
            " or jsonb_array_length(coalesce(t.document -> 'writers', '[]')) > 0)",
            blank=f"requester = {_NOBODY}, document = {_WITHOUT_TEXTS}",
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
        Bound("evidence", "evidence", settings.retention_requester_days, "t.added_at < $1"),
        Bound("account_reading", "account_reading", settings.retention_reading_days, "t.read_at < $1"),
    ]
