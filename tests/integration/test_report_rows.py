"""What is kept of a report, on a real PostgreSQL: all of it in one statement, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest
from unit.reports.test_report_handlers import ANYBODY, CITY, DESK, MemoryStore, command

from buurtsein_chassis.database import Database
from buurtsein_reports import handlers
from buurtsein_reports.commands import Contact, Source
from buurtsein_reports.domain.report import Report
from buurtsein_reports.store import ReportsStore, is_worth_another_try, rows_of
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened

DIGEST = b"0" * 32
JAN = Contact(name="Jan Peeters", email="jan@voorbeeld.be")


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[Database]:
    async with fresh_database(servers, "reports") as where, opened(where.app) as database:
        yield database


async def keep(database: Database, report: Report, contact: Contact) -> None:
    await database.record(report.reported(), *rows_of(report, DIGEST, contact, "nl"))


async def accepted(**changes: Any) -> Report:
    return await handlers.accept_report(command(**changes), DESK, MemoryStore(), CITY)


async def kept(database: Database) -> Sequence[Any]:
    """How many reports, reporters, events, and events to be published."""
    tables = ("report", "reporter", "event_log", "outbox_pending")
    return [await database.pool.fetchval(f"select count(*) from {table}") for table in tables]


async def test_a_report_its_reporter_and_its_event_are_kept_together(database: Database) -> None:
    report = await accepted()
    await keep(database, report, JAN)
    assert await kept(database) == [1, 1, 1, 1]
    reporter = await database.pool.fetchrow("select name, email, language from reporter")
    assert tuple(reporter or ()) == ("Jan Peeters", "jan@voorbeeld.be", "nl")
    logged = await database.pool.fetchrow("select key, version, data->>'reference' as reference from event_log")
    assert tuple(logged or ()) == (str(report.report_id), 1, report.reference)


async def test_an_anonymous_report_leaves_no_reporter(database: Database) -> None:
    await keep(database, await accepted(), Contact())
    assert await kept(database) == [1, 0, 1, 1]


async def test_a_reference_that_is_taken_leaves_nothing_and_is_told(database: Database) -> None:
    first, second = await accepted(), await accepted(text="Iets anders.")
    await keep(database, first, JAN)
    second.reference = first.reference
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await keep(database, second, JAN)
    assert is_worth_another_try(refused.value)
    assert await kept(database) == [1, 1, 1, 1]


async def test_a_record_of_the_hotline_is_kept_once_though_two_send_it_at_once(database: Database) -> None:
    source = {"system": "hotline", "number": "M-1"}
    both = [await accepted(source=source), await accepted(source=source)]
    ends = await asyncio.gather(*(keep(database, one, JAN) for one in both), return_exceptions=True)
    [refused] = [end for end in ends if end is not None]
    assert isinstance(refused, asyncpg.UniqueViolationError)
    assert is_worth_another_try(refused)
    assert await kept(database) == [1, 1, 1, 1]
    async with database.connection() as connection:
        found = await ReportsStore(connection).report_of(Source.model_validate(source))
    assert found
    assert found.report_id == both[ends.index(None)].report_id
    await keep(database, await accepted(source=source | {"system": "waterlijn"}), JAN)


async def test_the_same_report_sent_three_times_at_once_is_kept_once(database: Database) -> None:
    three = [await accepted() for _ in range(3)]
    ends = await asyncio.gather(*(keep(database, one, JAN) for one in three), return_exceptions=True)
    assert [isinstance(end, asyncpg.UniqueViolationError) and is_worth_another_try(end) for end in ends].count(
        True
    ) == 2
    assert await kept(database) == [1, 1, 1, 1]
    async with database.connection() as connection:
        found = await ReportsStore(connection).same_report(three[0].repeat_digest)
    assert found
    assert found.reference == three[ends.index(None)].reference


async def test_a_report_that_is_there_already_is_another_matter(database: Database) -> None:
    first = await accepted()
    await keep(database, first, JAN)
    again = first.model_copy(update={"reference": "ABCD-2345", "repeat_digest": b"another"})
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await keep(database, again, JAN)
    assert not is_worth_another_try(refused.value)


async def test_a_report_that_the_city_handles_begins_two_streams(database: Database) -> None:
    report = await handlers.accept_report(command(category="sluikstort"), DESK, MemoryStore(), ANYBODY)
    await keep(database, report, JAN)
    assert await kept(database) == [1, 1, 2, 2]
    logged = await database.pool.fetch("select topic, key, version, data::text from event_log order by topic")
    key = str(report.report_id)
    assert [tuple(row)[:3] for row in logged] == [("bin.city-incidents", key, 1), ("bin.incidents", key, 1)]
    assert len({row["data"] for row in logged}) == 1
    streams = await database.pool.fetch("select topic, version from event_stream order by topic")
    assert [tuple(row) for row in streams] == [("bin.city-incidents", 1), ("bin.incidents", 1)]
