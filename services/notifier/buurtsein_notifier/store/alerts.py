"""Reads and writes the tables of alerts, deliveries and the kill-switch."""

from collections.abc import Sequence
from datetime import datetime
from typing import override
from uuid import UUID

from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_contracts import EventData
from buurtsein_kernel.problems import missing
from buurtsein_notifier.commands import Settle
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import DeliveryState, LeasedDelivery, Settled, UnknownDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.network_members import NetworkMembers
from buurtsein_notifier.domain.receipt import Kept, Receipt
from buurtsein_notifier.domain.switch import KillSwitch
from buurtsein_notifier.handlers import deciding, delivering, receiving, switching
from buurtsein_notifier.projections import members_of, networks_of
from buurtsein_notifier.store import queue, steps
from buurtsein_notifier.store.receipts import keep

FREE_UNITS_USED = """select coalesce(sum(free_units), 0) from alert
    where sent_at >= make_timestamptz($1, 1, 1, 0, 0, 0, 'Europe/Brussels')
    and sent_at < make_timestamptz($1 + 1, 1, 1, 0, 0, 0, 'Europe/Brussels') and free_units > 0"""

_PRICING = 0x70726963
"""The number of the advisory lock for computing the cost of one alert at a time, so that free units count once."""


async def free_units_used(connection: Connection, year: int) -> int:
    """Return how many free units were used by the messages of a year."""
    used: int = await connection.fetchval(FREE_UNITS_USED, year)
    return used


class AlertTables(deciding.Store, delivering.Store, receiving.Store, switching.Store):
    """Alerts and their deliveries, networks, and the kill-switch, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Make the store of a unit of work, on whose connection all statements run."""
        self._uow = uow
        self._connection = uow.connection

    @override
    async def record(self, *events: EventData) -> None:
        await self._uow.record(*events)

    @override
    async def members_of(self, network_ids: Sequence[UUID]) -> list[NetworkMembers]:
        return await members_of(self._connection, network_ids)

    @override
    async def free_units_used(self, year: int) -> int:
        await self._connection.execute("select pg_advisory_xact_lock($1)", _PRICING)
        return await free_units_used(self._connection, year)

    @override
    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        return await networks_of(self._connection, network_ids)

    @override
    async def alert(self, alert_id: UUID) -> Alert:
        row = await self._connection.fetchrow(
            "select document, schema from alert where alert_id = $1 for no key update", alert_id
        )
        if row is None:
            raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
        alert = ALERTS.read_row(row)
        await steps.go_on(self._connection, alert)
        return alert

    @override
    async def save_alert(self, alert: Alert) -> None:
        alert.version += 1
        await self._connection.execute(
            "update alert set state = $2, version = $3, document = $4, schema = $5, network_ids = $6, expires_at = $7,"
            " proposed_at = $8, kind = $9, sent_at = $10, feedback_due_at = $11, feedback_given_at = $12,"
            " audit_open = $13, words = to_tsvector('simple', $14), free_units = $15 where alert_id = $1",
            alert.alert_id,
            alert.state,
            alert.version,
            ALERTS.write(alert),
            ALERTS.schema,
            alert.network_ids,
            alert.expires_at,
            alert.proposed_at,
            alert.kind,
            alert.sent_at,
            alert.feedback and alert.feedback.due_at,
            alert.feedback and alert.feedback.given_at,
            alert.break_glass is not None and alert.break_glass.verdict is None,
            alert.words,
            sum(one.free_units for one in alert.costs or []),
        )
        await steps.add(self._connection, alert)

    @override
    async def content_read(self, alert_id: UUID, tag: str) -> str | None:
        return await steps.content_read(self._connection, alert_id, tag)

    @override
    async def reports_held(self, alert_id: UUID) -> int:
        number: int = await self._connection.fetchval(
            "select coalesce(sum(reports), 0) from alert_fact join fact using (fact_id) where alert_id = $1", alert_id
        )
        return number

    @override
    async def reports_behind(self, alert_id: UUID, limit: int) -> list[UUID]:
        rows = await self._connection.fetch(
            """select report_id from alert_fact join incident using (fact_id)
               where alert_id = $1 and not elsewhere order by report_id limit $2""",
            alert_id,
            limit,
        )
        return [row["report_id"] for row in rows]

    async def overdue_alerts(self) -> list[UUID]:
        """Return proposed alerts on which nobody decided in time, oldest first, and not more than a hundred."""
        rows = await self._connection.fetch(
            "select alert_id from alert where state in ('PROPOSED', 'DRAFT', 'RETURNED') and expires_at <= now()"
            " order by alert_id limit 100"
        )
        return [row["alert_id"] for row in rows]

    @override
    async def queue(self, alert: Alert, message: Message, ways: Sequence[str]) -> None:
        await queue.add(self._connection, alert, message, ways)

    @override
    async def rewrite(self, message: Message) -> None:
        await queue.rewrite(self._connection, message)

    @override
    async def hold_delivery(self, alert: Alert) -> None:
        await queue.hold(self._connection, alert.alert_id, on=alert.held_back is not None)

    @override
    async def withdraw_delivery(self, alert: Alert) -> None:
        await queue.withdraw(self._connection, alert.alert_id)

    @override
    async def follows_under_way(self, first: Alert) -> bool:
        under_way: bool = await self._connection.fetchval(
            "select exists (select from alert where follows = $1 and state in ('RELEASED', 'UNKNOWN'))", first.alert_id
        )
        return under_way

    @override
    async def sent_messages(self, first: Alert, now: datetime) -> list[bytes]:
        return await queue.messages(self._connection, first, now)

    @override
    async def unknown_delivery(self, alert: Alert) -> UnknownDelivery | None:
        return await queue.unknown(self._connection, alert.alert_id)

    @override
    async def settle_delivery(self, delivery: UnknownDelivery, command: Settle) -> None:
        by_hand = "settled_by_hand"
        await queue.settle(self._connection, delivery.delivery_id, command.outcome, command.reference, by_hand)

    @override
    async def settle_by_peer(self, delivery: UnknownDelivery, outcome: Settled, reference: str | None) -> None:
        await queue.settle(self._connection, delivery.delivery_id, outcome, reference, "settled_by_peer")

    @override
    async def keep_receipts(self, adapter: str, receipts: Sequence[Receipt]) -> Kept:
        return await keep(self._connection, adapter, receipts)

    @override
    async def finish_delivery(
        self, delivery: LeasedDelivery, state: DeliveryState, reason: str | None, reference: str | None
    ) -> int | None:
        return await queue.finish(self._connection, delivery, state, reason, reference)

    @override
    async def expire_delivery(self, delivery_id: UUID) -> int | None:
        return await queue.expire(self._connection, delivery_id)

    @override
    async def kill_switch(self) -> KillSwitch:
        await queue.lock_kill_switch(self._connection)
        return await queue.kill_switch(self._connection)

    @override
    async def save_kill_switch(self, switch: KillSwitch) -> KillSwitch:
        return await queue.save_kill_switch(self._connection, switch)
