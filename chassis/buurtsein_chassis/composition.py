"""Builds the app of one process from the description of a service, with one or more of the roles api, relay and worker.

Everything that runs until the process stops is a background task. When one ends by itself, the process ends, and the
process manager (such as Kubernetes) starts it again.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from buurtsein_chassis import metrics
from buurtsein_chassis.auth import TokenChecker
from buurtsein_chassis.background import run_in_background
from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.consumer_supervision import consume
from buurtsein_chassis.database import COMMIT_SHARE, Database, open_pool
from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.jobs import job_gauges
from buurtsein_chassis.jobs.scheduler import Scheduler
from buurtsein_chassis.kafka import make_producer
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.keys import derived_key
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.operations.routes import ROUTERS
from buurtsein_chassis.operations.routes.asking import Operated
from buurtsein_chassis.projections.worker import ProjectionWorker
from buurtsein_chassis.provided import by_type, require_provided
from buurtsein_chassis.relay import Relay
from buurtsein_chassis.relay_supervision import watch_relay
from buurtsein_chassis.schema import release_of
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.table_gauges import refresh_for_ever
from buurtsein_chassis.tasks import Role

COLLECT_AFTER = 20_000
"""The garbage collector runs after so many new objects, which is more than several batches of records make."""

log = structlog.get_logger("service")


def build_app(service: Service, roles: frozenset[Role]) -> FastAPI:
    """Return the app of one process; its lifespan runs the given roles."""
    settings = service.settings
    health = Health(settings.stalled_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await _open_database(service, stack)
            health.database = database
            app.state.database = database
            await run_in_background(stack, "doorbell", database.doorbell.run())
            names = [subscription.consumer for subscription in service.subscriptions]
            gauges = [*service.table_gauges, job_gauges.refreshing(service.jobs)]
            await run_in_background(stack, "table_gauges", refresh_for_ever(database, names, gauges))
            if Role.RELAY in roles:
                await _start_relay(service, stack, health)
            if Role.WORKER in roles:
                await _start_worker(service, stack, health, database)
            freeze_startup_objects()
            release = release_of(service.name)
            metrics.BUILD.labels(release).set(1)
            log.info("service.started", release=release, roles=sorted(roles), profile=settings.profile)
            yield
        log.info("service.stopped")

    app = create_app(
        service.name,
        [*service.routers, *ROUTERS, *service.facades] if Role.API in roles else (),
        health,
        max_body_bytes=settings.max_body_bytes,
        body_seconds=settings.body_timeout,
        metrics_port=settings.metrics_port,
        lifespan=lifespan,
    )
    app.state.health = health
    app.state.limits = RateLimits(settings.rate_limit_per_minute, settings.rate_limit_anonymous_per_minute)
    if Role.API in roles:
        _provide(app, service)
    return app


def _provide(app: FastAPI, service: Service) -> None:
    """Store on `app.state` the objects that routes and access checks need, such as the database.

    Raises NotProvided when a route asks for an object of a type that the service does not provide.
    """
    settings = service.settings
    app.state.provided = by_type([*service.provides, Operated.of(service.name, service.jobs, service.projections)])
    require_provided([*service.routers, *(one.router for one in service.facades)], app.state.provided)
    pseudonym_key = settings.pseudonym_key.get_secret_value()
    app.state.tokens = TokenChecker(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_roles_claim, pseudonym_key
    )
    app.state.answers_key = derived_key(pseudonym_key, "idempotency")


async def _open_database(service: Service, stack: AsyncExitStack) -> Database:
    settings = service.settings
    pool = await open_pool(
        settings.database_app.get_secret_value(),
        size=settings.database_pool_size,
        command_timeout=settings.database_command_timeout,
    )
    stack.push_async_callback(pool.close)
    return Database(
        pool,
        service.source,
        wait_timeout=settings.database_wait_timeout,
        commit_timeout=COMMIT_SHARE * settings.database_command_timeout,
    )


async def _start_relay(service: Service, stack: AsyncExitStack, health: Health) -> None:
    settings = service.settings
    access = kafka_access(settings, "relay")
    relay = Relay(
        settings.database_relay.get_secret_value(),
        lambda: make_producer(access, f"{service.name}-relay"),
        command_timeout=settings.database_command_timeout,
    )
    await run_in_background(stack, "relay", relay.run())
    await run_in_background(stack, "relay-probe", watch_relay(relay, health.add("relay")))


async def _start_worker(service: Service, stack: AsyncExitStack, health: Health, database: Database) -> None:
    if service.subscriptions:
        access = kafka_access(service.settings, "worker")
        consumers = [Consumer(subscription, database) for subscription in service.subscriptions]
        await run_in_background(stack, "consumers", consume(access, service, consumers, health))
        if service.projections:
            dsn = service.settings.database_app.get_secret_value()
            worker = ProjectionWorker(service.subscriptions, database, dsn, access, health)
            await run_in_background(stack, "projections", worker.run())
    if service.jobs:
        probes = {job.name: health.add(job.name) for job in service.jobs}
        await run_in_background(stack, "jobs", Scheduler(service.jobs, database, probes).run())
    for name, loop in service.loops.items():
        await run_in_background(stack, name, loop(database, health.add(name)))


def kafka_access(settings: ServiceSettings, part: str) -> KafkaAccess:
    """Return how the `relay` or the `worker` of a service connects to Kafka, from the service's settings."""
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


def freeze_startup_objects() -> None:
    """Exclude all objects that exist now from garbage collection, because they live as long as the process.

    Without this, visiting them at each collection costs a tenth of the CPU and causes long pauses.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
