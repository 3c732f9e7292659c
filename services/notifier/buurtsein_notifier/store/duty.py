"""Reads the proposed alerts that wait for a decision, and stores how often each duty contact was notified of them."""

from collections.abc import Sequence
from typing import override
from uuid import UUID

from buurtsein_chassis.database import Database
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.duty import Waiting
from buurtsein_notifier.handlers import duty

_WAITING = """
    select a.document, a.schema,
        (select array_agg(contact) from duty_call d where d.alert_id = a.alert_id) as contacts,
        (select array_agg(number) from duty_call d where d.alert_id = a.alert_id) as numbers
    from alert a where a.state = 'PROPOSED' and a.expires_at > now() order by a.alert_id limit 100"""


class DutyTables(duty.Store):
    """The calls of duty contacts; each statement is a transaction of its own, because a message cannot be undone."""

    def __init__(self, database: Database) -> None:
        """Make the store of a database."""
        self._pool = database.pool

    @override
    async def waiting_alerts(self) -> Sequence[Waiting]:
        rows = await self._pool.fetch(_WAITING)
        return [
            _waiting(ALERTS.read_row(row), dict(zip(row["contacts"] or (), row["numbers"] or (), strict=True)))
            for row in rows
        ]

    @override
    async def save_call(self, alert_id: UUID, contact: str, number: int, *, told: bool) -> None:
        await self._pool.execute(_TOLD if told else _FAILED, alert_id, contact, *([number] if told else []))


_TOLD = """
    insert into duty_call (alert_id, contact, number, called_at) values ($1, $2, $3, now())
    on conflict (alert_id, contact) do update set number = excluded.number, called_at = excluded.called_at"""
_FAILED = """
    insert into duty_call (alert_id, contact, failures, called_at) values ($1, $2, 1, now())
    on conflict (alert_id, contact) do update set failures = duty_call.failures + 1, called_at = excluded.called_at"""


def _waiting(alert: Alert, calls: dict[str, int]) -> Waiting:
    return Waiting(alert.alert_id, alert.status, alert.category, alert.proposed_at, alert.expires_at, calls)
