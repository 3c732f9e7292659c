"""The networks that reports knows, on a real PostgreSQL: a recognition counts from its first day to its last."""

from datetime import UTC, date, datetime

import pytest

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import Event, EventData, uuid7
from buurtsein_contracts.events import NetworkApproved, NetworkRecognised
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_contracts.goldens import examples_of
from buurtsein_deploy.servers import RunningServers
from buurtsein_reports.consumers import apply
from buurtsein_reports.store import ReportsStore
from harness.databases import fresh_database, opened

APPROVED = NetworkApproved.model_validate_json(examples_of(NetworkApproved)[0])
RECOGNISED = NetworkRecognised.model_validate_json(examples_of(NetworkRecognised)[0]).model_copy(
    update={"network_id": APPROVED.network_id, "status": RecognitionStatus.ACTIVE}
)
PLACE = APPROVED.area.polygons[0][0][0]


async def hear(uow: UnitOfWork, *said: EventData) -> None:
    for data in said:
        await apply(Event(uuid7(), "urn:be:nis:41002:bin:registry", datetime.now(UTC), 1, data), uow)


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
        around = await ReportsStore(uow.connection).networks_around(PLACE[0], PLACE[1], day)
    assert [network.network_id for network, _ in around] == ([APPROVED.network_id] if known else [])
