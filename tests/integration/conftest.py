"""Defines a fixture that opens a connection pool on a new database of the registry."""

from collections.abc import AsyncIterator

import pytest

from buurtsein_chassis.database import Database
from harness.databases import FreshDatabase, opened


@pytest.fixture
async def database(ledger_database: FreshDatabase) -> AsyncIterator[Database]:
    """Yield a `Database` with the registry's database role `app`."""
    async with opened(ledger_database.app) as database:
        yield database
