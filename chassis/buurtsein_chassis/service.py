"""Defines the description of a service, from which `composition.py` builds a running process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from buurtsein_chassis.database import Connection, Database
from buurtsein_chassis.facades import Facade
from buurtsein_chassis.health import Probe
from buurtsein_chassis.jobs import Job
from buurtsein_chassis.projections import Projection
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.subscription import Subscription
from buurtsein_chassis.table_gauges import Refresh

type Run = Callable[[Database], Awaitable[None]]
"""The function of a job. It must be safe to repeat, because a worker that dies during a run leaves no progress."""
type Loop = Callable[[Database, Probe], Awaitable[None]]
"""A function that runs until cancelled, and calls `progressed` of its probe after each round."""

type Check = Callable[[Connection], Awaitable[None]]
"""A function that reads the database, and raises CommandError when the service may not start on it."""


@dataclass(frozen=True, slots=True)
class Service:
    """The description of a service: its routes, subscriptions, scheduled jobs, and loops that run in the background."""

    name: str
    settings: ServiceSettings
    routers: Sequence[APIRouter] = ()
    facades: Sequence[Facade] = ()
    """The routes of other standards, each with a prefix of its own instead of `/v1`."""
    subscriptions: Sequence[Subscription] = ()
    jobs: Mapping[Job, Run] = field(default_factory=dict)
    """The jobs, each with its function."""
    loops: Mapping[str, Loop] = field(default_factory=dict)
    """Functions that every worker runs all the time, by the name that the health checks show."""
    provides: Sequence[object] = ()
    """Objects that its routes can ask for with `provided(Type)`, one of each type."""
    checks: Sequence[Check] = ()
    """Checks of its database before it starts."""
    table_gauges: Sequence[Refresh] = ()
    """Functions that refresh the gauges of its own tables."""

    @property
    def projections(self) -> Sequence[Projection[Any]]:
        """Return the projections that the service's consumers keep up to date."""
        return [one.projection for one in self.subscriptions if one.projection]

    @property
    def source(self) -> str:
        """Return the CloudEvents source of the events that the service records."""
        return self.settings.source_of(self.name)
