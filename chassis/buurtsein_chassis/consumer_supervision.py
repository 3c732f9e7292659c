"""Starts the Kafka consumers of a service, watches their progress, and starts them again when they stall or fail."""

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from buurtsein_chassis import metrics
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.health import PROBE_SECONDS, Health, Probe
from buurtsein_chassis.kafka import Membership, lag_of, make_broker, subscribe
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.service import Service

log = structlog.get_logger("service")


class ConsumerStalled(Exception):
    """Raised when a consumer has lag but processes nothing, for example because its Kafka client hangs."""


_RESTART = (KafkaError, ConsumerStalled)


async def consume(access: KafkaAccess, service: Service, consumers: Sequence[Consumer], health: Health) -> None:
    """Run the consumers until cancelled; make a new Kafka client if the broker is unreachable or a consumer stalls."""
    probes = [health.add(consumer.name) for consumer in consumers]
    backoff = Backoff(first=0.5, most=10)
    while True:
        broker = make_broker(access, f"{service.name}-worker", graceful_timeout=service.settings.graceful_seconds)
        parts = [_Part(consumer, probe, broker, access) for consumer, probe in zip(consumers, probes, strict=True)]
        try:
            await broker.start()
            await _watch(parts, service.settings.stalled_seconds)
        except* _RESTART as errors:
            delay = backoff.next()
            log.warning("consumers.restart", error=type(errors.exceptions[0]).__name__, delay_seconds=round(delay, 2))
            await asyncio.sleep(delay)
        finally:
            await asyncio.shield(broker.stop())


class _Part:
    """One consumer of this process, with its health probe and its lag gauge."""

    def __init__(self, consumer: Consumer, probe: Probe, broker: KafkaBroker, access: KafkaAccess) -> None:
        """Subscribe to the consumer's topics at FastStream's broker object, which is started later."""
        self.consumer = consumer
        self._probe = probe
        self._membership = Membership()
        group = f"{access.username}.{consumer.name}"
        self._subscriber = subscribe(broker, consumer.topics, group, consumer.handle, self._membership)

    async def watch(self, stalled_seconds: float) -> None:
        """Update the consumer's health probe and lag gauge until cancelled.

        Raise ConsumerStalled when nothing is processed for `stalled_seconds`.
        """
        self._probe.behind(has_work=False, finished_at=0.0)
        while True:
            self._tell(await lag_of(self._subscriber.consumer, self._membership))
            if self._probe.stalled_seconds() > stalled_seconds and not self.consumer.busy:
                raise ConsumerStalled(self.consumer.name)
            await asyncio.sleep(PROBE_SECONDS)

    def _tell(self, lag: int | None) -> None:
        """Set the consumer's health probe and lag gauge to the measured lag.

        An unknown lag is not exported, because the last value would look as if all were well.
        """
        if lag is None:
            metrics.LAG.remove(self.consumer.name)
        else:
            self._probe.started = True
            metrics.LAG.labels(self.consumer.name).set(lag)
        self._probe.behind(
            has_work=lag is None or lag > 0,
            finished_at=self.consumer.last_finished,
            excused=lag is None or self.consumer.database_away,
        )


async def _watch(parts: Sequence[_Part], stalled_seconds: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(part.consumer.sweep())
            tasks.create_task(part.watch(stalled_seconds))
