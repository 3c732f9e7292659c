"""Makes the part of an alert that shows whom it reaches, by channel and language, and what its messages cost."""

from collections import Counter
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_kernel.days import brussels_day
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.reach import costs
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.projections import members_of
from buurtsein_notifier.store.alerts import free_units_used


class ReachPart(BaseModel):
    """The number of members who get the alert by a channel in a language."""

    channel: str
    language: str
    members: int


class NetworkReach(BaseModel):
    """How many members of one network the alert reaches, and how many messages its channels send to them."""

    network_id: UUID
    members: int
    messages: int


class Reach(BaseModel):
    """Whom an alert reaches now, and what its messages cost; the numbers come from the events of members."""

    parts: list[ReachPart]
    networks: list[NetworkReach]
    costs: list[MessageCost]
    """The cost of the alert's messages for each network; before the alert is sent, what they would cost now."""
    total_cents: int
    """The total cost with VAT, in euro cents."""
    free_units_left: int
    """The units of this year that are still free."""


async def reach_of(alert: Alert, connection: Connection, given: Dependencies) -> Reach:
    """Return whom an alert reaches, and what its messages cost or, before it is sent, would cost."""
    today = brussels_day(given.clock.now())
    members = await members_of(connection, alert.recipients)
    left = given.free_units - await free_units_used(connection, today.year)
    by_network = {one.network_id: one.receivers(alert.channels, today) for one in members}
    total: Counter[tuple[str, str]] = sum(by_network.values(), Counter())
    found = alert.costs
    if found is None:
        found = list(costs(members, alert.told, alert.channels, given.prices, left, today))
    return Reach(
        parts=[
            ReachPart(channel=channel, language=language, members=number)
            for (channel, language), number in sorted(total.items())
        ],
        networks=[
            NetworkReach(
                network_id=one.network_id, members=len(one.members), messages=by_network[one.network_id].total()
            )
            for one in members
        ],
        costs=found,
        total_cents=sum(one.total_cents for one in found),
        free_units_left=max(0, left),
    )
