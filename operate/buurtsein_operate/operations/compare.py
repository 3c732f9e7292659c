"""Event log, topic and consumers of one topic, compared: whatever differs and is not explained is a difference.

An event that was recorded must be on its topic as the log has it (unless it is older than the topic keeps), and each
reader must have applied it (unless an operator let it go, which is shown). Only events older than the start of the
comparison count, so that it can be repeated until what was under way has arrived.

Invariant: a topic is balanced when it has no difference, and every figure that speaks of one counts differences that
are named.
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
    """The numbers for one topic."""

    topic: str
    logged: int
    published: int
    """Events of the log that are on the topic."""
    resent: int
    """Records that are on the topic more than once; harmless."""
    pending: int
    """Events that are recorded and still have to be published, or published again."""
    frozen: int
    unpublished: int
    """Events that are neither on the topic nor pending nor frozen."""
    unknown: int
    """Records on the topic that its owner never recorded."""
    altered: int
    """Records whose key, sequence, type or value differs from the log."""
    out_of_order: int
    """Events that come after a later one of their stream."""
    unreadable: int
    """Records that are no events; each is a dead letter, and stays on the topic after that was settled."""
    consumers: list[Followed]
    differences: list[Difference]

    @property
    def balanced(self) -> bool:
        """Return whether there is no difference."""
        return not self.differences

    def figures(self) -> dict[str, Any]:
        """Return all numbers, without the list of differences."""
        told = {name: value for name, value in asdict(self).items() if name != "differences"}
        return {**told, "balanced": self.balanced}


async def compare(where: Reach, topic: Topic, until: datetime) -> Compared:
    """Compare one topic, for events recorded until a time.

    Readers first, then the log, then the topic: whatever the first saw, the next must know.
    """
    consumers = [(name, one) for name in readers_of(topic) for one in manifest_of(name).consumers_of(topic)]
    readers = [await standing(where, service, consumer, topic) for service, consumer in consumers]
    log = await recorded(where, topic, until)
    wire = OnTopic(topic, log.rows)
    await read(where.kafka(), wire)
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
