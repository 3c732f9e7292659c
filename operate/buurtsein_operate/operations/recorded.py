"""Reads which events of a topic a service's database contains, and which of them are still in the outbox."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations.differences import Difference, of
from buurtsein_operate.operations.reach import Reach

_ROWS = """
select id, event_id, key, version, type, occurred_at, sha256(convert_to(data::text, 'UTF8')) as digest
from event_log where topic = $1 and occurred_at <= $2 order by id
"""
"""`digest` is the SHA-256 of the value that the relay publishes; the values themselves stay in the database."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The events of one topic that were recorded until a time, and the outbox when it was read."""

    topic: Topic
    rows: Mapping[UUID | None, asyncpg.Record]
    """The rows of the event log by event id, in the order of the log."""
    pending: set[int]
    frozen: set[int]
    """The ids (in the event log) of the frozen rows of the whole outbox."""
    ends: dict[str, int]
    """The last version of each stream, by key; events that were recorded after the chosen time count too."""

    def unpublished(self, seen: Collection[UUID], kept_since: datetime | None) -> list[Difference]:
        """Return the differences for events that are pending, frozen, or missing from the topic.

        Args:
            seen: ids of the events that are on the topic.
            kept_since: the topic may have dropped older events, so that these are not missing.
        """
        found = []
        for event_id, row in self.rows.items():
            gone = event_id not in seen and (kept_since is None or row["occurred_at"] > kept_since)
            if what := self._waits(row) or ("unpublished" if gone else None):
                found.append(of(what, self.topic.name, row))
        return found

    def due(self, seen: Collection[UUID]) -> list[asyncpg.Record]:
        """Return the events that are published, which every consumer should have received by now."""
        return [row for event_id, row in self.rows.items() if event_id in seen or not self._waits(row)]

    def _waits(self, row: asyncpg.Record) -> str | None:
        if row["id"] in self.frozen:
            return "frozen"
        return "pending" if row["id"] in self.pending else None


async def recorded(where: Reach, topic: Topic, until: datetime) -> Recorded:
    """Read the event log, the outbox and each stream's last version in one snapshot of the service's database."""
    async with where.database(topic.owner) as connection, connection.transaction(isolation="repeatable_read"):
        rows = await connection.fetch(_ROWS, topic.name, until)
        pending = await connection.fetch("select id from outbox_pending")
        frozen = await connection.fetch("select id from outbox_frozen")
        ends = await connection.fetch("select key, version from event_stream where topic = $1", topic.name)
    return Recorded(
        topic=topic,
        rows={row["event_id"]: row for row in rows},
        pending={row["id"] for row in pending},
        frozen={row["id"] for row in frozen},
        ends={row["key"]: row["version"] for row in ends},
    )


async def known(where: Reach, topic: Topic, event_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these event ids are in the event log for this topic."""
    async with where.database(topic.owner) as connection:
        query = "select event_id from event_log where topic = $1 and event_id = any($2)"
        return {row["event_id"] for row in await connection.fetch(query, topic.name, list(event_ids))}
