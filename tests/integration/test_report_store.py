"""The reports service's store on a real PostgreSQL passes the same tests as its store in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest
from unit.reports.report_store_suite import CLERK, JAN, SOURCE, ReportStoreSuite, found, keep, new_report
from unit.reports.reports_memory import NOW

from buurtsein_chassis.database import ConcurrentWrite
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.domain import closing
from buurtsein_reports.domain.report import Report
from buurtsein_reports.domain.steps import Step
from buurtsein_reports.store import ReportsStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.stores import PostgresStore
from harness.waiting import wait_until


class OnPostgres(PostgresStore[ReportsStore]):
    """The service's store on PostgreSQL, with the methods that the shared tests of stores need in addition."""

    async def counts(self) -> list[int]:
        return [
            await self.database.pool.fetchval(f"select count(*) from {table}")
            for table in ("report", "reporter", "event_log")
        ]


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[OnPostgres]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        yield OnPostgres(database, lambda uow: ReportsStore(uow, "41002"))


class TestOnPostgres(ReportStoreSuite):
    """Runs the shared store tests on PostgreSQL."""


async def rows(stored: OnPostgres, sql: str) -> Sequence[tuple[Any, ...]]:
    return [tuple(row) for row in await stored.database.pool.fetch(sql)]


async def test_the_contact_and_the_event_of_a_report_are_stored_unchanged(stored: OnPostgres) -> None:
    report = await new_report()
    await keep(stored, report)
    assert await rows(stored, "select name, email, language from reporter") == [
        ("Jan Peeters", "jan@voorbeeld.be", "nl")
    ]
    logged = await rows(stored, "select key, version, data->>'reference' from event_log")
    assert logged == [(str(report.report_id), 1, report.reference)]
    assert await rows(stored, "select id from outbox_pending") == await rows(stored, "select id from event_log")


@pytest.mark.parametrize("changes", [{"source": SOURCE}, {}])
async def test_the_same_report_sent_three_times_at_once_is_kept_once(
    stored: OnPostgres, changes: dict[str, Any]
) -> None:
    three = [await new_report(**changes) for _ in range(3)]
    ends = await asyncio.gather(*(keep(stored, one) for one in three), return_exceptions=True)
    assert [isinstance(end, ConcurrentWrite) for end in ends].count(True) == 2
    assert await stored.counts() == [1, 1, 1]
    kept = await found(stored, three[0])
    assert kept
    assert kept.reference == three[ends.index(None)].reference


async def test_a_repeated_report_id_is_an_error_and_not_a_concurrent_write(stored: OnPostgres) -> None:
    first = await new_report()
    await keep(stored, first)
    again = first.model_copy(update={"reference": "ABCD-2345", "repeat_digest": b"another"})
    with pytest.raises(asyncpg.UniqueViolationError):
        await keep(stored, again)


async def test_a_report_that_the_city_handles_has_two_streams(stored: OnPostgres) -> None:
    report = await new_report(category="sluikstort")
    await keep(stored, report, JAN)
    key = str(report.report_id)
    logged = await rows(stored, "select topic, key, version, data::text from event_log order by topic")
    assert [row[:3] for row in logged] == [("bin.city-incidents", key, 1), ("bin.incidents", key, 1)]
    assert len({row[3] for row in logged}) == 1
    streams = await rows(stored, "select topic, version from event_stream order by topic")
    assert streams == [("bin.city-incidents", 1), ("bin.incidents", 1)]


async def test_two_clerks_who_link_reports_at_the_same_moment_make_no_chain(stored: OnPostgres) -> None:
    repeat, middle, original = [await new_report(category="sluikstort", text=f"Zak {number}.") for number in range(3)]
    for report in (repeat, middle, original):
        await keep(stored, report)
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with stored.unit_of_work() as first:
        await link(first, repeat, middle)
        second = asyncio.create_task(linked(stored, middle, original))
        await wait_until("the second clerk waits", lambda: stored.database.pool.fetchval(waiting))
    with pytest.raises(DomainError, match="has_duplicates"):
        await second
    assert await rows(stored, "select duplicate_of from report where duplicate_of is not null") == [(middle.report_id,)]


async def link(store: ReportsStore, repeat: Report, original: Report) -> None:
    """Link a report to another one, as a clerk does."""
    linked, other = await store.report_and_original(repeat.report_id, original.report_id)
    closing.link_duplicate(linked, other, CLERK, NOW)
    await store.save_handling(linked, Step.after(linked, CLERK, NOW))


async def linked(stored: OnPostgres, repeat: Report, original: Report) -> None:
    async with stored.unit_of_work() as store:
        await link(store, repeat, original)
