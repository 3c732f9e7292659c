"""Fault 23: the disk under PostgreSQL is full; commands are refused, what was acknowledged stays, then it goes on."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from buurtsein_chassis.database import Database, open_pool
from buurtsein_chassis.migrations import migrate
from buurtsein_contracts import uuid7
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_deploy.home import Home
from buurtsein_deploy.postgres import Postgres
from harness.account import Account
from harness.waiting import wait_until

MEGABYTES = 160


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, of 160 MB, where PostgreSQL's user can go; only root can mount one."""
    if os.geteuid() != 0:
        pytest.skip("a file system can be mounted by root only")
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", str(folder)], check=True)
    folder.chmod(0o755)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def postgres(small_disk: Path) -> Iterator[Postgres]:
    home = Home(small_disk / "home")
    home.make()
    running = Postgres(home)
    running.start()
    running.provision(["registry"])
    yield running
    running.stop()


def entry() -> BeAlertJoined:
    content = {
        "network_id": uuid7(),
        "agreement_version": "x" * 20,
        "actor": "p" + "0" * 32,
        "joined_at": "2026-11-24T08:00:00Z",
    }
    return BeAlertJoined.model_validate(content)


@pytest.mark.thorough
async def test_23_the_disk_is_full(postgres: Postgres, small_disk: Path, account: Account) -> None:
    await migrate(postgres.role_dsn("registry", "migrator"), "registry")
    assert str(small_disk) in str(postgres.data)
    pool = await open_pool(postgres.role_dsn("registry", "app"), size=2, command_timeout=10)
    database = Database(pool, "urn:be:bin:test")
    acknowledged = [await _write(database) for _ in range(20)]
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        _fill(file.fileno())

    refused = 0
    for _ in range(2000):
        try:
            acknowledged.append(await _write(database))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            refused += 1
            break
    assert refused
    ballast.unlink()

    async def again() -> bool:
        try:
            acknowledged.append(await _write(database))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            postgres.start()
            return False
        return True

    with account.recovery():
        await wait_until("writing works again", again, 60)
    logged = {row["event_id"] for row in await pool.fetch("select data->>'network_id' as event_id from event_log")}
    assert {str(key) for key in acknowledged} <= logged
    account.events = len(acknowledged)
    await pool.close()


async def _write(database: Database) -> object:
    data = entry()
    async with database.unit_of_work() as uow:
        await uow.record(data)
    return data.network_id


def _fill(descriptor: int) -> None:
    block = secrets.token_bytes(1024 * 1024)
    try:
        while True:
            os.write(descriptor, block)
    except OSError:
        return
