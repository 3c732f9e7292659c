"""Scheduled jobs on a real database: one worker runs a job at a time, and a failing job does not stop others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY

from buurtsein_chassis.database import Database
from buurtsein_chassis.health import Probe
from buurtsein_chassis.jobs import Every, Job, job_gauges, job_runs, scheduler
from buurtsein_chassis.jobs.job_runs import JobState
from buurtsein_chassis.operations import jobs
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.service import Run
from harness.databases import FreshDatabase, opened
from harness.waiting import wait_until

COUNTING = Job("counting", Every(0.05), timeout=20)
BROKEN = Job("broken", Every(0.05))
RARE = Job("rare", Every(3600))


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "POLL_SECONDS", 0.02)


async def until(description: str, probe: Callable[[], bool]) -> None:
    async def answer() -> bool:
        return probe()

    await wait_until(description, answer)


class Worker:
    """A worker's job scheduler, with its own connection pool."""

    def __init__(self, jobs: Mapping[Job, Run], database: Database) -> None:
        self.probes = {job.name: Probe(job.name) for job in jobs}
        self.database = database
        self._task = asyncio.create_task(scheduler.Scheduler(jobs, database, self.probes).run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


@asynccontextmanager
async def workers(where: FreshDatabase, *each: Mapping[Job, Run]) -> AsyncIterator[list[Worker]]:
    async with AsyncExitStack() as stack:
        started = [Worker(jobs, await stack.enter_async_context(opened(where.app))) for jobs in each]
        try:
            yield started
        finally:
            for worker in started:
                await worker.stop()


async def state(database: Database, job: Job) -> JobState:
    async with database.connection() as connection:
        [found] = await job_runs.states(connection, [job])
    return found


class Counting:
    """A job that counts its runs, and the largest number of runs at the same time."""

    def __init__(self) -> None:
        self.runs = self.now = self.most = 0

    async def __call__(self, _database: Database) -> None:
        self.runs += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.05)
        finally:  # a worker that stops cancels the run, and the next worker begins it again at once
            self.now -= 1


async def fail(_database: Database) -> None:
    raise ValueError("somebody@example.org typed this")


async def test_one_of_several_workers_runs_a_job_at_a_time(ledger_database: FreshDatabase) -> None:
    count = Counting()
    async with workers(ledger_database, *[{COUNTING: count}] * 3) as [first, *_]:
        await until("some runs", lambda: count.runs >= 5)
        before = count.runs
        found = await state(first.database, COUNTING)
        assert before <= found.runs <= count.runs + 1, "a run counts as soon as a worker takes its lease"
    assert count.most == 1
    assert (found.last_outcome, found.failures) == ("done", 0)


async def test_the_job_of_a_worker_that_was_killed_is_taken_over(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runs, "LEASE_MARGIN_SECONDS", 0.2)
    brief = Job("counting", Every(3600), timeout=0.1)
    connection = await asyncpg.connect(ledger_database.app)
    await job_runs.register(connection, [brief])
    assert await job_runs.claim_due(connection, [brief], uuid4()) == {"counting"}
    await connection.close()  # the first worker writes nothing any more

    count = Counting()
    async with workers(ledger_database, {brief: count}) as [heir]:
        await until("a takeover", lambda: count.runs == 1)
        await until("the end of the run", lambda: count.now == 0)
        found = await state(heir.database, brief)
    assert (found.runs, found.failures, found.last_failure) == (2, 1, job_runs.LEASE_ENDED)


@pytest.mark.parametrize("error", [None, ValueError("no")], ids=["done", "failed"])
async def test_a_run_that_is_asked_for_during_a_run_comes_once_after_it(
    ledger_database: FreshDatabase, error: Exception | None
) -> None:
    begun, may_end = asyncio.Queue[None](), asyncio.Queue[None]()

    async def guided(_database: Database) -> None:
        begun.put_nowait(None)
        await may_end.get()
        if error:
            raise error

    async with workers(ledger_database, {RARE: guided}) as [worker]:
        await begun.get()
        async with worker.database.connection() as connection:
            assert await jobs.run_now(connection, RARE, Operator("an.operator", "to test")) == "running"
        may_end.put_nowait(None)
        async with asyncio.timeout(20):
            await begun.get()
        may_end.put_nowait(None)

        async def ended() -> bool:
            return not (await state(worker.database, RARE)).running

        await wait_until("the end of the second run", ended)
        found = await state(worker.database, RARE)
    assert found.runs == 2
    assert found.next_run_at
    assert found.last_ended_at
    assert found.next_run_at > found.last_ended_at


async def test_a_run_that_is_asked_for_while_a_worker_begins_one_comes_after_it(ledger_database: FreshDatabase) -> None:
    async with opened(ledger_database.app) as database, database.connection() as asking, database.connection() as other:
        await job_runs.register(other, [RARE])
        async with asking.transaction():
            await asking.fetchval("select now()")  # the request begins before the run
            token = uuid4()
            assert await job_runs.claim_due(other, [RARE], token) == {"rare"}
            assert await jobs.run_now(asking, RARE, Operator("an.operator", "to test")) == "running"
        await job_runs.finish(other, RARE, token, None)
        assert await job_runs.claim_due(other, [RARE], uuid4()) == {"rare"}


