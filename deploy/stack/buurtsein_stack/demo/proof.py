"""The proof: accepted = logged = published = applied, from the databases, the broker and the back-office's own file."""

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
"""The back-offices of the story, each with whose topics it reads."""
BY_ITSELF = ("be.bin.alert.proposed.v1", "be.bin.alert.sent.v1", "be.bin.alert.failed.v1")
"""Events that no person's command causes."""

type Seen = dict[str, Any]
"""An event as a back-office wrote it down."""


@dataclass(frozen=True, slots=True)
class Line:
    """One topic in the ledger."""

    topic: str
    accepted: int
    by_itself: int
    logged: int
    published: int
    resent: int
    """Records that are on the topic once more than needed; every consumer removes them."""
    applied: dict[str, int]
    seen: dict[str, int]
    """By back-office, of those that may read it."""
    twice: int
    out_of_order: int
    unaccounted: int
    """Accepted commands that the log does not know."""

    @property
    def balanced(self) -> bool:
        """Whether every number is what it must be."""
        equal = {self.accepted + self.by_itself, self.published, *self.applied.values(), self.logged}
        seen = set(self.seen.values()) <= {self.logged}
        return len(equal) == 1 and seen and not (self.twice or self.out_of_order or self.unaccounted)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All topics, and how long events took from accepted to visible at the back-office, in milliseconds."""

    lines: list[Line]
    p50: float
    p99: float
    quiet_p50: float
    quiet_p99: float
    """Without the events accepted while something was down."""

    @property
    def balanced(self) -> bool:
        """Whether the promise was kept."""
        return all(line.balanced for line in self.lines)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self) | {"balanced": self.balanced}, indent=2) + "\n")

    def table(self) -> Table:
        """For people: one column for each topic that anything was on, so that it fits a narrow terminal."""
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
    """Where the numbers come from."""

    databases: Mapping[str, str]
    kafka: Mapping[str, Any]
    """Keyword arguments of a client that may read everything."""
    back_offices: Mapping[str, Path]
    """The file of each, by principal."""
    accepted: Mapping[str, Sequence[str]]
    """Correlation ids of accepted commands, by topic."""
    outages: Sequence[tuple[str, str]]
    """When something was down: ISO times."""


async def ledger(sources: Sources) -> Ledger:
    """Gather all numbers now."""
    seen = {who: [json.loads(line) for line in file.open()] for who, file in sources.back_offices.items()}
    lines = [await _line(topic, sources, _of(topic, seen)) for topic in TOPICS]
    every = [event for events in seen.values() for event in events]
    delays = [event["delay"] * 1000 for event in every]
    quiet = [event["delay"] * 1000 for event in every if not _in_outage(event, sources.outages)]
    return Ledger(lines, *_p50_p99(delays), *_p50_p99(quiet))


def _of(topic: Topic, seen: Mapping[str, Sequence[Seen]]) -> dict[str, list[Seen]]:
    """What each back-office saw of a topic, of those that may read it."""
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
    """A consumer's name, how many of the events it applied, and how many of its streams do not stand at their end."""
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
    """The ledger, for a caller without an event loop."""
    return asyncio.run(ledger(sources))
