"""Stores the costs of the messages of each alert, for each network."""

from typing import Protocol
from uuid import UUID

from buurtsein_contracts.events import AlertSent
from buurtsein_contracts.events.message_cost import MessageCost


class MessageCosts(Protocol):
    """A Protocol: stores the costs of messages."""

    async def add_message_cost(self, sent: AlertSent, cost: MessageCost, event_id: UUID) -> None:
        """Store the costs of an alert's messages to one network; do nothing when these are stored already."""


async def keep_costs(sent: AlertSent, event_id: UUID, store: MessageCosts) -> None:
    """Store the costs of a sent alert's messages to each network; an event without costs changes nothing."""
    for cost in sent.costs or ():
        await store.add_message_cost(sent, cost, event_id)
