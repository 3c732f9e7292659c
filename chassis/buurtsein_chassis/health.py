"""Health by progress: live while the process can mend itself, ready while it does its work.

A ping says nothing about a consumer that is stuck, so readiness watches lag and finished batches instead.
"""

import asyncio
import time
from collections.abc import Sequence

import asyncpg
from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from buurtsein_chassis import metrics
from buurtsein_chassis.documented import NOT_READY
from buurtsein_chassis.problem import problem_response

DATABASE_SECONDS = 2.0
"""So long the database may take to answer a probe."""


class Probe:
    """One part that can stop making progress."""

    def __init__(self, name: str) -> None:
        """`name` appears in the answer."""
        self.name = name
        self.started = False
        self._made_at = time.monotonic()
        self._behind_since: float | None = None

    def behind(self, *, has_work: bool, finished_at: float) -> None:
        """Tell whether there is work, and when some was last finished (monotonic seconds)."""
        if not has_work:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = time.monotonic()
        else:
            self._behind_since = max(self._behind_since, finished_at)

    def stalled_seconds(self) -> float:
        """How long there has been work and no progress."""
        return time.monotonic() - self._behind_since if self._behind_since is not None else 0.0

    def unready_seconds(self) -> float:
        """The same, where a part that never began its work has been without progress since it was made."""
        return self.stalled_seconds() if self.started else time.monotonic() - self._made_at


class Health:
    """All probes of one process, and its database."""

    def __init__(self, stalled_seconds: float) -> None:
        """Without progress for so long although there is work: not ready. Three times as long: not live."""
        self.stalled_seconds = stalled_seconds
        self.probes: list[Probe] = []
        self.pool: asyncpg.Pool | None = None
        self.draining = False

    def add(self, name: str) -> Probe:
        """A new probe."""
        probe = Probe(name)
        self.probes.append(probe)
        return probe

    async def failures(self) -> Sequence[str]:
        """Names of what is not ready."""
        failing = [p.name for p in self.probes if not p.started or p.stalled_seconds() > self.stalled_seconds]
        if not await self._database_answers():
            failing.append("database")
        if self.draining:
            failing.append("draining")
        return failing

    def stuck(self) -> Sequence[str]:
        """Names of what has been without progress so long that only a restart helps."""
        return [p.name for p in self.probes if p.stalled_seconds() > 3 * self.stalled_seconds]

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(DATABASE_SECONDS):  # also for a connection: all may be in use
                return self.pool is not None and await self.pool.fetchval("select true")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            return False


def health_router(health: Health) -> APIRouter:
    """`/health/live`, `/health/ready` and `/metrics`."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live", responses=NOT_READY)
    async def live() -> Response:
        return _answer(health.stuck())

    @router.get("/health/ready", responses=NOT_READY)
    async def ready() -> Response:
        return _answer(await health.failures())

    @router.get("/metrics", response_class=PlainTextResponse)
    async def exported() -> Response:
        for probe in health.probes:
            metrics.PART_UNREADY.labels(probe.name).set(probe.unready_seconds())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _answer(failing: Sequence[str]) -> Response:
    if failing:
        return problem_response(503, "not_ready", "De dienst is niet klaar.", members={"failing": list(failing)})
    return JSONResponse({"status": "ok"})
