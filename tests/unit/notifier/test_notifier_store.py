"""The notifier's store in memory passes the shared store tests, and rows of every schema number are read."""

import json
from pathlib import Path

import pytest
from unit.notifier.notifier_holding_suite import HoldingSuite
from unit.notifier.notifier_linking_suite import LinkingSuite
from unit.notifier.notifier_memory import Memory
from unit.notifier.notifier_store_suite import NotifierStoreSuite

from buurtsein_notifier.documents import ALERTS

ROWS = Path(__file__).with_name("stored_alerts.json")
"""The same alert as it is stored under each schema number."""


class TestInMemory(NotifierStoreSuite, LinkingSuite, HoldingSuite):
    """Runs the shared store tests on the store in memory."""

    @pytest.fixture
    def stored(self) -> Memory:
        return Memory()


def test_a_row_of_every_schema_is_read_as_an_alert_is_now() -> None:
    rows = {int(schema): row for schema, row in json.loads(ROWS.read_text()).items()}
    assert sorted(rows) == list(range(1, ALERTS.newest + 1)), "keep one row of each schema in this file"
    read = [ALERTS.read(json.dumps(row), schema) for schema, row in rows.items()]
    newest = rows[ALERTS.newest]
    assert all(one.model_dump(mode="json") == newest for one in read), "raise the schema when the model changes"
