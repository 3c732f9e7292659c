"""Counts the accepted, logged, published and applied events in databases, Kafka and back-offices, to compare them."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from rich.table import Table

from buurtsein_chassis.manifest import manifest_of, readers_of
from buurtsein_contracts import TOPICS, Audience, Topic, parse
from buurtsein_operate.output import grid

POLICE, CITY = "police-backoffice", "city-backoffice"
AUDIENCES = {POLICE: Audience.POLICE, CITY: Audience.CITY}
"""The audience of each back-office of the demo; it reads the topics of that audience."""
_BY_ITSELF = ("proposed", "sent", "failed", "updated", "feedback-due", "feedback-given")
BY_ITSELF = tuple(f"be.bin.alert.{name}.v1" for name in _BY_ITSELF)
"""The types of events that the services record by themselves, without a command of a person."""

type Seen = dict[str, Any]
"""An event as a back-office wrote it to its file."""


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of one topic's events: accepted, logged, published and applied."""

    topic: str
    accepted: int
    by_itself: int
    logged: int
    published: int
    resent: int
    """How many records repeat an event that is already on the topic; consumers drop these."""
    applied: dict[str, int]
    seen: dict[str, int]
    """The number of events in each back-office's file, for back-offices that may read the topic."""
    twice: int
    out_of_order: int
    unaccounted: int
    """How many accepted commands have no event in the log."""

    @property
    def balanced(self) -> bool:
        """Return whether all counts are equal and no event is doubled, out of order or lost."""
        equal = {self.accepted + self.by_itself, self.published, *self.applied.values(), self.logged}
        seen = set(self.seen.values()) <= {self.logged}
        return len(equal) == 1 and seen and not (self.twice or self.out_of_order or self.unaccounted)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The counts of all topics, and the milliseconds from each accepted command to its event at the back-office."""

    lines: list[Line]
    p50: float
    p99: float
    quiet_p50: float
    quiet_p99: float
    """The percentiles named `quiet` leave out events that were seen while a process was down."""

    @property
    def balanced(self) -> bool:
        """Return whether the counts of every topic are equal and nothing was lost, doubled or out of order."""
        return all(line.balanced for line in self.lines)

    def save(self, path: Path) -> None:
        """Write the ledger to a file as JSON."""
        path.write_text(json.dumps(asdict(self) | {"balanced": self.balanced}, indent=2) + "\n")

    def table(self) -> Table:
        """Return a table for people, with a column for each topic that has events, to fit a narrow terminal."""
        lines = [line for line in self.lines if line.accepted or line.logged]
        table = grid("", *(line.topic.removeprefix("bin.").replace("-", "-\n") for line in lines))
        for name, value in _ROWS.items():
            table.add_row(name, *(str(value(line)) for line in lines))
        return table


def _applied(line: Line) -> str:
    return "\n".join(f"{number} {name.partition('.')[0]}" for name, number in line.applied.items()) or "-"


def _lost(line: Line) -> int:
    return line.logged - min([line.published, *line.applied.values()]) + line.unaccounted


_ROWS: dict[str, Callable[[Line], object]] = {
    "aanvaard": lambda line: line.accepted,
    "door dienst": lambda line: line.by_itself,
    "gelogd": lambda line: line.logged,
    "gepubliceerd": lambda line: line.published,
    "toegepast": _applied,
    "politie zag": lambda line: line.seen.get(POLICE, "-"),
    "stad zag": lambda line: line.seen.get(CITY, "-"),
    "herzonden": lambda line: line.resent,
    "dubbel": lambda line: line.twice,
    "omgekeerd": lambda line: line.out_of_order,
    "verloren": _lost,
}


@dataclass(frozen=True, slots=True)
class Sources:
    """The databases, broker settings, files and commands from which accepted and applied events are counted."""

    databases: Mapping[str, str]
    kafka: Mapping[str, Any]
    """The keyword arguments of a Kafka client that may read all topics."""
    back_offices: Mapping[str, Path]
    """The file of each back-office, by its Kafka user."""
    accepted: Mapping[str, Sequence[str]]
    """The correlation ids of accepted commands, by topic of their event."""
    outages: Sequence[tuple[str, str]]
    """The periods in which processes were killed, each as its first and last moment in ISO 8601."""


async def ledger(sources: Sources) -> Ledger:
    """Read the present counts of all topics and return them as a ledger."""
    seen = {who: [json.loads(line) for line in file.open()] for who, file in sources.back_offices.items()}
    lines = [await _line(topic, sources, _of(topic, seen)) for topic in TOPICS]
    every = [event for events in seen.values() for event in events]
    delays = [event["delay"] * 1000 for event in every]
    quiet = [event["delay"] * 1000 for event in every if not _in_outage(event, sources.outages)]
    return Ledger(lines, *_p50_p99(delays), *_p50_p99(quiet))


def _of(topic: Topic, seen: Mapping[str, Sequence[Seen]]) -> dict[str, list[Seen]]:
    """Return the received events of a topic for each back-office that may read this topic."""
    may = [who for who, audience in AUDIENCES.items() if audience in topic.audiences]
    return {who: [event for event in seen[who] if event["topic"] == topic.name] for who in may}


async def _line(topic: Topic, sources: Sources, seen: Mapping[str, Sequence[Seen]]) -> Line:
    logged = await _rows(
        sources.databases[topic.owner],
        "select event_id, key, version, type, correlation_id from event_log where topic = $1 order by id",
        topic.name,
    )
    wire = Counter(str(parse(r.headers, r.value).id) for r in await _records(sources.kafka, topic.name))
    known = {row["correlation_id"] for row in logged}
    consumers = [(name, one) for name in readers_of(topic) for one in manifest_of(name).consumers_of(topic)]
    effects = [await _effects(sources.databases[service], one, topic, logged) for service, one in consumers]
    numbers = {who: len({event["id"] for event in events}) for who, events in seen.items()}
    return Line(
        topic=topic.name,
        accepted=len(sources.accepted.get(topic.name, ())),
        by_itself=sum(row["type"] in BY_ITSELF for row in logged),
        logged=len(logged),
        published=len(wire),
        resent=wire.total() - len(wire),
        applied={name: applied for name, applied, _ in effects},
        seen=numbers,
        twice=sum(map(len, seen.values())) - sum(numbers.values()),
        out_of_order=sum(map(_inversions, seen.values())) + sum(wrong for _, _, wrong in effects),
        unaccounted=len(set(sources.accepted.get(topic.name, ())) - known),
    )


async def _effects(dsn: str, name: str, topic: Topic, logged: Sequence[asyncpg.Record]) -> tuple[str, int, int]:
    """Return a consumer's name, its number of applied events, and its number of streams behind their last version."""
    ids = [row["event_id"] for row in logged]
    taken = "select count(*) from inbox where consumer = $1 and event_id = any($2)"
    open_ones = """select (select count(*) from parked where consumer = $1 and event_id = any($2))
                        + (select count(*) from dead_letter where consumer = $1 and state = 'dead')"""
    applied = (await _rows(dsn, taken, name, ids))[0][0] - (await _rows(dsn, open_ones, name, ids))[0][0]
    ends = {row["key"]: row["version"] for row in logged}
    reached = await _rows(
        dsn, "select key, version from stream_position where consumer = $1 and topic = $2", name, topic.name
    )
    wrong = set(ends.items()) ^ {(row["key"], row["version"]) for row in reached}
    return name, applied, len(wrong)


