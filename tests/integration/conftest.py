"""Defines fixtures that open a new database of the registry: a connection pool, and a store on it."""

from collections.abc import AsyncIterator

import pytest
from integration.registry_scene import Registry
from unit.registry.registry_memory import recognised

from buurtsein_chassis.database import Database
from buurtsein_registry.domain.network import Network
from harness.databases import FreshDatabase, opened


@pytest.fixture
async def database(ledger_database: FreshDatabase) -> AsyncIterator[Database]:
    """Yield a `Database` with the registry's database role `app`."""
    async with opened(ledger_database.app) as database:
        yield database


@pytest.fixture
async def registry(database: Database) -> Registry:
    """Return a store of the registry on a new database."""
    return Registry(database)


@pytest.fixture
async def network(registry: Registry) -> Network:
    """Return a network of the registry that is recognised."""
    async with registry.unit_of_work() as store:
        return await recognised(store)
