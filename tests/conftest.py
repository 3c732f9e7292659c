"""Fixtures; what they are made of is in `harness`."""

from collections.abc import AsyncIterator, Iterator

import pytest

from buurtsein_chassis.database import Database
from buurtsein_deploy.servers import RunningServers, servers_for_tests
from buurtsein_deploy.stack import Stack
from harness.databases import FreshDatabase, fresh_database, opened
from harness.town import Town


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """PostgreSQL and Kafka, without services; once per run."""
    running = servers_for_tests(tmp_path_factory.mktemp("servers"))
    yield running
    running.destroy()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack with its four services; once per run."""
    running = Stack(tmp_path_factory.mktemp("stack"))
    running.up()
    yield running
    running.reset()


@pytest.fixture(scope="session")
def town(stack: Stack) -> Iterator[Town]:
    """Aalst, with its people, over HTTP and Kafka."""
    aalst = Town(stack)
    yield aalst
    aalst.close()


@pytest.fixture
async def ledger_database(servers: RunningServers) -> AsyncIterator[FreshDatabase]:
    """A fresh database of the registry, for the chassis."""
    async with fresh_database(servers, "registry") as database:
        yield database


@pytest.fixture
async def notifier_database(servers: RunningServers) -> AsyncIterator[Database]:
    """A fresh database of the notifier, opened as its app role."""
    async with fresh_database(servers, "notifier") as database, opened(database.app) as opened_database:
        yield opened_database
