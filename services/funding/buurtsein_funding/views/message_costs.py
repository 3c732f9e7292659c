"""Shows the costs of messages to a network in a year, and proposes a cost line for an application."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_kernel.days import BRUSSELS

MOST_SHOWN = 500
COSTS_SUM = """
select count(*) as messages, coalesce(sum(units), 0)::bigint as units,
    coalesce(sum(free_units), 0)::bigint as free_units, coalesce(sum(total_cents), 0)::bigint as total_cents
from message_cost where network_id = $1 and sent_at >= $2 and sent_at < $3
"""
COSTS_NEWEST = """
select * from message_cost where network_id = $1 and sent_at >= $2 and sent_at < $3
order by sent_at desc, event_id limit $4
"""


class MessageCostLine(BaseModel):
    """What one alert cost for the network; the price of a unit is without VAT, in millionths of a euro."""

    alert_id: UUID
    event_id: UUID
    """The id of the event AlertSent with these costs."""
    status: str
    sent_at: datetime
    units: int
    free_units: int
    unit_micro_euro: int
    vat_percent: int
    total_cents: int


class ProposedCost(BaseModel):
    """A cost line that the coordinator can copy into the form, where only the kind of cost must still be chosen."""

    description: str
    cents: int


class CommunicationCosts(BaseModel):
    """What the messages to a network cost in a calendar year, in Belgian time; `total_cents` includes VAT.

    The sums are those of the whole year; `lines` has the newest 500 alerts.
    """

    network_id: UUID
    year: int
    messages: int
    units: int
    free_units: int
    total_cents: int
    proposed: ProposedCost | None = None
    """None when nothing has to be paid."""
    lines: list[MessageCostLine]


async def communication_costs(connection: Connection, network_id: UUID, year: int) -> CommunicationCosts:
    """Return the costs of messages to a network in a year, with the newest alerts and a proposed cost line."""
    between = (network_id, *(datetime(one, 1, 1, tzinfo=BRUSSELS) for one in (year, year + 1)))
    sums = await connection.fetchrow(COSTS_SUM, *between)
    rows = await connection.fetch(COSTS_NEWEST, *between, MOST_SHOWN)
    costs = CommunicationCosts(
        network_id=network_id,
        year=year,
        **dict(sums or {}),
        lines=[MessageCostLine.model_validate(dict(row)) for row in rows],
    )
    return costs.model_copy(update={"proposed": _proposed(costs)})


def _proposed(costs: CommunicationCosts) -> ProposedCost | None:
    if not costs.total_cents:
        return None
    free = f", waarvan {costs.free_units} gratis" if costs.free_units else ""
    messages = "1 bericht" if costs.messages == 1 else f"{costs.messages} berichten"
    units = "1 eenheid" if costs.units == 1 else f"{costs.units} eenheden"
    described = f"{messages} via BE-Alert in {costs.year}: {units}{free}"
    return ProposedCost(description=described, cents=costs.total_cents)
