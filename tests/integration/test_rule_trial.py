"""On a real database, a trial judges all reports of a period by other alert rules while the service goes on working."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from time import monotonic
from uuid import UUID

import pytest
from integration.notifier_scene import LIVE, keep
from unit.notifier.notifier_memory import BOOK, incident, network
from unit.notifier.test_rule_trial import report_id

from buurtsein_chassis.database import Database
from buurtsein_kernel.days import BRUSSELS, brussels_day
from buurtsein_notifier import handlers, views
from buurtsein_notifier.commands import TryRules
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import RuleTrial, trial_run

DAY = brussels_day(LIVE.clock.now()) - timedelta(days=20)
MIDNIGHT = datetime.combine(DAY, time(), BRUSSELS)


def at(hours: float, metres: float = 0, category: str = "inbraak") -> Incident:
    """Return a report that was accepted `hours` after the beginning of DAY; a negative number means before DAY."""
    accepted = MIDNIGHT + timedelta(hours=hours)
    return incident(report_id=report_id(accepted), metres=metres, category=category, happened_at=accepted)


def many(hours: Sequence[float]) -> list[Incident]:
    """Return a noise report for each of these hours, which counts in no group of burglaries."""
    return [at(one, category="lawaaihinder") for one in hours]


async def stored(database: Database, reports: Sequence[Incident]) -> None:
    async with database.unit_of_work() as uow:
        await keep(uow, network())
        rows = [tuple(one.model_dump().values()) for one in reports]
        await uow.connection.copy_records_to_table("incident", records=rows, columns=list(reports[0].model_dump()))


async def tried(database: Database, most: int = 10_000) -> RuleTrial:
    """Judge the reports of DAY by rules that need only two burglaries for an alert; return the result of the trial."""
    fewer = [one.model_copy(update={"min_count": 2}) if one.id == "inbrakenreeks" else one for one in BOOK.rule]
    asked = TryRules(document=BOOK.model_copy(update={"rule": tuple(fewer)}), since=DAY, until=DAY, most=most)
    async with database.connection() as connection:
        return await views.rule_trial(connection, asked, LIVE)


def ids(*reports: Incident) -> set[UUID]:
    return {one.report_id for one in reports}


async def test_a_group_of_reports_counts_across_batches(notifier_database: Database) -> None:
    group = [at(1), at(5, 100), at(6, 200)]
    others = many([1 + n / 200 for n in range(trial_run.BATCH + 500)])
    await stored(notifier_database, [*group, *others])
    found = await tried(notifier_database)
    assert (found.reports, found.is_whole) == (len(group) + len(others), True)
    assert (found.before.alerts, found.after.alerts, found.gained, found.lost) == (1, 1, [], [])
    (burglaries,) = found.rules
    assert (burglaries.rule, burglaries.before, burglaries.after) == ("inbrakenreeks", 1, 1)


async def test_reports_from_before_the_period_count_in_a_group_and_are_not_told(notifier_database: Database) -> None:
    earlier, later = [at(-30), at(-1), at(-0.5, 100)], at(0.5, 200)
    await stored(notifier_database, [*earlier, later])
    found = await tried(notifier_database)
    assert (found.reports, found.before.alerts, found.after.alerts) == (1, 1, 0)
    (lost,) = found.lost
    assert later.report_id in lost.report_ids


async def test_of_more_reports_than_asked_for_the_newest_are_judged(notifier_database: Database) -> None:
    group = [at(20), at(21, 100)]
    await stored(notifier_database, [*many([n / 100 for n in range(300)]), *group])
    found = await tried(notifier_database, most=50)
    assert (found.reports, found.is_whole) == (50, False)
    (gained,) = found.gained
    assert set(gained.report_ids) == ids(*group)


@pytest.mark.parametrize(("exact", "alerts"), [(True, 1), (False, 0)])
async def test_reports_whose_place_was_only_described_lead_to_no_alert(
    notifier_database: Database, exact: bool, alerts: int
) -> None:
    async with notifier_database.unit_of_work() as uow:
        await keep(uow, network())
        for one in (at(5), at(6, 100)):
            told = one.model_copy(update={"has_exact_place": exact})
            await handlers.judge(told, LIVE, NotifierStore(uow))
    found = await tried(notifier_database)
    assert (found.reports, found.after.alerts) == (2, alerts)


async def test_other_requests_are_answered_while_rules_are_tried(notifier_database: Database) -> None:
    await stored(notifier_database, [at(n / 200, 13 * n, "brand") for n in range(3 * trial_run.BATCH)])

    async def longest_wait() -> float:
        """Try the rules; return the longest wait of another request, divided by the time of the trial."""
        running, answered = asyncio.create_task(tried(notifier_database)), [monotonic()]
        while not running.done():
            await notifier_database.pool.fetchval("select 1")
            answered.append(monotonic())
        assert (await running).reports == 3 * trial_run.BATCH
        return max(after - before for before, after in pairwise(answered)) / (answered[-1] - answered[0])

    waits: list[float] = []
    while not waits or (min(waits) >= 1 / 6 and len(waits) < 10):  # a busy machine makes single waits longer
        waits.append(await longest_wait())
    assert min(waits) < 1 / 6
