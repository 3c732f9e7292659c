"""Compares a topic's event log with the records on the topic, and with the events that its consumers applied.

A recorded event must be on its topic with the content of the log (unless it is older than the topic's retention), and
each consumer must have applied it (unless an operator discarded it, which is shown). Only events that were recorded
before the comparison began count, so that it can be repeated until the events that were on their way have arrived.

Invariant: a topic is balanced when it has no difference, and every figure that counts differences counts entries of
the list of differences.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from buurtsein_chassis.manifest import manifest_of, readers_of
from buurtsein_contracts.topics import Topic
from buurtsein_operate.operations.differences import Difference, counted
from buurtsein_operate.operations.followed import Followed, follow, standing
from buurtsein_operate.operations.on_topic import ALTERED, OnTopic, read
from buurtsein_operate.operations.reach import Reach
from buurtsein_operate.operations.recorded import known, recorded


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of comparing one topic: the counts, and the list of differences."""

    topic: str
    logged: int
    published: int
    """How many events of the event log are on the topic."""
    resent: int
    """How many records repeat an event that is already on the topic; this is harmless."""
    pending: int
    """How many events wait in the outbox to be published, for the first time or again."""
    frozen: int
    unpublished: int
    """How many events of the event log are neither on the topic nor in the outbox."""
    unknown: int
    """How many records on the topic have an event that is not in the event log of the topic's service."""
    altered: int
    """How many records have another key, sequence number, type or value than the event log."""
    out_of_order: int
    """How many events have their record after the record of a later event of the same stream."""
    unreadable: int
    """How many records are no valid event. They stay on the topic when an operator settles their dead letters."""
    consumers: list[Followed]
    differences: list[Difference]

    @property
    def balanced(self) -> bool:
        """Return whether the comparison found no difference."""
        return not self.differences

    def figures(self) -> dict[str, Any]:
        """Return the counts of the comparison by name, without the list of differences."""
        figures = {name: value for name, value in asdict(self).items() if name != "differences"}
        return {**figures, "balanced": self.balanced}


async def compare(where: Reach, topic: Topic, until: datetime) -> Compared:
    """Compare a topic's event log with its records and its consumers, for the events recorded before a time.

    The consumers are read first, then the log, then the topic. So an event that was seen in an earlier read must also
    be seen in the later ones.
    """
    consumers = [(name, one) for name in readers_of(topic) for one in manifest_of(name).consumers_of(topic)]
    readers = [await standing(where, service, consumer, topic) for service, consumer in consumers]
    log = await recorded(where, topic, until)
    wire = OnTopic(topic, log.rows)
    await read(where.kafka(), topic, wire.take)
    kept_since = until - timedelta(days=topic.retention_days) if topic.retention_days is not None else None
    recorded_since = await known(where, topic, wire.strangers) if wire.strangers else set()
    published = [
        *log.unpublished(wire.seen, kept_since),
        *(stranger for event_id, stranger in wire.strangers.items() if event_id not in recorded_since),
        *wire.altered,
        *wire.out_of_order(),
    ]
    followed = [follow(reader, log, log.due(wire.seen)) for reader in readers]
    return Compared(
        topic=topic.name,
        logged=len(log.rows),
        published=len(wire.seen),
        resent=wire.resent,
        altered=sum(counted(published, *ALTERED).values()),
        unreadable=wire.unreadable,
        consumers=[figures for figures, _ in followed],
        differences=published + [each for _, differences in followed for each in differences],
        **counted(published, "pending", "frozen", "unpublished", "unknown", "out_of_order"),
    )
