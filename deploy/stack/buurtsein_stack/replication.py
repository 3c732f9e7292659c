"""Manages a streaming standby of PostgreSQL, and promotes the standby when an operator asks.

Invariant: a server that was the primary is never started again as one: `ensure` copies the present primary over it.
"""

import shutil
from dataclasses import dataclass

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.home import Home
from buurtsein_stack.postgres import Postgres, programs, server_user
from buurtsein_stack.processes import last_words, spawn, wait_for
from buurtsein_stack.shape import Shape, Standby

SIGNAL = "standby.signal"
"""The file in a data directory that makes PostgreSQL start as a standby."""
_STREAMS = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"


@dataclass(frozen=True, slots=True)
class Replication:
    """The PostgreSQL primary and the standby of one stack."""

    home: Home

    @property
    def primary(self) -> Postgres:
        """Return the PostgreSQL server that takes writes."""
        return Postgres(self.home)

    @property
    def standby(self) -> Postgres:
        """Return the PostgreSQL server that replicates the primary."""
        return Postgres(self.home, standby=True)

    def ensure(self) -> None:
        """Start the standby and wait until it streams; a new or former primary server first gets a copy of the data.

        Raises:
            CommandError: `standby`, when the primary cannot be copied; `not-ready`, `not-started`.
        """
        if self.standby.process() is None:
            self.standby.make_place()
            if not (self.standby.data / SIGNAL).exists():
                self._copy()
        self.standby.start()
        wait_for("the standby of PostgreSQL", lambda: self.primary.sql(_STREAMS) == "1")
        if Shape.of(self.home).standby is Standby.SYNCHRONOUS:
            self._wait_for_it()

    def promote(self) -> None:
        """Make the standby the primary; the caller must have stopped the old primary.

        Raises:
            CommandError: `primary-runs`, when the old primary still runs; `sql`, when the standby refuses.
        """
        if self.primary.process() is not None:
            raise CommandError("primary-runs", f"stop {self.primary.name} first: two primaries would both take writes")
        self.standby.sql("ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf(); SELECT pg_promote();")
        Shape.of(self.home).promoted().keep(self.home)

    def _copy(self) -> None:
        """Copy the primary's data directory to the standby; keep the standby's earlier data as `data.before`."""
        data, new, before = (self.standby.data.with_name(name) for name in ("data", "data.new", "data.before"))
        shutil.rmtree(new, ignore_errors=True)
        where = ["-h", "127.0.0.1", "-p", str(self.primary.port), "-U", "postgres"]
        argv = [str(programs() / "pg_basebackup"), *where, "-D", str(new), "-R", "-c", "fast", "-X", "stream"]
        secret = {"PGPASSWORD": self.home.secret("postgres")}
        copying = spawn(self.home, "pg_basebackup", argv, secret, user=server_user(), cwd=new.parent)
        if copying.wait(300):
            raise CommandError("standby", f"PostgreSQL was not copied: {last_words(self.home, 'pg_basebackup')}")
        if data.exists():
            shutil.rmtree(before, ignore_errors=True)
            data.rename(before)
        new.rename(data)

    def _wait_for_it(self) -> None:
        """Make each commit on the primary wait until the standby has written the commit to disk."""
        named = f"ALTER SYSTEM SET synchronous_standby_names = '\"{self.standby.name}\"'; SELECT pg_reload_conf();"
        self.primary.sql(named)
