"""The store of reports in memory does what the one on PostgreSQL does."""

import pytest
from unit.reports.report_store_suite import ReportStoreSuite
from unit.reports.reports_memory import MemoryStore


class TestInMemory(ReportStoreSuite):
    """The suite, without a server."""

    @pytest.fixture
    def stored(self) -> MemoryStore:
        return MemoryStore()
