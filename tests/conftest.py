"""Defines the fixtures for all tests, from the modules in `harness`."""

import gc
import os
import random
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from datetime import datetime

import hypothesis
import pytest
import time_machine
from xdist.remote import Producer

from buurtsein_chassis.database import Database
from buurtsein_stack import postgres
from buurtsein_stack.servers import RunningServers
from buurtsein_stack.servers_for_tests import servers_for_tests
from harness import archive, by_hand, outside
from harness.databases import FreshDatabase, fresh_database, memory_folder, opened
from harness.lanes import ROOT, Lanes, longest_first, needs
from harness.reporting import properties
from harness.tools import TOOLS


def pytest_configure() -> None:
    """Set the clock of the test run to the time in BUURTSEIN_TEST_NOW; the clock goes on from there.

    Also switch off Hypothesis' time limit for one example, because the machine may be busy, and let Kafka's brokers
    start from a class data archive. PostgreSQL runs without fsync, because no test cuts the power, and without
    autovacuum, because its statistics would change query plans at a moment that depends on the machine. Its data are
    in memory, because the tests make and delete hundreds of databases of a thousand files each.
    """
    postgres.SETTINGS |= {"fsync": "off", "autovacuum": "off"}
    postgres.elsewhere = memory_folder()
    archive.use(TOOLS)
    hypothesis.settings.register_profile("any-pace", deadline=None)
    hypothesis.settings.load_profile("any-pace")
    if moment := os.environ.get("BUURTSEIN_TEST_NOW"):
        time_machine.travel(datetime.fromisoformat(moment)).start()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the external tests and sort all tests, before pytest selects by `-m` and before plugins order the tests."""
    outside.mark_by_directory(items)
    longest_first(items)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Delay Python's garbage collection until the tests are collected, and exclude the objects that exist then."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    with outside.refused(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    with outside.refused(item):
        yield


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    """Give pytest-xdist our own scheduler, which decides which process runs which test."""
    return Lanes(config, log)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """Start PostgreSQL once per process of the test run, and Kafka when a test first uses it, without services."""
    running = servers_for_tests(tmp_path_factory.mktemp("servers"))
    yield running
    running.destroy()


@pytest.fixture(scope="module", autouse=True)
def kafka_is_ready(request: pytest.FixtureRequest) -> None:
    """Start Kafka before a file of tests that uses it, because the event loop of a test cannot wait for the start."""
    if needs(str(request.path.relative_to(ROOT))) == "servers":
        assert request.getfixturevalue("servers").kafka


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> int:
    """Return the seed for a test's random generator; BUURTSEIN_SEED sets it, and the end of the run prints it."""
    chosen = int(os.environ.get("BUURTSEIN_SEED") or random.randrange(2**32))
    record_property("seed", chosen)
    return chosen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the seeds of all tests, so that a run can be repeated with equal random values."""
    told = list(properties(terminalreporter, "seed"))
    if told:
        terminalreporter.section("seeds")
    for test, chosen in told:
        terminalreporter.write_line(f"BUURTSEIN_SEED={chosen}  {test}")


@pytest.fixture
async def ledger_database(servers: RunningServers) -> AsyncIterator[FreshDatabase]:
    """Yield a new registry database for tests of the chassis."""
    async with fresh_database(servers, "registry") as database:
        yield database


@pytest.fixture
async def bench(ledger_database: FreshDatabase) -> AsyncIterator[by_hand.Bench]:
    """Yield a consumer to which the test itself passes batches of records."""
    async with by_hand.on(ledger_database) as fed:
        yield fed


@pytest.fixture
async def notifier_database(servers: RunningServers) -> AsyncIterator[Database]:
    """Yield a new database of the notifier, opened with the notifier's database role `app`."""
    async with fresh_database(servers, "notifier") as database, opened(database.app) as opened_database:
        yield opened_database
