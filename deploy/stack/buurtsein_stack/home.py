"""The folder in which one stack keeps everything: data, secrets, logs, remembered ports, the manifest.

Invariant: nothing secret is readable by others, and a port or a secret, once chosen, stays the same across restarts.
"""

import fcntl
import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate import local_stack


def write_private(path: Path, content: str) -> None:
    """Write a file of mode 0600, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    new.rename(path)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now.

    Raises:
        CommandError: `port-refused`.
    """
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return int(server.getsockname()[1])
    except OSError as error:
        raise CommandError("port-refused", f"no port on 127.0.0.1 is to be had: {error.strerror}") from error


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Home:
    """The paths, secrets and ports of one stack."""

    path: Path

    @classmethod
    def default(cls) -> "Home":
        """`BUURTSEIN_HOME`, else `.local` in the project."""
        return cls(local_stack.home())

    @classmethod
    def present(cls) -> "Home":
        """The home of what runs: the default one, or while only that is up, the one that `make demo KEEP=1` left."""
        return cls(local_stack.stack_file().parent)

    @property
    def demo(self) -> "Home":
        """The home of the demo's own stack."""
        return Home(self.path / "demo" / "stack")

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory lies in here."""
        return self.path / "postgres"

    @property
    def kafka(self) -> Path:
        """Kafka's log directory and properties."""
        return self.path / "kafka"

    @property
    def secrets(self) -> Path:
        """One folder for each reader of secrets."""
        return self.path / "secrets"

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.path / "logs"

    @property
    def bealert(self) -> Path:
        """What the BE-Alert simulator received."""
        return self.path / "bealert"

    @property
    def alerts(self) -> Path:
        """Where the notifier's file adapter writes."""
        return self.path / "alerts"

    @property
    def manifest(self) -> Path:
        """`stack.json`: the way any client finds its way."""
        return self.path / local_stack.FILE

    @property
    def jars(self) -> Path:
        """The cache of jars, shared by every home of the project."""
        return Path(os.environ.get("BUURTSEIN_CACHE") or Path(sys.prefix).parent / ".local" / "cache")

    def make(self) -> None:
        """Create the folders; others may pass through (PostgreSQL's user must) but not look."""
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.kafka, self.secrets, self.logs, self.bealert, self.alerts):
            folder.mkdir(mode=0o700, exist_ok=True)

    def wipe(self) -> None:
        """Throw away what a stack made here, and nothing else that may lie in the same folder."""
        for folder in (self.kafka, self.secrets, self.logs, self.bealert, self.alerts):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.manifest, self.path / "ports.json", self.path / "lock"):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.rmdir()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One `up`, `down` or `reset` at a time; the second waits."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def secret(self, name: str, owner: str = "stack") -> str:
        """A random secret, made at first use and kept in a file of mode 0600."""
        path = self.secrets / owner / name
        if not path.exists():
            self.keep(name, secrets.token_urlsafe(32), owner)
        return path.read_text()

    def keep(self, name: str, value: str, owner: str) -> None:
        """Write a secret for one reader."""
        (self.secrets / owner).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.secrets / owner / name, value)

    def port(self, name: str) -> int:
        """The port remembered for a process, or a new one; not checked for being free."""
        return self._ports().get(name) or self.new_port(name)

    def known_port(self, name: str) -> int:
        """The port remembered for a process; 0 when it never had one."""
        return self._ports().get(name, 0)

    def new_port(self, name: str) -> int:
        """Choose another port for a process and remember it; no two names get the same."""
        ports = self._ports()
        port = free_port()
        while port in ports.values():
            port = free_port()
        write_private(self.path / "ports.json", json.dumps(ports | {name: port}, indent=1))
        return port

    def usable_port(self, name: str) -> int:
        """For a process about to start: the remembered port when nobody took it, else another."""
        port = self.port(name)
        return port if is_free(port) else self.new_port(name)

    def _ports(self) -> dict[str, int]:
        path = self.path / "ports.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}