def _inversions(seen: Sequence[Seen]) -> int:
    last: dict[str, int] = {}
    wrong = 0
    for event in seen:
        wrong += event["sequence"] != last.get(event["key"], 0) + 1
        last[event["key"]] = event["sequence"]
    return wrong


async def _rows(dsn: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query, *arguments)
    finally:
        await connection.close()


async def _records(kafka: Mapping[str, Any], topic: str) -> list[ConsumerRecord]:
    consumer = AIOKafkaConsumer(topic, auto_offset_reset="earliest", enable_auto_commit=False, **kafka)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        ends = await consumer.end_offsets(partitions)
        records: list[ConsumerRecord] = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            batches = await consumer.getmany(timeout_ms=500)
            records += [record for batch in batches.values() for record in batch]
        return records
    finally:
        await consumer.stop()


def _in_outage(event: dict[str, Any], outages: Sequence[tuple[str, str]]) -> bool:
    return any(begun <= event["seen_at"] <= ended for begun, ended in outages)


def _p50_p99(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:  # noqa: PLR2004 # quantiles need two
        return (0.0, 0.0)
    cuts = quantiles(values, n=100, method="inclusive")
    return round(cuts[49], 1), round(cuts[98], 1)


def prove(sources: Sources) -> Ledger:
    """Return the counts of events of all topics, for callers that are not async."""
    return asyncio.run(ledger(sources))
