"""`buurtsein database sql` makes a database, its roles and rights, also under other names, and can be repeated."""

import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from buurtsein_chassis.migrations import Terms, migrate
from buurtsein_operate import databases
from buurtsein_stack.postgres import programs
from buurtsein_stack.servers import RunningServers
from harness.databases import in_database
from harness.starting import OPERATE, ended

WORDS = {role: f"een {role} geheim" for role in databases.ROLES}
CHOSEN = ("--database", "stad-bin", "--migrator", "bin.eigenaar", "--app", "bin-app", "--relay", "Bin_relay")
NAMES = databases.Names("stad-bin", "bin.eigenaar", "bin-app", "Bin_relay")


@dataclass(frozen=True)
class Site:
    """An operator's folder of secrets, and the PostgreSQL server on which the test runs `database sql`."""

    servers: RunningServers
    folder: Path

    def dsn(self, role: str, user: str) -> str:
        word = WORDS[role].replace(" ", "%20")
        at = urlsplit(self.servers.superuser_dsn).netloc.rpartition("@")[2]
        return f"postgresql://{user}:{word}@{at}/{NAMES.database}"

    def keep(self, role: str, user: str) -> None:
        (self.folder / f"reports_database_{role}").write_text(self.dsn(role, user))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        done = ended(OPERATE, "database", "sql", *arguments, env=env | {"BUURTSEIN_SECRETS_DIR": str(self.folder)})
        assert not [word for word in WORDS.values() if word in done.stdout + done.stderr]
        return done


@pytest.fixture
async def site(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Site]:
    made = Site(servers, tmp_path)
    (tmp_path / "database_admin").write_text(servers.superuser_dsn)
    for role, user in zip(databases.ROLES, NAMES.roles, strict=True):
        made.keep(role, user)
    yield made
    admin = await asyncpg.connect(servers.superuser_dsn)
    await admin.execute(f'drop database if exists "{NAMES.database}" with (force)')
    for role in (*NAMES.roles, "beheer"):
        await admin.execute(f'drop role if exists "{role}"')
    await admin.close()


async def test_a_database_with_chosen_names_can_be_migrated_and_used(site: Site) -> None:
    first, second = site.run("reports", *CHOSEN, "--apply"), site.run("reports", *CHOSEN, "--apply")
    assert [done.returncode for done in (first, second)] == [0, 0], (first, second)
    assert 'CREATE DATABASE "stad-bin" OWNER "bin.eigenaar"' in first.stdout
    assert second.stdout.splitlines() == [f"set the password of {role}" for role in NAMES.roles]
    dsns = {role: site.dsn(role, user) for role, user in zip(databases.ROLES, NAMES.roles, strict=True)}
    assert await migrate(dsns["migrator"], "reports", terms=Terms(NAMES.app, NAMES.relay))
    app, relay = await asyncpg.connect(dsns["app"]), await asyncpg.connect(dsns["relay"])
    assert await app.fetchval("select count(*) from report") == 0
    assert await relay.fetchval("select count(*) from event_log") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("delete from event_log")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("create table mine ()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await relay.fetchval("select count(*) from report")
    await app.close()
    await relay.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(in_database(site.servers.dsn("funding", "app"), NAMES.database))


async def test_who_may_make_roles_and_databases_needs_no_superuser(site: Site) -> None:
    admin = await asyncpg.connect(site.servers.superuser_dsn)
    await admin.execute("create role beheer login createrole createdb password 'beheer'")
    await admin.execute("grant connect on database postgres to beheer")
    at = urlsplit(site.servers.superuser_dsn).netloc.rpartition("@")[2]
    try:
        (site.folder / "database_admin").write_text(f"postgresql://beheer:beheer@{at}/postgres")
        for _ in range(2):
            done = site.run("reports", *CHOSEN, "--apply")
            assert done.returncode == 0, done
    finally:
        await admin.execute(f'drop database if exists "{NAMES.database}" with (force)')
        await admin.execute("drop owned by beheer")
        await admin.close()


async def test_psql_makes_the_same_and_asks_for_the_passwords(site: Site) -> None:
    printed = site.run("reports", *CHOSEN).stdout
    assert [line for line in printed.splitlines() if "password" in line] == [
        f'\\password "{role}"' for role in NAMES.roles
    ]
    script = "\n".join(line for line in printed.splitlines() if not line.startswith("\\password"))
    for _ in range(2):
        psql = [str(programs() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", site.servers.superuser_dsn]
        done = subprocess.run(psql, input=script, text=True, capture_output=True, check=False)  # noqa: ASYNC221
        assert done.returncode == 0, done
    admin = await asyncpg.connect(site.servers.superuser_dsn)
    rights = "select has_database_privilege($1, $2, 'connect')"
    assert [await admin.fetchval(rights, role, NAMES.database) for role in NAMES.roles] == [True] * 3
    await admin.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("orgel",), "there is no service orgel"),
        (("reports", "--app", "reports_relay"), "the three roles need three names"),
        (("reports", "--app", 'x"; drop role y'), "cannot be the name of a role or database"),
        (("reports", "--apply"), "is for user 'bin.eigenaar', not for role reports_migrator: choose --migrator"),
    ],
    ids=["no such service", "one name twice", "no name", "another user in the address"],
)
async def test_what_is_wrong_is_one_sentence(site: Site, arguments: tuple[str, ...], sentence: str) -> None:
    done = site.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


async def test_without_a_superusers_address_it_says_where_it_belongs(site: Site) -> None:
    (site.folder / "database_admin").unlink()
    done = site.run("reports", *CHOSEN, "--apply")
    assert (done.returncode, done.stdout) == (2, "")
    assert "BUURTSEIN_DATABASE_ADMIN" in done.stderr
    assert "database_admin" in done.stderr