async def test_a_worker_that_stops_gives_its_job_back_at_once(ledger_database: FreshDatabase) -> None:
    begun = asyncio.Event()

    async def never_ends(_database: Database) -> None:
        begun.set()
        await asyncio.Event().wait()

    count = Counting()
    async with workers(ledger_database, {COUNTING: never_ends}) as [leaving]:
        await begun.wait()
        await leaving.stop()
        async with workers(ledger_database, {COUNTING: count}):
            await until("a takeover", lambda: count.runs >= 1)


class Interrupted:
    """A function of `job_runs` whose first call hangs: before its statement, or after the statement is committed."""

    def __init__(self, function: Callable[..., Awaitable[Any]], *, committed: bool) -> None:
        self._function, self._committed = function, committed
        self.hanging = asyncio.Event()

    async def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function; the first call never returns."""
        if self.hanging.is_set():
            return await self._function(*given, **named)
        if self._committed:
            await self._function(*given, **named)
        self.hanging.set()
        return await asyncio.Event().wait()


async def test_a_worker_that_stops_when_its_claim_is_committed_gives_the_job_back(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, count = Interrupted(job_runs.claim_due, committed=True), Counting()
    monkeypatch.setattr(job_runs, "claim_due", claim)
    async with workers(ledger_database, {RARE: count}) as [leaving]:
        await claim.hanging.wait()
        assert (await state(leaving.database, RARE)).running
        await leaving.stop()
        assert not (await state(leaving.database, RARE)).running
        async with workers(ledger_database, {RARE: count}) as [heir]:
            await until("a run by another worker", lambda: count.runs == 1)
            assert (await state(heir.database, RARE)).failures == 0


@pytest.mark.parametrize("committed", [False, True])
async def test_a_worker_that_stops_while_it_stores_an_outcome_stores_it(
    ledger_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    finish, count = Interrupted(job_runs.finish, committed=committed), Counting()
    monkeypatch.setattr(job_runs, "finish", finish)
    async with workers(ledger_database, {RARE: count}) as [leaving]:
        await finish.hanging.wait()
        await leaving.stop()
        found = await state(leaving.database, RARE)
    assert (found.running, found.last_outcome, found.runs, found.failures) == (False, "done", 1, 0)
    assert found.last_ended_at
    assert found.next_run_at
    assert found.next_run_at > found.last_ended_at, "the job is not run a second time"


async def test_a_job_that_fails_stops_no_other_job_and_is_reported(ledger_database: FreshDatabase) -> None:
    count = Counting()
    async with workers(ledger_database, {BROKEN: fail, COUNTING: count}) as [worker]:
        await until("a failure that is told", lambda: worker.probes["broken"].failed)
        before = count.runs
        await until("other runs", lambda: count.runs > before)
        found = await state(worker.database, BROKEN)
        async with worker.database.connection() as connection:
            await job_gauges.refreshing([BROKEN, COUNTING])(connection)
    assert found.last_outcome == "failed"
    assert found.last_failure is not None
    assert found.last_failure.startswith("ValueError at fail:")
    assert "somebody" not in repr(found)
    assert not worker.probes["counting"].failed
    failures = {"job_name": "broken"}
    assert (REGISTRY.get_sample_value("buurtsein_job_failures_in_a_row", failures) or 0) >= 1
    assert REGISTRY.get_sample_value("buurtsein_job_last_success_timestamp_seconds", failures) == 0
    assert (REGISTRY.get_sample_value("buurtsein_job_seconds_count", failures | {"outcome": "failed"}) or 0) >= 1


async def test_a_job_that_exceeds_its_timeout_is_cancelled(ledger_database: FreshDatabase) -> None:
    hasty = Job("hasty", Every(3600), timeout=0.05)

    async def never_ends(_database: Database) -> None:
        await asyncio.Event().wait()

    async with workers(ledger_database, {hasty: never_ends}) as [worker]:
        await until("a failure that is told", lambda: worker.probes["hasty"].failed)
        found = await state(worker.database, hasty)
    assert found.last_failure is not None
    assert found.last_failure.startswith("TimeoutError")


async def test_jobs_go_on_after_the_database_was_away(ledger_database: FreshDatabase) -> None:
    count = Counting()
    admin = await asyncpg.connect(ledger_database.superuser)
    async with workers(ledger_database, {COUNTING: count}):
        await until("a run", lambda: count.runs >= 1)
        await admin.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()"""
        )
        before = count.runs
        await until("more runs", lambda: count.runs > before + 1)
    await admin.close()


async def test_a_job_that_no_worker_ever_saw_is_listed(ledger_database: FreshDatabase) -> None:
    async with opened(ledger_database.app) as database:
        found = await state(database, Job("new", Every(5)))
    assert (found.schedule, found.next_run_at, found.last_outcome, found.runs) == ("every 5 s", None, None, 0)
