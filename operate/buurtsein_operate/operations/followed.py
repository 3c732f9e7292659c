"""Compares the events that one consumer should have applied with what it did, and with its projection's rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import asyncpg

from buurtsein_chassis.inbox import headers_from_json
from buurtsein_chassis.manifest import Manifest, manifest_of
from buurtsein_chassis.operations.audit import Verb
from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations.differences import Difference, counted, of
from buurtsein_operate.operations.on_topic import event_id_in
from buurtsein_operate.operations.reach import Reach
from buurtsein_operate.operations.recorded import Recorded

STANDING_STILL = ("missing", "ahead", "parked", "dead", "unkept", "unfounded")

_POSITIONS = "select key, version from stream_position where consumer = $1 and topic = $2"
_PARKED = "select event_id, key, version from parked where consumer = $1 and topic = $2 order by key, version"
_LETTERS = """
select event_id, key, version, headers, state from dead_letter
where consumer = $1 and topic = $2 and state <> 'redriven' order by id
"""
_DISCARDED = f"""
select (target ->> 'event_id')::uuid as event_id from operator_action
where verb = '{Verb.DISCARD}' and target ->> 'consumer' = $1 and target ->> 'topic' = $2
"""  # noqa: S608 - a constant of the program
"""Discarded events are read from the operators' audit trail, which is kept longer than the dead letters."""
_RELEASED = f"""
select target ->> 'key' as key, (target ->> 'from')::bigint as position, (target ->> 'to')::bigint as released
from operator_action where verb = '{Verb.RELEASE}' and target ->> 'consumer' = $1 and target ->> 'topic' = $2
"""  # noqa: S608 - a constant of the program


@dataclass(frozen=True, slots=True)
class Followed:
    """The numbers of events that one consumer should have applied, by outcome (applied, dead and so on)."""

    consumer: str
    applied: int
    discarded: int
    """How many events an operator discarded, or skipped by releasing their stream."""
    missing: int
    """How many events are neither applied nor discarded nor parked nor dead."""
    ahead: int
    """How many streams have a position above the last version in the event log of the topic's service."""
    parked: int
    dead: int
    unkept: int
    """How many streams were applied according to their position, but have no row in the projection."""
    unfounded: int
    """How many rows of the projection have a key of which no event was ever applied."""


class _Released(NamedTuple):
    key: str
    position: int
    """The last version that was applied before the release."""
    to: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A consumer's state in its database: the last applied version of each stream, and dead and parked events."""

    consumer: str
    positions: dict[str, int]
    parked: Sequence[asyncpg.Record]
    dead: Sequence[asyncpg.Record]
    discarded: set[UUID | None]
    released: Sequence[_Released]
    kept: set[str] | None
    """The keys of the rows of the consumer's projection; None when the consumer has no projection."""

    def reached(self, row: asyncpg.Record) -> bool:
        """Return whether the consumer has applied or discarded this event or a later event of its stream."""
        return bool(row["version"] <= self.positions.get(row["key"], 0))

    def passed_over(self, row: asyncpg.Record) -> bool:
        """Return whether an operator discarded this event, or let its stream go on without the event."""
        return row["event_id"] in self.discarded or any(
            one.key == row["key"] and one.position < row["version"] <= one.to for one in self.released
        )


async def standing(where: Reach, service: str, consumer: str, topic: Topic) -> Standing:
    """Read the state of a consumer of a service on one topic, in one snapshot of the database."""
    about = (consumer, topic.name)
    async with where.database(service) as connection, connection.transaction(isolation="repeatable_read"):
        letters = await connection.fetch(_LETTERS, *about)
        discarded = await connection.fetch(_DISCARDED, *about)
        return Standing(
            consumer=consumer,
            positions={row["key"]: row["version"] for row in await connection.fetch(_POSITIONS, *about)},
            parked=await connection.fetch(_PARKED, *about),
            dead=[row for row in letters if row["state"] == "dead"],
            discarded={_event_id(row) for row in letters if row["state"] == "discarded"}
            | {row["event_id"] for row in discarded},
            released=[_Released(*row) for row in await connection.fetch(_RELEASED, *about)],
            kept=await _kept_keys(connection, manifest_of(service), consumer),
        )


async def _kept_keys(connection: asyncpg.Connection, manifest: Manifest, consumer: str) -> set[str] | None:
    kept = [projection for projection in manifest.load_projections() if projection.name == consumer]
    return await kept[0].keys(connection) if kept else None


def follow(at: Standing, log: Recorded, due: Sequence[asyncpg.Record]) -> tuple[Followed, list[Difference]]:
    """Return a consumer's counts and its differences from `due`, the events that the consumer should have applied."""
    reached = [row for row in due if at.reached(row)]
    applied = [row for row in reached if not at.passed_over(row)]
    differences = [
        *_standing_still(at, log, [row for row in due if not at.reached(row)]),
        *(Difference("ahead", at.consumer, *place, None) for place in at.positions.items() if _ahead(log, *place)),
        *_kept(at, applied),
    ]
    numbers = counted(differences, *STANDING_STILL)
    return Followed(at.consumer, len(applied), len(reached) - len(applied), **numbers), differences


def _ahead(log: Recorded, key: str, version: int) -> bool:
    return version > log.ends.get(key, 0)


def _standing_still(at: Standing, log: Recorded, waiting: Sequence[asyncpg.Record]) -> list[Difference]:
    """Return dead, parked and missing events as differences; an unreadable record's event id is in its headers."""
    dead = [(_event_id(letter), letter) for letter in at.dead]
    held = {row["event_id"] for row in at.parked} | {event_id for event_id, _ in dead}
    return [
        *(of("dead", at.consumer, log.rows.get(event_id, letter)) for event_id, letter in dead),
        *(of("parked", at.consumer, row) for row in at.parked),
        *(of("missing", at.consumer, row) for row in waiting if row["event_id"] not in held),
    ]


def _kept(at: Standing, applied: Sequence[asyncpg.Record]) -> list[Difference]:
    """Return each stream with an applied event but no projection row, and each row without an applied event."""
    if at.kept is None:
        return []
    lacking = {row["key"]: row for row in applied if row["key"] not in at.kept}
    unfounded = sorted(key for key in at.kept if not at.positions.get(key))
    return [
        *(of("unkept", at.consumer, row) for row in lacking.values()),
        *(Difference("unfounded", at.consumer, key, None, None) for key in unfounded),
    ]


def _event_id(letter: asyncpg.Record) -> UUID | None:
    return letter["event_id"] or event_id_in(headers_from_json(letter["headers"]))
