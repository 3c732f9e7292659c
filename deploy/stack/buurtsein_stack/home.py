"""Manages the home folder of a stack, with its data, secrets, logs, port numbers and the file `stack.json`.

Invariant: no other user can read a secret, and a chosen port or secret stays the same across restarts.
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
    """Write a file of mode 0600 atomically: under a temporary name, then renamed."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    new.rename(path)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is free now.

    Raises:
        CommandError: `port-refused`, when the system gives none.
    """
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return int(server.getsockname()[1])
    except OSError as error:
        raise CommandError("port-refused", f"no free port on 127.0.0.1: {error.strerror}") from error


def is_free(port: int) -> bool:
    """Return whether a server could listen on this port of 127.0.0.1 now."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Home:
    """The home folder of one stack: its paths, secrets and port numbers."""

    path: Path

    @classmethod
    def default(cls) -> "Home":
        """Return the home at the path in `BUURTSEIN_HOME`; without that variable, `.local` in the project."""
        return cls(local_stack.home())

    @classmethod
    def present(cls) -> "Home":
        """Return the home of the running stack: the default home, or the demo's home when only the demo runs."""
        return cls(local_stack.stack_file().parent)

    @property
    def demo(self) -> "Home":
        """Return the home folder of the demo's separate stack."""
        return Home(self.path / "demo" / "stack")

    @property
    def kafka(self) -> Path:
        """Return the folder with Kafka's log directory and properties."""
        return self.path / "kafka"

    @property
    def shape(self) -> Path:
        """Return the path of the file that says how many brokers and standbys this stack has."""
        return self.path / "shape.json"

    @property
    def secrets(self) -> Path:
        """Return the folder with the secrets, which has one folder for each process."""
        return self.path / "secrets"

    @property
    def logs(self) -> Path:
        """Return the folder with a log file for each process."""
        return self.path / "logs"

    @property
    def bealert(self) -> Path:
        """Return the folder in which the BE-Alert simulator stores messages."""
        return self.path / "bealert"

    @property
    def alerts(self) -> Path:
        """Return the folder to which the notifier's file adapter writes."""
        return self.path / "alerts"

    @property
    def photos(self) -> Path:
        """Return the folder in which the service reports stores photos."""
        return self.path / "photos"

    @property
    def manifest(self) -> Path:
        """Return the path of `stack.json`, which lists addresses and credentials for clients."""
        return self.path / local_stack.FILE

    @property
    def jars(self) -> Path:
        """Return the folder with cached jars, which all homes of the project share."""
        return Path(os.environ.get("BUURTSEIN_CACHE") or Path(sys.prefix).parent / ".local" / "cache")

    def make(self) -> None:
        """Create the home folder: PostgreSQL's user can enter it, but only our own user can enter the folders in it."""
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.kafka, self.secrets, self.logs, self.bealert, self.alerts, self.photos):
            folder.mkdir(mode=0o700, exist_ok=True)

    def wipe(self) -> None:
        """Delete the files that a stack made in this folder, and no others."""
        for folder in (self.kafka, self.secrets, self.logs, self.bealert, self.alerts, self.photos):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.manifest, self.shape, self.path / "ports.json", self.path / "lock"):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.rmdir()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold a file lock, so that only one `up`, `down` or `reset` runs at a time; another one waits."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def secret(self, name: str, owner: str = "stack") -> str:
        """Return a random secret, which is made at first use and stored in a file of mode 0600."""
        path = self.secrets / owner / name
        if not path.exists():
            self.keep(name, secrets.token_urlsafe(32), owner)
        return path.read_text()

    def keep(self, name: str, value: str, owner: str) -> None:
        """Write a secret to a file in the secrets folder of one process."""
        (self.secrets / owner).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.secrets / owner / name, value)

    def port(self, name: str) -> int:
        """Return the stored port number of a process, or store a new one; whether the port is free is not checked."""
        return self._ports().get(name) or self.new_port(name)

    def known_port(self, name: str) -> int:
        """Return the stored port number of a process; 0 when the process never had one."""
        return self._ports().get(name, 0)

    def new_port(self, name: str) -> int:
        """Choose and store a new port number for a process; no two processes get the same number."""
        ports = self._ports()
        port = free_port()
        while port in ports.values():
            port = free_port()
        write_private(self.path / "ports.json", json.dumps(ports | {name: port}, indent=1))
        return port

    def usable_port(self, name: str) -> int:
        """Return a free port for a process that is about to start: its stored port if that is free, else a new one."""
        port = self.port(name)
        return port if is_free(port) else self.new_port(name)

    def _ports(self) -> dict[str, int]:
        path = self.path / "ports.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}
