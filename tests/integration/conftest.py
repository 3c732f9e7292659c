"""A fixture with an open connection pool on a new database of the registry."""

from collections.abc import AsyncIterator

import pytest

from buurtsein_chassis.database import Database
from harness.databases import FreshDatabase, opened


@pytest.fixture
async def database(ledger_database: FreshDatabase) -> AsyncIterator[Database]:
    """Yield a Database as the app role of the registry."""
    async with opened(ledger_database.app) as database:
        yield database
