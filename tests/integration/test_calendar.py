"""On a real database, the calendar job proposes each campaign of the day once, however often the job runs."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from integration.deliveries_scene import Scripted, state, typed
from integration.notifier_scene import LIVE, keep
from structlog.testing import capture_logs
from unit.notifier import notifier_deeds
from unit.notifier.notifier_memory import BOOK, OFFICER, OTHER, network
from unit.notifier.test_notifier_calendar import CAMPAIGNS

from buurtsein_chassis.database import Database
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.days import brussels_day
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.jobs import propose_campaigns
from buurtsein_notifier.store import NotifierStore

NOW = LIVE.clock.now()
DAYS = tuple(f"{brussels_day(NOW + timedelta(days=n)):%m-%d}" for n in (0, 1))
CO, EXERCISE = (
    one.model_copy(update={"on": DAYS, "each_month": None, "hour": time(0)})
    for one in CAMPAIGNS
    if one.id in {"campagne-co", "oefening"}
)
"""The examples of the docs, today and tomorrow, because deliveries follow the clock of the database."""
GIVEN = replace(LIVE, book=BOOK.model_copy(update={"campaign": (CO, EXERCISE)}))
WORKERS = 6


@pytest.fixture(autouse=True)
async def home(notifier_database: Database) -> None:
    async with notifier_database.unit_of_work() as uow:
        await keep(uow, network(), network(code="BIN-2", name="BIN Dorp"))


async def alerts(database: Database) -> dict[str | None, Alert]:
    """Return the stored alerts by their campaign; each campaign has one."""
    async with database.unit_of_work() as uow:
        ids = await uow.connection.fetch("select alert_id from alert")
        found = [await NotifierStore(uow).alert(one["alert_id"]) for one in ids]
    assert len({one.rule for one in found}) == len(found)
    return {one.rule: one for one in found}


async def count(database: Database, what: str) -> int:
    found: int = await database.pool.fetchval(f"select count(*) from {what}")
    return found


async def assert_each_once(database: Database) -> None:
    """Check that each campaign has one proposed alert with its step, and one event that is still to be sent."""
    assert {name: one.state for name, one in (await alerts(database)).items()} == {
        CO.id: "PROPOSED",
        EXERCISE.id: "PROPOSED",
    }
    assert await count(database, "event_log where type = 'be.bin.alert.proposed.v1'") == 2
    assert await count(database, "outbox_pending") == 2
    assert await count(database, "alert_step where kind = 'proposed'") == 2
    assert await count(database, "campaign_run") == 2


async def test_a_job_that_runs_often_proposes_each_campaign_of_the_day_once(notifier_database: Database) -> None:
    for _ in range(3):
        await propose_campaigns(GIVEN, notifier_database)
    await assert_each_once(notifier_database)
    found = await alerts(notifier_database)
    assert {name: (one.status, len(one.network_ids)) for name, one in found.items()} == {
        CO.id: (LIVE.outgoing.status, 2),
        EXERCISE.id: ("Exercise", 2),
    }
    tomorrow = replace(GIVEN, clock=StandingClock(NOW + timedelta(days=1)))
    await propose_campaigns(tomorrow, notifier_database)
    assert await count(notifier_database, "alert") == 4


async def test_workers_that_run_the_job_at_once_propose_each_campaign_once(notifier_database: Database) -> None:
    await asyncio.gather(*(propose_campaigns(GIVEN, notifier_database) for _ in range(WORKERS)))
    await assert_each_once(notifier_database)


async def test_a_campaign_that_fails_leaves_nothing_and_does_not_stop_the_others(
    notifier_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(alert: Alert) -> Any:
        if alert.rule == CO.id:
            raise RuntimeError("broken")
        return proposal(alert)

    proposal = Alert.proposal
    with monkeypatch.context() as patched, capture_logs() as logged:
        patched.setattr(Alert, "proposal", broken)
        await propose_campaigns(GIVEN, notifier_database)
    assert [(one["campaign"], one["error"]) for one in logged if one["event"] == "campaign.failed"] == [
        (CO.id, "RuntimeError")
    ]
    assert set(await alerts(notifier_database)) == {EXERCISE.id}
    assert await count(notifier_database, "campaign_run") == 1
    await propose_campaigns(GIVEN, notifier_database)
    await assert_each_once(notifier_database)


async def test_a_campaign_leaves_after_two_officers_released_it(notifier_database: Database) -> None:
    await propose_campaigns(GIVEN, notifier_database)
    campaign = (await alerts(notifier_database))[CO.id]
    adapter = Scripted()
    worker = Deliveries(typed(adapter), GIVEN)
    for officer, sent in ((OFFICER, 0), (OTHER, 1)):
        async with notifier_database.unit_of_work() as uow:
            campaign = await notifier_deeds.release(NotifierStore(uow), campaign, GIVEN, officer)
        assert await worker.step(notifier_database) == sent
    assert adapter.sent == [campaign.cap_identifier]
    assert await state(notifier_database, campaign) == ("sent", "SENT")
