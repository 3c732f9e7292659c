"""Makes the Kafka clients: with `acks=all`, without producer idempotence, and with records as raw bytes.

The idempotent producer of aiokafka stays broken after one rejected batch; consumers remove duplicates instead. Headers
that other producers set, even when they are not UTF-8, do not stop a consumer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.record import _crecords  # noqa: F401  # without the C extension every client is 7 to 47 times slower
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import LogicSubscriber
from faststream.security import BaseSecurity, SASLScram256, SASLScram512

from buurtsein_chassis.kafka_access import MECHANISMS, KafkaAccess
from buurtsein_contracts.topics import COMPRESSION

_SCRAM = dict(zip(MECHANISMS, (SASLScram512, SASLScram256), strict=True))
LAG_SECONDS = 5.0
"""The time that the broker may take to return the end offsets, in seconds; the client itself would wait for forty."""
REQUEST_TIMEOUT_MS = 15_000
"""How long the broker may take to answer a request; the clients themselves would wait for forty seconds. A broker that
is cut off does not answer at all, and until then nobody asks which broker leads instead. It is longer than the ten
seconds for which a group waits for its members."""
BATCH = 500
"""The number of records that a consumer gets at once."""
GATHER = 0.02
"""How long a consumer waits for more records after the first ones of a batch, in seconds. In a burst, 10 ms
saved a twentieth of the CPU of an event, and 30 ms a fifth."""
WAIT_MS = 1000
"""How long a consumer waits for records before it looks whether it must end."""

log = structlog.get_logger("consumer")


def security_of(access: KafkaAccess) -> BaseSecurity:
    """Return a Kafka user's security settings for a FastStream broker."""
    context = access.ssl_context()
    if access.password is None:
        return BaseSecurity(use_ssl=True, ssl_context=context)
    scram = _SCRAM[access.mechanism]
    return scram(access.username, access.password, use_ssl=access.encrypted, ssl_context=context)


def make_producer(access: KafkaAccess, client_id: str) -> AIOKafkaProducer:
    """Return a Kafka producer for the relay, which the relay has yet to start."""
    return AIOKafkaProducer(
        client_id=client_id,
        acks="all",
        enable_idempotence=False,
        compression_type=None if COMPRESSION == "none" else COMPRESSION,
        max_batch_size=262_144,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        **access.client_options(),
    )


def make_broker(access: KafkaAccess, client_id: str, *, graceful_timeout: float) -> KafkaBroker:
    """Return a FastStream broker that only consumes, and passes raw records on."""
    return KafkaBroker(
        access.bootstrap.split(","),  # one string with several addresses would be one address for FastStream
        security=security_of(access),
        client_id=client_id,
        consumer_only=True,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        allow_auto_create_topics=False,
        graceful_timeout=graceful_timeout,
        apply_types=False,
        logger=logging.getLogger("faststream"),
    )


type Handler = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """Records whether a consumer has joined its consumer group; a member can have no partitions."""

    def __init__(self) -> None:
        """Begin as a consumer that has not joined its group."""
        self.joined = False

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:  # noqa: ARG002 # the interface
        """Remember that the group is joined; Kafka's client calls this after each assignment."""
        self.joined = True

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002 # the interface
        """Remember that the group is rebalancing; Kafka's client calls this before each new assignment."""
        self.joined = False


def subscribe(
    broker: KafkaBroker, topics: Sequence[str], group: str, handler: Handler, membership: Membership
) -> LogicSubscriber[Any]:
    """Subscribe `handler` to batches of raw records; when it raises, Kafka delivers the batch again."""
    listening = broker.subscriber(
        *topics,
        group_id=group,
        batch=True,
        fetch_max_wait_ms=500,
        session_timeout_ms=10_000,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        listener=membership,
        parser=_without_headers,
        decoder=_raw_records,
    )
    listening.get_msg = _batch  # type: ignore[method-assign]
    listening(handler)
    return listening


async def _batch(consumer: AIOKafkaConsumer) -> tuple[ConsumerRecord, ...]:
    """Return the next records, at most `BATCH`; return none when no record comes within `WAIT_MS`.

    After the first records, wait `GATHER` for more, because many small batches cost more CPU than few large ones.
    FastStream's own method sleeps as long as it waited before, so it is late with records or uses CPU while idle.
    """
    first = _joined(await consumer.getmany(timeout_ms=WAIT_MS, max_records=BATCH))
    if not 0 < len(first) < BATCH:
        return first
    await asyncio.sleep(GATHER)
    return first + await _more(consumer, BATCH - len(first))


async def _more(consumer: AIOKafkaConsumer, most: int) -> tuple[ConsumerRecord, ...]:
    """Return the records that are there now, at most `most`; return none when Kafka's client raises an error.

    An error must not lose the first records of the batch: the client has moved past them, so the next commit would
    skip them. If the cause of the error remains, the client raises it again at the next batch.
    """
    try:
        return _joined(await consumer.getmany(timeout_ms=0, max_records=most))
    except Exception as error:  # noqa: BLE001 - whatever it is, the first records must be applied
        log.warning("consumer.fetch_failed", error=type(error).__name__)
        return ()


def _joined(batches: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> tuple[ConsumerRecord, ...]:
    return tuple(chain(*batches.values()))


async def lag_of(consumer: AIOKafkaConsumer | None, membership: Membership) -> int | None:
    """Return how many records a consumer lags behind the end offsets.

    The lag is None when it is not known: the consumer is not in its group, has no right to read the topics, or cannot
    reach the broker.

    A member without partitions, because there are more members than partitions, has lag 0.
    """
    if consumer is None:
        return None
    assigned = consumer.assignment()
    if not assigned:
        readable = all(consumer.partitions_for_topic(topic) for topic in consumer.subscription())
        return 0 if membership.joined and readable else None
    try:
        async with asyncio.timeout(LAG_SECONDS):
            ends: dict[TopicPartition, int] = await consumer.end_offsets(assigned)
            behind: list[int] = [end - await consumer.position(partition) for partition, end in ends.items()]
    except (KafkaError, OSError, TimeoutError, AssertionError):
        return None
    return sum(behind)


async def _without_headers(
    records: tuple[ConsumerRecord, ...], parse: Callable[[tuple[ConsumerRecord, ...]], Awaitable[Any]]
) -> Any:
    """Give FastStream a batch without headers, since it would drop the batch for a header that is not UTF-8."""
    message = await parse((replace(records[0], headers=()), replace(records[-1], headers=())))
    message.raw_message = records
    return message


async def _raw_records(message: Any) -> list[ConsumerRecord]:
    return list(message.raw_message)
