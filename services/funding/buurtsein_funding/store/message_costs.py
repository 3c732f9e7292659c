"""Writes the table with the costs of messages."""

from typing import override
from uuid import UUID

from buurtsein_contracts.events import AlertSent
from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_funding.handlers import MessageCosts
from buurtsein_funding.store.unit import Unit


class MessageCostTable(Unit, MessageCosts):
    """Writes the costs of the messages to each network, in one unit of work."""

    @override
    async def add_message_cost(self, sent: AlertSent, cost: MessageCost, event_id: UUID) -> None:
        await self._connection.execute(
            """insert into message_cost (event_id, alert_id, status, sent_at, network_id, units, free_units,
                   unit_micro_euro, vat_percent, total_cents)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing""",
            event_id,
            sent.alert_id,
            sent.status,
            sent.sent_at,
            *(getattr(cost, name) for name in MessageCost.model_fields),
        )
