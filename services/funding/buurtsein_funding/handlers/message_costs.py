"""Handles what the messages of an alert cost: funding keeps it for each network."""

from typing import Protocol
from uuid import UUID

from buurtsein_contracts.events import AlertSent
from buurtsein_contracts.events.message_cost import MessageCost


class MessageCosts(Protocol):
    """A Protocol: stores what messages cost."""

    async def add_message_cost(self, sent: AlertSent, cost: MessageCost, event_id: UUID) -> None:
        """Store what the messages of an alert cost for one network; do nothing when it is stored already."""


async def keep_costs(sent: AlertSent, event_id: UUID, store: MessageCosts) -> None:
    """Store what the messages of a sent alert cost for each network; an event without costs changes nothing."""
    for cost in sent.costs or ():
        await store.add_message_cost(sent, cost, event_id)
