"""The reports service's store in memory passes the shared store tests."""

import pytest
from unit.reports.report_store_suite import ReportStoreSuite
from unit.reports.reports_memory import InMemory


class TestInMemory(ReportStoreSuite):
    """Runs the shared store tests on the store in memory."""

    @pytest.fixture
    def stored(self) -> InMemory:
        return InMemory()
