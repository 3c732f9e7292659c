"""The funding store in memory passes the shared store tests, and rows of every schema number are read."""

import json
from pathlib import Path

import pytest
from unit.funding.funding_memory import InMemory
from unit.funding.funding_store_suite import FundingStoreSuite

from buurtsein_funding.documents import APPLICATIONS

ROWS = Path(__file__).with_name("stored_applications.json")


class TestInMemory(FundingStoreSuite):
    """Runs the shared store tests on the store in memory."""

    @pytest.fixture
    def stored(self) -> InMemory:
        return InMemory()


def test_a_row_of_every_schema_is_read_as_an_application_is_now() -> None:
    rows = {int(schema): row for schema, row in json.loads(ROWS.read_text()).items()}
    assert sorted(rows) == list(range(1, APPLICATIONS.newest + 1)), "keep one row of each schema in this file"
    read = [APPLICATIONS.read(json.dumps(row), schema) for schema, row in rows.items()]
    newest = rows[APPLICATIONS.newest]
    assert all(one.model_dump(mode="json") == newest for one in read), "raise the schema when the model changes"
