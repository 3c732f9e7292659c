"""What a service is made of: the description that `composition.py` turns into a running process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from buurtsein_chassis.database import Database
from buurtsein_chassis.health import Probe
from buurtsein_chassis.jobs import Job
from buurtsein_chassis.projections import Projection
from buurtsein_chassis.retention import Bound
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.subscription import Subscription
from buurtsein_chassis.table_gauges import Refresh

type Run = Callable[[Database], Awaitable[None]]
"""What a job does. It must be safe to do again: a worker that dies in the middle has not told how far it came."""
type Loop = Callable[[Database, Probe], Awaitable[None]]
"""Work that never ends; it runs until cancelled, and calls `progressed` of its probe after each round."""


class Role(StrEnum):
    """What a process of a service does."""

    API = "api"
    RELAY = "relay"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Service:
    """A service: what it answers, what it listens to, what its workers do besides listening."""

    name: str
    settings: ServiceSettings
    routers: Sequence[APIRouter] = ()
    subscriptions: Sequence[Subscription] = ()
    jobs: Mapping[Job, Run] = field(default_factory=dict)
    """Scheduled work, and what each does."""
    loops: Mapping[str, Loop] = field(default_factory=dict)
    """Work that every worker does all the time besides listening, by the name that health shows."""
    provides: Sequence[object] = ()
    """What its routes may ask for by type, with `provided(Type)`: one object of each type."""
    table_gauges: Sequence[Refresh] = ()
    """Refresh the gauges of its own tables."""
    bounds: Sequence[Bound] = ()
    """How long rows of its own tables are kept, in the order in which they can be cut."""

    @property
    def projections(self) -> Sequence[Projection[Any]]:
        """The projections that its consumers keep."""
        return [one.projection for one in self.subscriptions if one.projection]

    @property
    def source(self) -> str:
        """The CloudEvents source of what it records."""
        return f"{self.settings.source}:{self.name}"
