"""While PostgreSQL's disk is full (fault 23), commands are refused and nothing acknowledged is lost."""

import asyncio
import os
import secrets
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from copy import copy
from pathlib import Path

import pytest

from buurtsein_stack.home import Home
from buurtsein_stack.postgres import Postgres
from buurtsein_stack.servers import Servers
from harness.account import Account
from harness.ledger import Ledger, new_ledger
from harness.load import load
from harness.waiting import wait_until

MEGABYTES = 160


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Yield a file system of 160 MB that PostgreSQL's user can use; only root can mount one."""
    if os.geteuid() != 0:
        pytest.skip("a file system can be mounted by root only")
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", str(folder)], check=True)
    folder.chmod(0o755)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def postgres(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    monkeypatch.setattr("buurtsein_stack.postgres.elsewhere", None)
    home = Home(small_disk / "home")
    home.make()
    running = Postgres(home)
    running.start()
    running.provision(["registry"])
    yield running
    running.stop()


@pytest.fixture
async def ledger_on_it(postgres: Postgres, small_disk: Path, machine: Servers, tmp_path: Path) -> AsyncIterator[Ledger]:
    """Yield a ledger (test service) whose database is on the small disk, with the ordinary Kafka."""
    moved = copy(machine)
    moved.postgres = postgres
    assert str(small_disk) in str(postgres.data)
    async with new_ledger(moved, tmp_path) as ledger:
        await ledger.skip_what_others_left()
        yield ledger


@pytest.mark.thorough
async def test_23_the_disk_is_full(
    ledger_on_it: Ledger, postgres: Postgres, small_disk: Path, account: Account
) -> None:
    ledger = ledger_on_it
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        _fill(file.fileno())
    writing = asyncio.create_task(writer.run(200, pause=0))

    async def refused() -> bool:
        return writer.statuses[503] > 0

    await wait_until("a command is refused", refused, 60)
    ballast.unlink()
    with account.recovery():
        await asyncio.to_thread(postgres.start)  # PostgreSQL stopped when it could not write at all
        await writing
        await ledger.reconnect()
        await ledger.wait_until_applied(220)
    assert writer.statuses.keys() == {201, 503}
    account.balance(await ledger.check())


def _fill(descriptor: int) -> None:
    block = secrets.token_bytes(1024 * 1024)
    try:
        while True:
            os.write(descriptor, block)
    except OSError:
        return
