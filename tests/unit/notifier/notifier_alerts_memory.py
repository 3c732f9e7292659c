"""Defines the part of the notifier's store in memory for alerts, deliveries and the kill-switch."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from buurtsein_kernel.problems import missing
from buurtsein_notifier import commands
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import DeliveryState, LeasedDelivery, Settled, UnknownDelivery
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.network_members import NetworkMembers
from buurtsein_notifier.domain.receipt import Kept, Receipt
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.domain.steps import Step
from buurtsein_notifier.domain.switch import KillSwitch
from buurtsein_notifier.handlers import deciding, delivering, receiving, switching
from harness.stores import MemoryStore


class AlertMemory(MemoryStore, deciding.Store, delivering.Store, receiving.Store, switching.Store):
    """The store of alerts in memory; it keeps and returns copies, as a database does."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[UUID, Network] = {}
        self.members: dict[UUID, NetworkMembers] = {}
        self.alerts: dict[UUID, Alert] = {}
        self.queued: list[Message] = []
        self.deliveries: dict[UUID, LeasedDelivery] = {}
        self.states: dict[UUID, DeliveryState] = {}
        self.settled: list[tuple[str, str | None]] = []
        self.held_back: set[UUID] = set()
        self.receipts: dict[tuple[str, UUID, str], Receipt] = {}
        self.switch = KillSwitch()
        self.steps: dict[UUID, list[Step]] = {}

    async def members_of(self, network_ids: Sequence[UUID]) -> list[NetworkMembers]:
        return [self.members.get(one) or NetworkMembers(network_id=one) for one in network_ids]

    async def free_units_used(self, year: int) -> int:
        sent = [one for one in self.alerts.values() if one.sent_at and one.sent_at.year == year]
        return sum(cost.free_units for one in sent for cost in one.costs or [])

    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        return [self.known[one] for one in network_ids if one in self.known]

    async def alert(self, alert_id: UUID) -> Alert:
        if alert_id not in self.alerts:
            raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
        return self.alerts[alert_id].model_copy(deep=True)

    async def save_alert(self, alert: Alert) -> None:
        alert.version += 1
        self.keep_steps(alert)
        self.alerts[alert.alert_id] = alert.model_copy(deep=True)

    def keep_steps(self, alert: Alert) -> None:
        self.steps.setdefault(alert.alert_id, []).extend(alert.take_steps())

    async def content_read(self, alert_id: UUID, tag: str) -> str | None:
        return next((one.content for one in reversed(self.steps[alert_id]) if one.tag == tag), None)

    async def queue(self, alert: Alert, message: Message, ways: Sequence[str]) -> None:
        made = LeasedDelivery(
            delivery_id=uuid4(),
            alert_id=alert.alert_id,
            cap_identifier=message.identifier,
            adapter=ways[0],
            xml=message.xml,
            attempts=1,
            reached=frozenset(),
            find_first=False,
            lease=uuid4(),
            correlation_id=None,
            traceparent=None,
        )
        self.queued.append(message)
        self.deliveries[made.delivery_id] = made
        self.states[made.delivery_id] = DeliveryState.READY

    async def claim(self) -> list[LeasedDelivery]:
        due = [
            one
            for one in self.deliveries.values()
            if self.states[one.delivery_id] is DeliveryState.READY and one.delivery_id not in self.held_back
        ]
        self.states |= {one.delivery_id: DeliveryState.LEASED for one in due}
        return due

    async def hold_delivery(self, alert: Alert) -> None:
        mine = {one.delivery_id for one in self.deliveries.values() if one.alert_id == alert.alert_id}
        self.held_back = self.held_back | mine if alert.held_back else self.held_back - mine

    async def rewrite(self, message: Message) -> None:
        self.queued[-1] = message

    async def withdraw_delivery(self, alert: Alert) -> None:
        self.queued = [message for message in self.queued if message.identifier != alert.cap_identifier]

    async def follows_under_way(self, first: Alert) -> bool:
        under_way = {AlertState.RELEASED, AlertState.UNKNOWN}
        return any(one.follows == first.alert_id and one.state in under_way for one in self.alerts.values())

    async def sent_messages(self, first: Alert, now: datetime) -> list[bytes]:
        mine = [one for one in self.alerts.values() if first.alert_id in {one.alert_id, one.follows}]
        sent = {one.cap_identifier for one in mine if one.state is AlertState.SENT}
        messages = [message for message in self.queued if message.identifier in sent]
        valid = [message for message in messages if message.expires_at > now] or messages
        return [message.xml for message in valid]

    async def unknown_delivery(self, alert: Alert) -> UnknownDelivery | None:
        own = (one for one in self.deliveries.values() if one.alert_id == alert.alert_id)
        unknown = [one for one in own if self.states[one.delivery_id] is DeliveryState.UNKNOWN]
        return next((UnknownDelivery(one.delivery_id, one.adapter, one.attempts) for one in unknown), None)

    async def settle_delivery(self, delivery: UnknownDelivery, command: commands.Settle) -> None:
        self.states[delivery.delivery_id] = DeliveryState(command.outcome)
        self.settled.append((command.outcome, command.reference))

    async def settle_by_peer(self, delivery: UnknownDelivery, outcome: Settled, reference: str | None) -> None:
        await self.settle_delivery(delivery, commands.Settle(outcome=outcome, reference=reference))

    async def keep_receipts(self, adapter: str, receipts: Sequence[Receipt]) -> Kept:
        sent = {one.cap_identifier: one for one in self.deliveries.values() if one.adapter == adapter and one.attempts}
        mine = [
            one
            for one in receipts
            if one.identifier in sent and one.target in self.alerts[sent[one.identifier].alert_id].network_ids
        ]
        for one in sorted(mine, key=lambda receipt: receipt.at):
            key = (one.identifier, one.target, one.channel)
            if key not in self.receipts or self.receipts[key].at < one.at:
                self.receipts[key] = one
        about = {sent[one.identifier] for one in mine}
        doubtful = {one.alert_id for one in about if self.states[one.delivery_id] is DeliveryState.UNKNOWN}
        return Kept(len(mine), sorted(doubtful))

    async def finish_delivery(
        self, delivery: LeasedDelivery, state: DeliveryState, _reason: str | None, _reference: str | None
    ) -> int | None:
        return self._ended(delivery.delivery_id, DeliveryState.LEASED, state)

    async def expire_delivery(self, delivery_id: UUID) -> int | None:
        return self._ended(delivery_id, DeliveryState.READY, DeliveryState.EXPIRED)

    def _ended(self, delivery_id: UUID, before: DeliveryState, state: DeliveryState) -> int | None:
        if self.states.get(delivery_id) is not before:
            return None
        self.states[delivery_id] = state
        return 1

    async def kill_switch(self) -> KillSwitch:
        return self.switch

    async def save_kill_switch(self, switch: KillSwitch) -> KillSwitch:
        self.switch = replace(switch, version=self.switch.version + 1)
        return self.switch
