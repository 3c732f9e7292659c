"""Keeps the data of a police desk: the state of each alert, and the number of reports of each colour.

Events may arrive twice, in another order, broken, or in a version that is newer than this program; the numbers stay
right.
"""

import sqlite3
from ast import literal_eval
from typing import Any

from buurtsein_contracts import Event, Unreadable, parse
from buurtsein_contracts.events import (
    AlertCancelled,
    AlertExpired,
    AlertFailed,
    AlertProposed,
    AlertRefused,
    AlertReleased,
    AlertReturned,
    AlertSent,
    IncidentReported,
)

COLOURS = {"inbraak": "red", "diefstal": "red", "verdacht gedrag": "orange", "vandalisme": "yellow"}
OTHER_COLOUR = "grey"
STATES = {
    AlertProposed.TYPE: "proposed",
    AlertReturned.TYPE: "returned",
    AlertReleased.TYPE: "released",
    AlertRefused.TYPE: "refused",
    AlertExpired.TYPE: "expired",
    AlertSent.TYPE: "sent",
    AlertFailed.TYPE: "failed",
    AlertCancelled.TYPE: "cancelled",
}

TABLES = """
CREATE TABLE IF NOT EXISTS seen (event_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS aside (
    topic TEXT, partition INTEGER, offset INTEGER, since TEXT DEFAULT CURRENT_TIMESTAMP,
    reason TEXT NOT NULL, detail TEXT NOT NULL, headers TEXT NOT NULL, value BLOB,
    PRIMARY KEY (topic, partition, offset)
);
CREATE TABLE IF NOT EXISTS tally (colour TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS alert (alert_id TEXT PRIMARY KEY, state TEXT NOT NULL, sequence INTEGER NOT NULL);
"""


type Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""


def literal(headers: Any) -> str:
    """Return Kafka headers as text, which `ast.literal_eval` can read again, whatever types the client uses."""
    if isinstance(headers, list | tuple):
        pairs = [pair if isinstance(pair, tuple) else (pair,) for pair in headers]
        headers = [tuple(bytes(part) if isinstance(part, memoryview) else part for part in pair) for pair in pairs]
    return repr(headers)


class Desk:
    """Stores the data of a police desk in one SQLite file: states of alerts and counts of reports."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path)
        self.db.executescript(TABLES)

    def take(self, place: Place, headers: Any, value: bytes | None) -> None:
        """Process one record in one transaction; commit its offset only after this returns."""
        with self.db:
            try:
                event = parse(headers, value)
            except Unreadable as problem:
                self.put_aside(place, problem, literal(headers), value)
                return
            self.db.execute("DELETE FROM aside WHERE topic = ? AND partition = ? AND offset = ?", place)
            if self.is_new(event):
                self.apply(event)

    def put_aside(self, place: Place, problem: Unreadable, headers: str, value: bytes | None) -> None:
        """Store an unreadable record; when the record is delivered again, it is not stored a second time."""
        self.db.execute(
            "INSERT OR IGNORE INTO aside (topic, partition, offset, reason, detail, headers, value)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*place, problem.code, problem.detail, headers, value),
        )

    def read_again(self) -> None:
        """Process the stored unreadable records again, after an upgrade of the package; keep those still unreadable."""
        rows = self.db.execute("SELECT topic, partition, offset, headers, value FROM aside").fetchall()
        for *place, headers, value in rows:
            self.take(tuple(place), literal_eval(headers), value)

    def is_new(self, event: Event) -> bool:
        """Store the event's id; return False when it was stored before."""
        return self.db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (str(event.id),)).rowcount == 1

    def apply(self, event: Event) -> None:
        """Update the desk's tables with one event: count a report, or store an alert's new state.

        Other types of events change nothing.
        """
        match event.data:
            case IncidentReported() as report:
                self.count(report.category)
            case data if event.type in STATES:
                self.move(str(data.alert_id), STATES[event.type], event.sequence)

    def count(self, category: str) -> None:
        """Add 1 to the number of reports with the colour of this category; an unknown category has the colour grey."""
        self.db.execute(
            "INSERT INTO tally VALUES (?, 1) ON CONFLICT (colour) DO UPDATE SET number = number + 1",
            (COLOURS.get(category, OTHER_COLOUR),),
        )

    def move(self, alert_id: str, state: str, sequence: int) -> None:
        """Store the new state of an alert, unless an event with a higher sequence has already set a newer one."""
        self.db.execute(
            "INSERT INTO alert VALUES (?, ?, ?) ON CONFLICT (alert_id) DO UPDATE"
            " SET state = excluded.state, sequence = excluded.sequence WHERE excluded.sequence > sequence",
            (alert_id, state, sequence),
        )

    def state(self, alert_id: str) -> str | None:
        """Return the state of an alert; None when no event about it was seen."""
        row = self.db.execute("SELECT state FROM alert WHERE alert_id = ?", (alert_id,)).fetchone()
        return row and row[0]

    def tally(self) -> dict[str, int]:
        """Return for each colour the number of reports in the categories with that colour."""
        return dict(self.db.execute("SELECT colour, number FROM tally"))

    def alerts(self) -> dict[str, int]:
        """Return how many alerts are in each state."""
        return dict(self.db.execute("SELECT state, count(*) FROM alert GROUP BY state"))

    def aside(self) -> dict[str, int]:
        """Return the number of unreadable records by the reason."""
        return dict(self.db.execute("SELECT reason, count(*) FROM aside GROUP BY reason"))
