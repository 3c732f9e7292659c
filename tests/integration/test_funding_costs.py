"""Funding stores what each alert's messages cost each network, and proposes a cost line of an application from that."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from buurtsein_contracts import uuid7
from buurtsein_contracts.events import AlertSent
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_funding import handlers, views
from buurtsein_funding.store import FundingStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened

NETWORK, OTHER = uuid4(), uuid4()


def sent(at: datetime, *costs: MessageCost) -> AlertSent:
    return AlertSent(
        alert_id=uuid7(),
        status=CapStatus.ACTUAL,
        cap_identifier="a",
        adapter="simulator",
        attempts=1,
        costs=list(costs) or None,
        sent_at=at,
    )


def cost(network: UUID, units: int, free: int = 0) -> MessageCost:
    return MessageCost.of(network, units, free, 55_000, 21)


async def test_the_costs_of_messages_of_a_year_fill_a_line_of_the_claim_with_each_alert_named(
    servers: RunningServers,
) -> None:
    march, july = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    new_year = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # 2026 in Belgium
    events = [
        sent(march, cost(NETWORK, 84, 10), cost(OTHER, 7)),
        sent(july, cost(NETWORK, 100)),
        sent(new_year, cost(NETWORK, 1)),
        sent(datetime(2025, 6, 1, tzinfo=UTC), cost(NETWORK, 9)),
        sent(july),
    ]
    async with fresh_database(servers, "funding") as where, opened(where.app) as database:
        for event, event_id in [(one, uuid7()) for one in events]:
            for _ in range(2):  # a consumer may get an event again
                async with database.unit_of_work() as uow:
                    await handlers.keep_costs(event, event_id, FundingStore(uow))
        async with database.connection() as connection:
            shown = await views.communication_costs(connection, NETWORK, 2026)
            nothing = await views.communication_costs(connection, NETWORK, 2024)
    assert [line.alert_id for line in shown.lines] == [events[1].alert_id, events[0].alert_id, events[2].alert_id]
    assert (shown.messages, shown.units, shown.free_units, shown.total_cents) == (3, 185, 10, 492 + 666 + 7)
    assert shown.proposed
    assert shown.proposed.cents == shown.total_cents
    assert "185 eenheden, waarvan 10 gratis" in shown.proposed.description
    assert (nothing.messages, nothing.proposed) == (0, None)
