"""The registry's store in memory passes the shared store tests, and rows of every schema number are read."""

import json
from pathlib import Path
from typing import Any

import pytest
from unit.registry.registry_contact_suite import ContactSuite
from unit.registry.registry_correction_suite import CorrectionSuite
from unit.registry.registry_enquiry_suite import EnquirySuite
from unit.registry.registry_memory import APPLICANT, InMemory
from unit.registry.registry_own_data_suite import OwnDataSuite
from unit.registry.registry_store_suite import RegistryStoreSuite
from unit.registry.registry_year_suite import YearSuite

from buurtsein_chassis.documents import Documents
from buurtsein_registry.documents import MEMBERS, NETWORKS

ROWS = Path(__file__).with_name("stored_documents.json")
"""For each table, the same document as it is stored under each schema number."""
DOCUMENTS: dict[str, Documents[Any]] = {"network": NETWORKS, "member": MEMBERS}


class TestInMemory(RegistryStoreSuite, OwnDataSuite, CorrectionSuite, YearSuite, EnquirySuite, ContactSuite):
    """Runs the shared store tests on the store in memory."""

    @pytest.fixture
    def stored(self) -> InMemory:
        return InMemory()


@pytest.mark.parametrize("table", DOCUMENTS)
def test_a_row_of_every_schema_is_read_as_the_model_is_now(table: str) -> None:
    rows = {int(schema): row for schema, row in json.loads(ROWS.read_text())[table].items()}
    documents = DOCUMENTS[table]
    assert sorted(rows) == list(range(1, documents.newest + 1)), "keep one row of each schema in this file"
    read = [documents.read(json.dumps(row), schema) for schema, row in rows.items()]
    newest = rows[documents.newest]
    assert all(one.model_dump(mode="json") == newest for one in read), "raise the schema when the model changes"


def test_a_network_that_was_stored_before_sides_were_knows_for_whom_each_person_acted() -> None:
    first = json.loads(ROWS.read_text())["network"]["1"]
    assert "sides" not in first
    sides = NETWORKS.read(json.dumps(first), 1).sides
    assert sides[APPLICANT] == "neighbourhood"
    assert {sides[one["actor"]] for one in first["approvals"]} == {"police", "city"}
