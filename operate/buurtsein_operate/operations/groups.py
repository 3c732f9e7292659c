"""Reads offsets, lag and members of consumer groups from the broker, and moves the offsets of a group.

Invariant: only groups of a service (their names begin with that of its worker) are moved, and only empty ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confluent_kafka import (
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifests, topics
from buurtsein_contracts.topics import Topic
from buurtsein_operate.cluster import SECONDS, Cluster

EARLIEST = OffsetSpec.earliest()  # type: ignore[no-untyped-call]
LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]

type Places = dict[tuple[str, int], int]
"""An offset by topic and partition."""


@dataclass(frozen=True, slots=True)
class Lag:
    """The lag of one consumer group on one topic, in records."""

    group: str
    topic: str
    lag: int
    state: str
    members: int


def group_of(service: str, consumer: str) -> str:
    """Return the name of the consumer group of one consumer of a service."""
    return f"{service}-worker.{consumer}"


def lags(cluster: Cluster) -> list[Lag]:
    """Return the lag of consumer groups on each topic: of existing groups, and of groups that services should have."""
    admin = cluster.admin
    with cluster.refusals():
        wanted = {
            (group_of(service, consumer), topic.name)
            for service, manifest in manifests().items()
            for consumer, read in manifest.subscriptions.items()
            for topic in read
        }
        listed = admin.list_consumer_groups().result(timeout=SECONDS).valid
        names = sorted({name for name, _ in wanted} | {group.group_id for group in listed})
        committed = {name: _committed(admin, name) for name in names}
        read = wanted | {(name, topic) for name, places in committed.items() for topic, _ in places}
        places = _partitions(topics())
        begins, ends = _ends(admin, places, EARLIEST), _ends(admin, places, LATEST)
        states = {name: _state(admin, name) for name in names}
    rows = [(name, topic) for name, topic in sorted(read) if topic in {known.name for known in topics()}]
    return [Lag(name, topic, _behind(topic, committed[name], begins, ends), *states[name]) for name, topic in rows]


def _behind(topic: str, committed: Places, begins: Places, ends: Places) -> int:
    """Return the lag in records; if a partition has no committed offset, all its records count."""
    places = [place for place in ends if place[0] == topic]
    return sum(ends[place] - max(committed.get(place, 0), begins[place]) for place in places)


def _partitions(known: Iterable[Topic]) -> list[tuple[str, int]]:
    return [(topic.name, number) for topic in known for number in range(topic.partitions)]


def _committed(admin: AdminClient, group: str) -> Places:
    [future] = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]).values()
    found = future.result(timeout=SECONDS).topic_partitions
    return {(place.topic, place.partition): place.offset for place in found if place.offset >= 0}


def _ends(admin: AdminClient, places: Iterable[tuple[str, int]], spec: OffsetSpec) -> Places:
    futures = admin.list_offsets({TopicPartition(*place): spec for place in places})
    return {(p.topic, p.partition): future.result(timeout=SECONDS).offset for p, future in futures.items()}


def _state(admin: AdminClient, group: str) -> tuple[str, int]:
    """Return a group's state and its number of members; the state is `absent` when nobody ever joined the group."""
    [future] = admin.describe_consumer_groups([group]).values()
    try:
        found: Any = future.result(timeout=SECONDS)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND:
            return "absent", 0
        raise
    state = "absent" if found.state is ConsumerGroupState.DEAD else str(found.state.name).lower()
    return state, len(found.members)


def target(cluster: Cluster, topic: Topic, since: datetime | int) -> Places:
    """Return the offset for a group in each partition: that of a time, or the chosen offset `since`.

    A number outside the partition becomes its first or its end offset.
    """
    places = _partitions([topic])
    with cluster.refusals():
        begins = _ends(cluster.admin, places, EARLIEST)
        ends = _ends(cluster.admin, places, LATEST)
        if isinstance(since, int):
            return {place: min(max(since, begins[place]), ends[place]) for place in places}
        spec = OffsetSpec.for_timestamp(int(since.timestamp() * 1000))
        found = _ends(cluster.admin, places, spec)
    return {place: found[place] if found[place] >= 0 else ends[place] for place in places}


def move(cluster: Cluster, group: str, places: Places, *, dry_run: bool) -> Places:
    """Set a group's offsets, and return its earlier offsets; a partition without an earlier offset gives 0.

    Raises:
        CommandError: `group-in-use` while the group has members.
    """
    with cluster.refusals():
        state, members = _state(cluster.admin, group)
        if members or state not in {"empty", "absent"}:
            raise CommandError("group-in-use", f"group {group} has {members} members: stop that worker first")
        before = _committed(cluster.admin, group)
        if not dry_run:
            moved = [TopicPartition(topic, partition, offset) for (topic, partition), offset in places.items()]
            [future] = cluster.admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, moved)]).values()
            future.result(timeout=SECONDS)
    return {place: before.get(place, 0) for place in places}
