"""What decisions about alerts read and write."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import EventData
from buurtsein_kernel.problems import missing
from buurtsein_notifier import queue
from buurtsein_notifier.commands import Switch
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.projections import networks_of


class DecidingStore:
    """Alerts and their deliveries, networks, and the kill-switch, in one unit of work."""

    def __init__(self, uow: UnitOfWork, adapter: str = "") -> None:
        """`adapter` is the name under which deliveries are queued."""
        self._uow = uow
        self._connection = uow.connection
        self._adapter = adapter

    async def record(self, *events: EventData) -> None:
        """Into the event log and the outbox."""
        await self._uow.record(*events)

    async def now(self) -> datetime:
        """The database's clock, also after a long wait for a lock."""
        moment: datetime = await self._connection.fetchval("select clock_timestamp()")
        return moment

    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        """Those of these networks that were approved, in this order."""
        return await networks_of(self._connection, network_ids)

    async def alert(self, alert_id: UUID) -> Alert:
        """The alert, locked; DomainError `alert_unknown`."""
        document = await self._connection.fetchval(
            "select document from alert where alert_id = $1 for no key update", alert_id
        )
        if document is None:
            raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
        return Alert.model_validate_json(document)

    async def reports_held(self, alert_id: UUID) -> int:
        """How many reports there are of the facts that an alert holds."""
        number: int = await self._connection.fetchval(
            "select coalesce(sum(reports), 0) from alert_fact join fact using (fact_id) where alert_id = $1", alert_id
        )
        return number

    async def save_alert(self, alert: Alert) -> None:
        """Its new state; raises the version."""
        alert.version += 1
        await self._connection.execute(
            "update alert set state = $2, version = $3, document = $4 where alert_id = $1",
            alert.alert_id,
            alert.state,
            alert.version,
            alert.model_dump_json(),
        )

    async def overdue_alerts(self) -> list[UUID]:
        """Proposed alerts on which nobody decided in time, oldest first."""
        rows = await self._connection.fetch(
            "select alert_id from alert where state = 'PROPOSED' and expires_at <= now() order by alert_id limit 100"
        )
        return [row["alert_id"] for row in rows]

    async def queue(self, alert: Alert, message: Message) -> None:
        """A delivery to be made."""
        await queue.add(self._connection, alert, message, self._adapter)

    async def rewrite(self, message: Message) -> None:
        """Another text for a message that is about to be sent."""
        await queue.rewrite(self._connection, message)

    async def withdraw_delivery(self, alert: Alert) -> None:
        """Take its message back; DomainError `delivery_under_way` when it may have been handed over."""
        await queue.withdraw(self._connection, alert.alert_id)

    async def sent_message(self, alert: Alert) -> bytes:
        """Its message as it left; DomainError `message_gone`."""
        return await queue.message(self._connection, alert.cap_identifier)

    async def settle_delivery(self, alert: Alert, outcome: str, reference: str | None) -> tuple[str, int]:
        """Close the delivery whose outcome is unknown; its adapter and attempts."""
        return await queue.settle(self._connection, alert.alert_id, outcome, reference)

    async def set_switch(self, command: Switch, actor: str) -> None:
        """One more use of the kill-switch; the last one counts."""
        await self._connection.execute(
            "insert into switch (name, is_on, reason, actor) values ($1, $2, $3, $4)",
            queue.KILL_SWITCH,
            command.on,
            command.reason,
            actor,
        )
