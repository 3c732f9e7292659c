"""The fault suite: one ledger for each test, and a table of what was broken at the end."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from buurtsein_deploy.servers import RunningServers, Servers
from harness.account import Account
from harness.ledger import Ledger, new_ledger

ACCOUNTS: list[Account] = []


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Account:
    made = Account(request.node.name.removeprefix("test_"))
    ACCOUNTS.append(made)
    return made


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


@pytest.fixture
def machine(servers: RunningServers) -> Iterator[Servers]:
    """The embedded servers, which can be killed and started; whatever a test did, they run afterwards."""
    assert isinstance(servers, Servers), "these faults need the embedded servers"
    yield servers
    servers.start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not ACCOUNTS:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'fault':62} {'times':>5} {'events':>7} {'duplicates':>10} {'recovered in':>12}")
    for row in ACCOUNTS:
        recovered = f"{row.seconds:10.1f} s" if row.seconds else "-"
        terminalreporter.write_line(
            f"{row.fault[:62]:62} {row.times:5} {row.events:7} {row.duplicates:10} {recovered:>12}"
        )
