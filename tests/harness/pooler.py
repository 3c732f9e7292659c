"""Runs a real PgBouncer between a client and the database."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from buurtsein_stack.home import free_port, is_free
from harness import tools
from harness.waiting import wait_for


@contextmanager
def pooling(dsn: str, folder: Path, *more: str, **settings: str) -> Iterator[str]:
    """Run PgBouncer with these settings during the `with` block; yield the DSNs that lead through PgBouncer.

    `more` has other DSNs of the same server, whose users the pooler also accepts.
    """
    port = free_port()
    process = subprocess.Popen(
        [tools.pooler(), str(_written([urlsplit(one) for one in (dsn, *more)], folder, port, settings))],
        user=_user(),
        group=_user(),
        extra_groups=None if _user() is None else (),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for("the pooler listens", lambda: not is_free(port), 20)
        target = urlsplit(dsn)
        yield dsn.replace(f":{target.port}/", f":{port}/")
    finally:
        process.kill()
        process.wait(10)


def _user() -> int | None:
    """Return another user for PgBouncer when we are root, because PgBouncer refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _written(targets: list[SplitResult], folder: Path, port: int, settings: dict[str, str]) -> Path:
    users, ini = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text("".join(f'"{one.username}" "{unquote(one.password or "")}"\n' for one in targets))
    options = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "plain",
        "auth_file": str(users),
        **settings,
    }
    lines = [f"{name} = {value}" for name, value in options.items()]
    ini.write_text(
        f"[databases]\n* = host={targets[0].hostname} port={targets[0].port}\n[pgbouncer]\n" + "\n".join(lines)
    )
    for path in (users, ini):
        path.chmod(0o644)
    return ini
