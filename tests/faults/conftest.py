"""Defines the fixtures of the fault tests: a ledger (test service) for each test, and a table of all faults."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from buurtsein_stack.servers import RunningServers, Servers
from buurtsein_stack.servers_for_tests import ServersOnDemand
from harness.account import HEADING, Account
from harness.ledger import Ledger, new_ledger
from harness.reporting import properties
from harness.stacks import collector, stack, town

__all__ = ["collector", "stack", "town"]


@pytest.fixture
def account(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[Account]:
    """Yield the object in which a test stores its counts for the table of all faults.

    A test whose name has no number of a fault has no row in that table.
    """
    made = Account(request.node.name.removeprefix("test_"))
    yield made
    if re.match(r"\d\d_", made.fault):
        record_property("account", made.line())


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path, account: Account) -> AsyncIterator[Ledger]:
    """Yield a ledger (test service) that ignores the records of earlier tests on its topic."""
    async with new_ledger(servers, tmp_path) as fresh:
        await fresh.skip_what_others_left()
        yield fresh
        if not account.figures:  # a test without a ledger gets a row too
            account.events = account.events or await fresh.count("applied")
            account.duplicates = account.duplicates or fresh.suppressed()


@pytest.fixture
def machine(servers: RunningServers) -> Iterator[Servers]:
    """Yield the embedded PostgreSQL and Kafka, which a test may kill; afterwards both run again."""
    assert isinstance(servers, ServersOnDemand), "these faults need the embedded servers"
    yield servers.started()
    servers.started()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = list(properties(terminalreporter, "account"))
    if not rows:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(HEADING)
    for _, line in rows:
        terminalreporter.write_line(line)
