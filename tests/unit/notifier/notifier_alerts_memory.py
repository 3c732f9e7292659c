"""The part of the notifier's store in memory that keeps alerts, their deliveries and the kill-switch."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from buurtsein_contracts import EventData
from buurtsein_kernel.problems import missing
from buurtsein_notifier import commands
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import DeliveryState, LeasedDelivery, UnknownDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.switch import KillSwitch
from buurtsein_notifier.handlers import deciding, delivering, switching


class AlertMemory(deciding.Store, delivering.Store, switching.Store):
    """As a database does, it keeps copies and hands out copies."""

    def __init__(self) -> None:
        self.known: dict[UUID, Network] = {}
        self.alerts: dict[UUID, Alert] = {}
        self.queued: list[Message] = []
        self.states: dict[UUID, DeliveryState] = {}
        self.unknown: UnknownDelivery | None = UnknownDelivery(uuid4(), "simulator", 1)
        self.settled: list[tuple[str, str | None]] = []
        self.switch = KillSwitch()
        self.events: list[EventData] = []

    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        return [self.known[one] for one in network_ids]

    async def alert(self, alert_id: UUID) -> Alert:
        if alert_id not in self.alerts:
            raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
        return self.alerts[alert_id].model_copy(deep=True)

    async def save_alert(self, alert: Alert) -> None:
        alert.version += 1
        self.alerts[alert.alert_id] = alert.model_copy(deep=True)

    async def queue(self, alert: Alert, message: Message, adapter: str) -> None:
        assert (str(alert.alert_id) in message.identifier, adapter) == (True, "simulator")
        self.queued.append(message)

    async def rewrite(self, message: Message) -> None:
        self.queued[-1] = message

    async def withdraw_delivery(self, alert: Alert) -> None:
        self.queued = [message for message in self.queued if message.identifier != alert.cap_identifier]

    async def sent_message(self, alert: Alert) -> bytes:
        return next(message.xml for message in self.queued if message.identifier == alert.cap_identifier)

    async def unknown_delivery(self, alert: Alert) -> UnknownDelivery | None:
        return self.unknown if "settle" in alert.allowed() else None

    async def settle_delivery(self, delivery: UnknownDelivery, command: commands.Settle) -> None:
        assert delivery == self.unknown
        self.settled.append((command.outcome, command.reference))

    async def finish_delivery(
        self, delivery: LeasedDelivery, state: DeliveryState, _reason: str | None, _reference: str | None
    ) -> int | None:
        return self._ended(delivery.delivery_id, state)

    async def expire_delivery(self, delivery_id: UUID) -> int | None:
        return self._ended(delivery_id, DeliveryState.EXPIRED)

    def _ended(self, delivery_id: UUID, state: DeliveryState) -> int | None:
        if delivery_id in self.states:
            return None
        self.states[delivery_id] = state
        return 1

    async def kill_switch(self) -> KillSwitch:
        return self.switch

    async def save_kill_switch(self, switch: KillSwitch) -> KillSwitch:
        self.switch = replace(switch, version=self.switch.version + 1)
        return self.switch

    async def record(self, *events: EventData) -> None:
        self.events += events
