"""Makes a base backup and an archive of the WAL of a stack's PostgreSQL, and restores it to a moment.

Invariant: everything is in one folder beside the data directory, which PostgreSQL's own user can reach.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.postgres import Postgres, programs, server_user
from buurtsein_stack.processes import last_words, spawn, wait_for

SECONDS = 120
_ARCHIVED = "select coalesce(last_archived_wal >= '{segment}', false) from pg_stat_archiver"


@dataclass(frozen=True, slots=True)
class Backup:
    """A base backup and a WAL archive of one PostgreSQL server."""

    postgres: Postgres

    @property
    def place(self) -> Path:
        """Return the folder with the base backup and the WAL archive."""
        return self.postgres.data.with_name("backup")

    def begin(self) -> None:
        """Start the server with WAL archiving switched on."""
        self.postgres.start()
        (self.place / "wal").mkdir(parents=True)
        self._own(self.place, self.place / "wal")
        self.postgres.sql("alter system set archive_mode = 'on'")
        self.postgres.sql(f"alter system set archive_command = 'cp %p {self.place}/wal/%f'")
        self.postgres.stop()
        self.postgres.start()

    def copy(self) -> None:
        """Make a base backup and verify it; raise CommandError `backup` when that fails."""
        where = ("-h", "127.0.0.1", "-p", str(self.postgres.home.port("postgres")), "-U", "postgres")
        secret = {"PGPASSWORD": self.postgres.home.secret("postgres")}
        self._run("pg_basebackup", *where, "-D", str(self.place / "base"), "-c", "fast", "-X", "stream", env=secret)
        self._run("pg_verifybackup", str(self.place / "base"))

    def moment(self) -> str:
        """Return the present time of the server, in ISO 8601."""
        return self.postgres.sql("select to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.USOF')") + ":00"

    def written(self) -> int:
        """Return how many bytes of WAL the server has written since it was made."""
        return int(self.postgres.sql("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"))

    def archive(self) -> None:
        """Close the current WAL segment, and wait until it is in the archive."""
        segment = self.postgres.sql("select pg_walfile_name(pg_switch_wal())")
        wait_for(
            f"segment {segment} in the archive", lambda: self.postgres.sql(_ARCHIVED.format(segment=segment)) == "t"
        )

    def restore(self, moment: str) -> None:
        """Replace the stopped server's data by the base backup, and start it with recovery up to a moment.

        Raises:
            CommandError: `not-started`, `not-ready`.
        """
        data = self.postgres.data
        shutil.rmtree(data)
        (self.place / "base").rename(data)
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"restore_command = 'cp {self.place}/wal/%f %p'\n")
            settings.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
        (data / "recovery.signal").touch()
        self._own(data / "recovery.signal")
        self.postgres.start()
        wait_for("PostgreSQL at the moment", lambda: self.postgres.sql("select pg_is_in_recovery()") == "f")

    def _run(self, program: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        home = self.postgres.home
        argv = [str(programs() / program), *arguments]
        if spawn(home, program, argv, env or {}, user=server_user(), cwd=self.place).wait(SECONDS):
            raise CommandError("backup", f"{program} failed: {last_words(home, program)}")

    def _own(self, *paths: Path) -> None:
        """Make the operating system user that runs PostgreSQL the owner of files, unless that is the current user."""
        user = server_user()
        for path in paths if user is not None else ():
            os.chown(path, user or 0, user or 0)
