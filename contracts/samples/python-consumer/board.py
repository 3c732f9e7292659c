"""Keeps the board of a police desk: the status and colour of each report, and the number of reports by category.

Invariant: events may come twice, in another order, from a newer version, or broken; the board stays right.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from buurtsein_contracts import Event, Unreadable, parse
from buurtsein_contracts.events import IncidentReported, IncidentUpdated

LANES = {"inbraak": "red", "diefstal": "red", "verdacht gedrag": "orange", "vandalisme": "yellow"}
OTHER_LANE = "grey"

TABLES = """
CREATE TABLE IF NOT EXISTS seen (event_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS unreadable (reason TEXT NOT NULL, headers TEXT NOT NULL, value BLOB);
CREATE TABLE IF NOT EXISTS tally (category TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS report (
    report_id TEXT PRIMARY KEY, lane TEXT, place TEXT, status TEXT NOT NULL DEFAULT 'RECEIVED',
    sequence INTEGER NOT NULL DEFAULT 0
);
"""


class Board:
    """Stores the board in one SQLite file."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript(TABLES)

    def apply(self, headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> None:
        """Store one Kafka record in one transaction; commit its offset in Kafka only after this method returns."""
        with self._db:
            try:
                event = parse(headers, value)
            except Unreadable as problem:
                self._db.execute("INSERT INTO unreadable VALUES (?, ?, ?)", (problem.code, repr(headers), value))
                return
            if self._is_new(event):
                self._take(event)

    def _is_new(self, event: Event[Any]) -> bool:
        done = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (str(event.id),))
        return done.rowcount == 1

    def _take(self, event: Event[Any]) -> None:
        data = event.data
        match data:
            case IncidentReported():
                self._reported(data)
            case IncidentUpdated():
                self._updated(data, event.sequence)

    def _reported(self, data: IncidentReported) -> None:
        lane = LANES.get(data.category, OTHER_LANE)
        place = f"{data.location.latitude:.5f},{data.location.longitude:.5f}"
        self._db.execute(
            "INSERT INTO report (report_id, lane, place) VALUES (?, ?, ?)"
            " ON CONFLICT (report_id) DO UPDATE SET lane = excluded.lane, place = excluded.place",
            (str(data.report_id), lane, place),
        )
        self._db.execute(
            "INSERT INTO tally VALUES (?, 1) ON CONFLICT (category) DO UPDATE SET number = number + 1",
            (data.category,),
        )

    def _updated(self, data: IncidentUpdated, sequence: int) -> None:
        """Store the new status of a report, which an IncidentUpdated contains.

        It inserts a row when IncidentReported has not arrived yet. An update that is older than the stored one changes
        nothing.
        """
        self._db.execute("INSERT OR IGNORE INTO report (report_id) VALUES (?)", (str(data.report_id),))
        self._db.execute(
            "UPDATE report SET status = ?, sequence = ? WHERE report_id = ? AND sequence < ?",
            (data.status, sequence, str(data.report_id), sequence),
        )

    def status(self, report_id: str) -> str:
        """Return the status of a report."""
        [row] = self._db.execute("SELECT status FROM report WHERE report_id = ?", (report_id,)).fetchall()
        return str(row[0])

    def lane(self, report_id: str) -> str:
        """Return the colour that the board gives to a report."""
        [row] = self._db.execute("SELECT lane FROM report WHERE report_id = ?", (report_id,)).fetchall()
        return str(row[0])

    def tally(self) -> dict[str, int]:
        """Return the number of reports by category."""
        return dict(self._db.execute("SELECT category, number FROM tally"))

    def unreadable(self) -> int:
        """Return the number of records that could not be read; they are stored for a person to look at."""
        [row] = self._db.execute("SELECT count(*) FROM unreadable").fetchall()
        return int(row[0])
