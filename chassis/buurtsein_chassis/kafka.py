"""The Kafka clients as we want them: acknowledged by all, never idempotent, raw bytes in, foreign headers harmless.

aiokafka's idempotent producer stays broken after one rejected batch; consumers remove duplicates instead.
"""

import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.record import _crecords  # noqa: F401  # without the C extension every client is 7 to 47 times slower
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import LogicSubscriber
from faststream.security import SASLScram512

MECHANISM = "SCRAM-SHA-512"
BATCH = 500
"""Records that a consumer is handed at once and applies in one transaction."""


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """How one principal reaches the cluster."""

    bootstrap: str
    username: str
    password: str
    encrypted: bool = True
    ca_file: str | None = None

    def ssl_context(self) -> ssl.SSLContext | None:
        """None on a plaintext listener."""
        return ssl.create_default_context(cafile=self.ca_file) if self.encrypted else None

    def client_options(self) -> dict[str, Any]:
        """Keyword arguments for any aiokafka client."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL" if self.encrypted else "SASL_PLAINTEXT",
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
            "ssl_context": self.ssl_context(),
        }


def make_producer(access: KafkaAccess, client_id: str) -> AIOKafkaProducer:
    """The relay's producer."""
    return AIOKafkaProducer(
        client_id=client_id,
        acks="all",
        enable_idempotence=False,
        max_batch_size=262_144,
        **access.client_options(),
    )


def make_broker(access: KafkaAccess, client_id: str, *, graceful_timeout: float) -> KafkaBroker:
    """A broker that only consumes; what is consumed comes as raw records."""
    security = SASLScram512(
        username=access.username,
        password=access.password,
        use_ssl=access.encrypted,
        ssl_context=access.ssl_context(),
    )
    return KafkaBroker(
        access.bootstrap,
        security=security,
        client_id=client_id,
        consumer_only=True,
        allow_auto_create_topics=False,
        graceful_timeout=graceful_timeout,
        apply_types=False,
        logger=logging.getLogger("faststream"),
    )


type Handler = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]


def subscribe(broker: KafkaBroker, topics: Sequence[str], group: str, handler: Handler) -> LogicSubscriber[Any]:
    """Batches of raw records to `handler`, which must raise to have them again; offsets move only after it returns."""
    listening = broker.subscriber(
        *topics,
        group_id=group,
        batch=True,
        max_records=BATCH,
        batch_timeout_ms=20,
        fetch_max_wait_ms=500,
        session_timeout_ms=10_000,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        parser=_without_headers,
        decoder=_raw_records,
    )
    listening(handler)
    return listening


async def _without_headers(
    records: tuple[ConsumerRecord, ...], parse: Callable[[tuple[ConsumerRecord, ...]], Awaitable[Any]]
) -> Any:
    """FastStream drops a whole batch when one header is not UTF-8; it sees the batch's two ends, and those without."""
    message = await parse((replace(records[0], headers=()), replace(records[-1], headers=())))
    message.raw_message = records
    return message


async def _raw_records(message: Any) -> list[ConsumerRecord]:
    return list(message.raw_message)
