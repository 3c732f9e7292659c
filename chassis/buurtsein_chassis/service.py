"""A service as a program: one process with the roles api, relay and worker, or some of them.

Everything that runs for ever is watched: when one part ends, the process ends, and whoever started it starts it anew.
"""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI
from faststream.kafka import KafkaBroker
from pydantic import SecretStr

from buurtsein_chassis import metrics
from buurtsein_chassis.auth import TokenChecker
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.consumer import Consumer, Subscription
from buurtsein_chassis.database import Database, open_pool
from buurtsein_chassis.health import Health, Probe
from buurtsein_chassis.http import create_app
from buurtsein_chassis.kafka import KafkaAccess, Membership, lag_of, make_broker, make_producer, subscribe
from buurtsein_chassis.keys import derived_key
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.measures import Measure, measure_for_ever
from buurtsein_chassis.relay import Relay
from buurtsein_chassis.retention import Bound
from buurtsein_chassis.settings import ServiceSettings

PROBE_SECONDS = 2.0
COLLECT_AFTER = 20_000
"""Objects made before the garbage collector looks at them: several batches' worth."""

log = structlog.get_logger("service")

type Work = Callable[[Database], Awaitable[None]]


class Role(StrEnum):
    """What a process of a service does."""

    API = "api"
    RELAY = "relay"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Service:
    """A service, composed: what it answers, what it listens to, what it works at."""

    name: str
    settings: ServiceSettings
    routers: Sequence[APIRouter] = ()
    subscriptions: Sequence[Subscription] = ()
    work: Sequence[Work] = field(default=())
    """Things a worker does besides listening; each runs until cancelled."""
    state: Mapping[str, object] = field(default_factory=dict)
    """What its routes need, by name on `app.state`."""
    measures: Sequence[Measure] = ()
    """Gauges of its own tables."""
    bounds: Sequence[Bound] = ()
    """How long rows of its own tables are kept, in the order in which they can be cut."""

    @property
    def source(self) -> str:
        """The CloudEvents source of what it records."""
        return f"{self.settings.source}:{self.name}"


