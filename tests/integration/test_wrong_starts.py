"""A service with wrong settings prints one sentence, exits with 2, and shows no traceback and no secret."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from integration.wrong_starts import WORD, WRONG, Wrong

from buurtsein_chassis import starting
from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack import programs
from buurtsein_stack.home import free_port
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database, in_database
from harness.starting import ended
from harness.tls import Authority


@dataclass(frozen=True)
class Scene:
    """The settings of services that start correctly; each test makes one of them wrong."""

    servers: RunningServers
    values: Mapping[str, str]

    def env(self, wrong: Wrong, tmp: Path) -> dict[str, str]:
        """Return the environment variables of a wrong start, and write its secret files."""
        good = programs.environment(self.servers.home, wrong.service, 0) | {
            "BUURTSEIN_SECRETS_DIR": str(tmp / "secrets")
        }
        values = {**self.values, "tmp": str(tmp)}
        changed = {name: value and value.format_map(values) for name, value in wrong.env.items()}
        self._write(wrong, tmp / "secrets")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        return {name: value for name, value in (kept | good | changed).items() if value is not None}

    def _write(self, wrong: Wrong, folder: Path) -> None:
        folder.mkdir()
        for name, value in self._secrets(wrong.service).items():
            if name not in wrong.files and f"{name}/" not in wrong.files:
                (folder / name).write_text(value)
        for name, value in wrong.files.items():
            if name.endswith("/"):
                (folder / name).mkdir()
            elif value != "-":
                (folder / name).write_bytes(value.encode(errors="surrogateescape"))

    def _secrets(self, service: str) -> dict[str, str]:
        databases = {f"database_{role}": self.values[role] for role in ("app", "relay", "migrator")}
        users = self.servers.principals
        passwords = {f"kafka_{part}_password": users[f"{service}-{part}"].password for part in ("relay", "worker")}
        keys = dict.fromkeys(("pseudonym_key", "tracking_key", "vault_key", "account_key"), WORD * 3)
        return {f"{service}_{name}": value for name, value in (databases | passwords | keys).items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "nonsense").write_text("geen { zin")
    (made / "rules.toml").write_text("[[rule]]\nname = 1\n")
    for name in ("authority", "other"):
        (made / name).mkdir()
    return made


@pytest.fixture(scope="module")
def scene(servers: RunningServers, folder: Path) -> Iterator[Scene]:
    """Yield the settings, with three databases of reports: correct, of a newer release, with an edited migration.

    A database of the registry has a row of the vault under a key that the registry does not have.
    """
    authority, other = Authority(folder / "authority"), Authority(folder / "other")
    with asyncio.Runner() as runner, _with_tls(authority) as tls, socket.create_server(("127.0.0.1", 0)) as taken:
        made = [fresh_database(servers, service) for service in ("reports", "reports", "reports", "registry")]
        right, newer, edited, vault = [runner.run(one.__aenter__()) for one in made]
        runner.run(_spoil(newer, edited, vault))
        try:
            yield Scene(servers, _addresses(servers, right, newer, edited) | {
                "nonsense": str(folder / "nonsense"), "toml": str(folder / "rules.toml"), "tls": str(tls),
                "authority": str(authority.ca), "other": str(other.ca), "taken": str(taken.getsockname()[1]),
                "closed": str(free_port()), "vault": vault.app,
                "area": programs.environment(servers.home, "reports", 0)["REPORTS_MUNICIPALITY_AREA"],
            })  # fmt: skip
        finally:
            for one in made:
                runner.run(one.__aexit__(None, None, None))


def _addresses(
    servers: RunningServers, right: FreshDatabase, newer: FreshDatabase, edited: FreshDatabase
) -> dict[str, str]:
    app = urlsplit(right.app)
    at = app.netloc.rpartition("@")[2]
    return {
        "app": right.app,
        "relay": right.relay,
        "migrator": right.migrator,
        "newer": newer.app,
        "edited": edited.migrator,
        "empty": in_database(right.app, servers.dsn("reports", "app").rpartition("/")[2]),
        "funding": in_database(right.app, "funding"),
        "no_database": in_database(right.app, "nergens"),
        "wrong_password": urlunsplit(app._replace(netloc=f"{app.username}:{WORD}@{at}")),
        "wrong_user": urlunsplit(app._replace(netloc=f"niemand:{WORD}@{at}")),
    }


async def _spoil(newer: FreshDatabase, edited: FreshDatabase, vault: FreshDatabase) -> None:
    """Put a later release's migration in one database, a wrong checksum in another, and an unknown key in the third."""
    for where, statement in (
        (newer, "insert into schema_migration values ('buurtsein_reports/0099_later.sql', 'x', now(), '9.1.0')"),
        (edited, "update schema_migration set sha256 = 'x' where name = 'buurtsein_reports/0001_reports.sql'"),
        (vault, "insert into person_vault (person, key_id, data_key) values ('p', '0badc0de', 'x')"),
    ):
        connection = await asyncpg.connect(where.migrator)
        await connection.execute(statement)
        await connection.close()


@contextmanager
def _with_tls(authority: Authority) -> Iterator[int]:
    """Yield the port of a fake PostgreSQL that accepts TLS, with a certificate for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.shown_by("127.0.0.1"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server, context), daemon=True).start()
        yield server.getsockname()[1]


def _greet(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            client.recv(8)
            client.sendall(b"S")
            try:
                context.wrap_socket(client, server_side=True).close()
            except OSError:
                continue


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_start_is_one_sentence(scene: Scene, tmp_path: Path, name: str) -> None:
    wrong = WRONG[name]
    (tmp_path / "broken_adapter.py").write_text("1 / 0\n")
    done = ended(f"buurtsein_{wrong.service}.__main__:main", *wrong.run.split(), env=scene.env(wrong, tmp_path))
    assert (done.returncode, done.stdout) == (2, ""), done
    [sentence] = done.stderr.splitlines()
    assert wrong.says.format_map({**scene.values, "tmp": str(tmp_path)}) in sentence
    assert WORD not in sentence


def test_what_is_right_is_told_without_a_word_about_errors(scene: Scene, tmp_path: Path) -> None:
    right = Wrong(run="migrate", says="")
    done = ended("buurtsein_reports.__main__:main", "migrate", env=scene.env(right, tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_port_that_only_root_may_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CommandError, match=r"setting REPORTS_PORT: 127\.0\.0\.1 port 80: Permission denied"):
        starting.bound("REPORTS_PORT", "127.0.0.1", 80)
