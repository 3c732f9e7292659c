"""The notifier's store in memory does what the one on PostgreSQL does; stored rows of every schema are read."""

import json
from pathlib import Path

import pytest
from unit.notifier.notifier_memory import Memory
from unit.notifier.notifier_store_suite import NotifierStoreSuite

from buurtsein_notifier.documents import ALERTS

ROWS = Path(__file__).with_name("stored_alerts.json")
"""The same alert as it was written under each number of the schema."""


class TestInMemory(NotifierStoreSuite):
    """The suite, without a server."""

    @pytest.fixture
    def stored(self) -> Memory:
        return Memory()


def test_a_row_of_every_schema_is_read_as_an_alert_is_now() -> None:
    rows = {int(schema): row for schema, row in json.loads(ROWS.read_text()).items()}
    assert sorted(rows) == list(range(1, ALERTS.schema + 1)), "keep one row of each schema in this file"
    read = [ALERTS.read(json.dumps(row), schema) for schema, row in rows.items()]
    newest = rows[ALERTS.schema]
    assert all(one.model_dump(mode="json") == newest for one in read), "raise the schema when the model changes"