def build_app(service: Service, roles: frozenset[Role]) -> FastAPI:
    """The process's app; its lifespan runs the roles."""
    settings = service.settings
    health = Health(settings.stalled_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await _open_database(service, stack)
            health.database = database
            app.state.database = database
            await _run(stack, "doorbell", database.doorbell.run())
            names = [subscription.consumer for subscription in service.subscriptions]
            await _run(stack, "measures", measure_for_ever(database, names, service.measures))
            if Role.RELAY in roles:
                await _start_relay(service, stack, health)
            if Role.WORKER in roles:
                await _start_worker(service, stack, health, database)
            spare_the_collector()
            log.info("service.started", roles=sorted(roles), profile=settings.profile)
            yield
        log.info("service.stopped")

    routers = service.routers if Role.API in roles else ()
    app = create_app(
        service.name,
        routers,
        health,
        max_body_bytes=settings.max_body_bytes,
        body_seconds=settings.body_timeout,
        metrics_port=settings.metrics_port,
        lifespan=lifespan,
    )
    app.state.health = health
    for name, part in service.state.items():
        setattr(app.state, name, part)
    app.state.limits = RateLimits(settings.rate_limit_per_minute, settings.rate_limit_anonymous_per_minute)
    pseudonym_key = settings.pseudonym_key.get_secret_value()
    app.state.tokens = TokenChecker(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_roles_claim, pseudonym_key
    )
    app.state.answers_key = derived_key(pseudonym_key, "idempotency")
    return app


async def _open_database(service: Service, stack: AsyncExitStack) -> Database:
    settings = service.settings
    pool = await open_pool(
        settings.database_app.get_secret_value(),
        size=settings.database_pool_size,
        command_timeout=settings.database_command_timeout,
    )
    stack.push_async_callback(pool.close)
    return Database(pool, service.source, wait_timeout=settings.database_wait_timeout)


async def _start_relay(service: Service, stack: AsyncExitStack, health: Health) -> None:
    settings = service.settings
    access = _access(settings, "relay")
    relay = Relay(
        settings.database_relay.get_secret_value(),
        lambda: make_producer(access, f"{service.name}-relay"),
        command_timeout=settings.database_command_timeout,
    )
    await _run(stack, "relay", relay.run())
    await _run(stack, "relay-probe", _watch_relay(relay, health.add("relay")))


async def _watch_relay(relay: Relay, probe: Probe) -> None:
    """A relay is behind while something old is pending, also on standby; or while it reaches no broker."""
    probe.started = True
    while True:
        cut_off = not relay.active and not relay.standby
        waits = relay.oldest_pending_seconds > PROBE_SECONDS
        probe.behind(has_work=waits or cut_off, finished_at=relay.progressed_at, excused=cut_off)
        probe.standby = relay.standby
        metrics.STANDBY.set(relay.standby)
        await asyncio.sleep(PROBE_SECONDS)


async def _start_worker(service: Service, stack: AsyncExitStack, health: Health, database: Database) -> None:
    settings = service.settings
    if service.subscriptions:
        access = _access(settings, "worker")
        consumers = [Consumer(subscription, database) for subscription in service.subscriptions]
        await _run(stack, "consumers", _consume(access, service, consumers, health))
    for work in service.work:
        await _run(stack, "work", work(database))


class ConsumerStalled(Exception):
    """Records wait and none is taken: the client is wedged, as it stays after a right was taken away and given back."""


_RESTART = (KafkaError, ConsumerStalled)


async def _consume(access: KafkaAccess, service: Service, consumers: Sequence[Consumer], health: Health) -> None:
    """Consume until cancelled; when the broker cannot be reached or a consumer stalls, begin anew."""
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
    """One consumer on the broker, and what is told of it."""

    def __init__(self, consumer: Consumer, probe: Probe, broker: KafkaBroker, access: KafkaAccess) -> None:
        """Subscribes; the broker starts later."""
        self.consumer = consumer
        self._probe = probe
        self._membership = Membership()
        group = f"{access.username}.{consumer.name}"
        self._subscriber = subscribe(broker, consumer.topics, group, consumer.handle, self._membership)

    async def watch(self, stalled_seconds: float) -> None:
        """Until cancelled; ConsumerStalled when nothing moves for so long."""
        self._probe.behind(has_work=False, finished_at=0.0)
        while True:
            self._tell(await lag_of(self._subscriber.consumer, self._membership))
            if self._probe.stalled_seconds() > stalled_seconds and not self.consumer.busy:
                raise ConsumerStalled(self.consumer.name)
            await asyncio.sleep(PROBE_SECONDS)

    def _tell(self, lag: int | None) -> None:
        """What is not known is not exported: the last number would go on saying that all is well."""
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


def spare_the_collector() -> None:
    """What is loaded by now stays for ever: walking it again and again costs a tenth of the CPU and long pauses."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _access(settings: ServiceSettings, part: str) -> KafkaAccess:
    """How `relay` or `worker` reaches the broker."""
    password: SecretStr | None = getattr(settings, f"kafka_{part}_password")
    return KafkaAccess(
        settings.kafka_bootstrap,
        getattr(settings, f"kafka_{part}_username"),
        password.get_secret_value() if password and settings.kafka_security_protocol != "SSL" else None,
        settings.kafka_security_protocol != "SASL_PLAINTEXT",
        settings.kafka_ca_file,
        settings.kafka_sasl_mechanism,
        getattr(settings, f"kafka_{part}_certificate_file"),
        getattr(settings, f"kafka_{part}_key_file"),
    )


async def _run(stack: AsyncExitStack, name: str, work: Coroutine[Any, Any, None] | Awaitable[None]) -> None:
    """Run beside the app until it stops; if it ends by itself, end the process."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: _ended(name, done))

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)


def _ended(name: str, task: "asyncio.Future[None]") -> None:
    if task.cancelled():
        return
    log.critical("service.part_ended", reason=name, exc_info=task.exception())
    os.kill(os.getpid(), signal.SIGTERM)
