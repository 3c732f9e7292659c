"""In the database of reports, a network counts as recognised from the first to the last day of its recognition."""

from datetime import UTC, date, datetime

import pytest

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import Event, EventData, uuid7
from buurtsein_contracts.events import (
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import AmendedPart, EndReason, RecognitionStatus, SuspensionReason
from buurtsein_contracts.goldens import examples_of
from buurtsein_reports.projections import known_networks
from buurtsein_reports.store import ReportsStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened

APPROVED = NetworkApproved.model_validate_json(examples_of(NetworkApproved)[0])
RECOGNISED = NetworkRecognised.model_validate_json(examples_of(NetworkRecognised)[0]).model_copy(
    update={"network_id": APPROVED.network_id, "status": RecognitionStatus.ACTIVE}
)
PLACE = APPROVED.area.polygons[0][0][0]


ACTOR, NOW, TODAY = "p" + "1" * 32, datetime.now(UTC), date(2026, 11, 24)
SINCE = RECOGNISED.model_copy(update={"start": date(2026, 1, 1), "end": None})


def suspended(start: date, end: date | None = None) -> NetworkSuspended:
    return NetworkSuspended(
        network_id=APPROVED.network_id,
        reason=SuspensionReason.INACTIVE,
        start=start,
        end=end,
        reference="VP/518",
        actor=ACTOR,
        suspended_at=NOW,
    )


def reinstated(start: date) -> NetworkReinstated:
    return NetworkReinstated(network_id=APPROVED.network_id, start=start, actor=ACTOR, reinstated_at=NOW)


ENDED = NetworkEnded(network_id=APPROVED.network_id, reason=EndReason.STOPPED, actor=ACTOR, ended_at=NOW)


async def hear(uow: UnitOfWork, *said: EventData) -> None:
    for sequence, data in enumerate(said, 1):
        event = Event(uuid7(), "urn:be:nis:41002:bin:registry", datetime.now(UTC), sequence, data)
        await known_networks.apply(event, uow)


@pytest.mark.parametrize(
    ("said", "day", "known"),
    [
        ({"start": date(2026, 3, 1), "end": date(2026, 6, 30)}, date(2026, 2, 28), False),
        ({"start": date(2026, 3, 1), "end": date(2026, 6, 30)}, date(2026, 3, 1), True),
        ({"start": date(2026, 3, 1), "end": date(2026, 6, 30)}, date(2026, 6, 30), True),
        ({"start": date(2026, 3, 1), "end": date(2026, 6, 30)}, date(2026, 7, 1), False),
        ({"start": date(2026, 3, 1), "end": None}, date(2036, 3, 1), True),
        ({"start": date(2026, 3, 1), "status": RecognitionStatus.SUSPENDED}, date(2026, 4, 1), False),
    ],
)
async def test_a_recognition_counts_from_its_first_day_to_its_last(
    servers: RunningServers, said: dict[str, object], day: date, known: bool
) -> None:
    recognised = RECOGNISED.model_copy(update={"end": None} | said)
    async with (
        fresh_database(servers, "reports") as where,
        opened(where.app) as database,
        database.unit_of_work() as uow,
    ):
        await hear(uow, APPROVED, recognised)
        around = await ReportsStore(uow, "41002").networks_around(PLACE[0], PLACE[1], day)
    assert [network.network_id for network, _ in around] == ([APPROVED.network_id] if known else [])


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ([suspended(TODAY)], False),
        ([suspended(date(2026, 11, 1), TODAY)], False),
        ([suspended(date(2026, 11, 1), date(2026, 11, 23))], True),
        ([suspended(date(2026, 11, 25))], True),
        ([suspended(date(2026, 11, 1)), reinstated(TODAY)], True),
        ([suspended(date(2026, 11, 1)), reinstated(date(2026, 11, 25))], False),
        ([suspended(date(2026, 1, 1), date(2026, 2, 1)), reinstated(date(2026, 12, 1))], True),
        ([suspended(TODAY), SINCE], True),
        ([suspended(TODAY), APPROVED], False),
        ([reinstated(TODAY)], True),
        ([ENDED], False),
        ([ENDED, SINCE], False),
    ],
)
async def test_a_report_gets_no_suspended_or_ended_network(
    servers: RunningServers, said: list[EventData], *, known: bool
) -> None:
    async with (
        fresh_database(servers, "reports") as where,
        opened(where.app) as database,
        database.unit_of_work() as uow,
    ):
        await hear(uow, APPROVED, SINCE, *said)
        around = await ReportsStore(uow, "41002").networks_around(PLACE[0], PLACE[1], TODAY)
    assert [network.network_id for network, _ in around] == ([APPROVED.network_id] if known else [])


async def test_reports_are_assigned_by_the_new_area_of_a_network(servers: RunningServers) -> None:
    corners = [(4.5, 50.5), (4.6, 50.5), (4.6, 50.6), (4.5, 50.5)]
    moved = NetworkAmended(
        network_id=APPROVED.network_id,
        charter_version=2,
        changed=[AmendedPart.AREA],
        area=Area.model_validate({"type": "Polygon", "coordinates": [corners]}),
        actor=ACTOR,
        amended_at=NOW,
    )
    async with (
        fresh_database(servers, "reports") as where,
        opened(where.app) as database,
        database.unit_of_work() as uow,
    ):
        await hear(uow, APPROVED, SINCE, moved)
        store = ReportsStore(uow, "41002")
        assert await store.networks_around(PLACE[0], PLACE[1], TODAY) == []
        [(network, area)] = await store.networks_around(4.55, 50.52, TODAY)
    assert (network.network_id, area["coordinates"][0][1]) == (APPROVED.network_id, (4.6, 50.5))
