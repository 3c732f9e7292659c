"""A command on a database that was not migrated says so, and what to do."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.cluster import Cluster
from buurtsein_operate.operations.reach import Reach
from buurtsein_operate.operations.services import way
from buurtsein_stack.servers import RunningServers
from harness.databases import in_database


@pytest.fixture
async def empty(servers: RunningServers) -> AsyncIterator[str]:
    """Yield the name of a database of reports without any table."""
    name, admin = f"reports_{secrets.token_hex(4)}", await asyncpg.connect(servers.superuser_dsn)
    await admin.execute(f"create database {name} owner reports_migrator")
    yield name
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def test_direct_names_the_missing_migrations(
    servers: RunningServers, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports_database_app").write_text(in_database(servers.dsn("reports", "app"), empty))
    monkeypatch.setenv("BUURTSEIN_SECRETS_DIR", str(tmp_path))
    with pytest.raises(CommandError) as refused:
        async with way("reports", direct=True).to("reports"):
            pass
    assert refused.value.code == "schema-old"
    assert "the database of reports lacks" in refused.value.sentence
    assert "run migrate of this release first" in refused.value.sentence


async def test_a_command_on_the_owners_database_names_the_command_to_migrate(
    servers: RunningServers, empty: str
) -> None:
    reach = Reach(lambda _: in_database(servers.dsn("reports", "migrator"), empty), Cluster("", "", "", "", None))
    with pytest.raises(CommandError) as refused:
        async with reach.database("reports") as connection, connection.transaction():
            await connection.fetch("select * from event_log")
    sentence = "the database of reports is not migrated: run python -m buurtsein_reports migrate first"
    assert (refused.value.code, refused.value.sentence) == ("schema-old", sentence)
