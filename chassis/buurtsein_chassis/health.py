"""Answers the health checks: live while the process can recover by itself, ready while it makes progress.

A consumer that hangs still answers pings, so readiness compares lag with finished batches. Invariant: liveness depends
on this process alone. While the database or the broker is not available the process stays live, because a restart
would not help.
"""

import asyncio
import time
from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from buurtsein_chassis import metrics
from buurtsein_chassis.database import DATABASE_ERRORS, Database
from buurtsein_chassis.documented import NOT_READY
from buurtsein_chassis.languages import reader_of
from buurtsein_chassis.problem import problem_response

PROBE_SECONDS = 2.0
"""How often each part updates its probe, in seconds."""
DATABASE_SECONDS = 2.0
"""The time that the database may take to answer a probe, in seconds."""
AWAY_SECONDS = 5.0
"""For this many seconds after the database refused a write, the process is not ready. The check only reads, and reading
still works when the disk is full."""
_TAKES_WRITES = "select current_setting('transaction_read_only') = 'off'"
"""SQL that returns whether the server accepts writes; a standby server does not."""


class Probe:
    """The health probe of one part of a process, such as a relay, consumer or job; it records the part's progress."""

    def __init__(self, name: str) -> None:
        """Take the name of the part, which is shown in the health response."""
        self.name = name
        self.started = False
        self.standby = False
        """True while another process does this work and this one waits to take over."""
        self.failed = False
        """True for a job whose last run failed; the job is tried again, so the process stays ready."""
        self._made_at = time.monotonic()
        self._behind_since: float | None = None
        self._excused_at = 0.0

    def behind(self, *, has_work: bool, finished_at: float, excused: bool = False) -> None:
        """Record whether the part has work to do, and when it last finished work (monotonic clock, in seconds).

        `excused` is True when nothing is finished because the database or the broker is not available.
        """
        if excused:
            self._excused_at = time.monotonic()
        if not has_work:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = time.monotonic()
        else:
            self._behind_since = max(self._behind_since, finished_at)

    def progressed(self) -> None:
        """Record progress of a part that always has work; the time without progress starts again at 0."""
        self.started = True
        self.behind(has_work=True, finished_at=time.monotonic())

    def stalled_seconds(self) -> float:
        """Return for how many seconds the part has had work and made no progress; 0 without work."""
        return time.monotonic() - self._behind_since if self._behind_since is not None else 0.0

    def stuck_seconds(self) -> float:
        """Return the seconds of work without progress, not counting the time without database or broker."""
        return min(self.stalled_seconds(), time.monotonic() - self._excused_at)

    def unready_seconds(self) -> float:
        """Return the seconds in which the part had work without progress; if it never started, the probe's age."""
        return self.stalled_seconds() if self.started else time.monotonic() - self._made_at


class Health:
    """The health of one process: a probe for each of its parts, and the check of its database."""

    def __init__(self, stalled_seconds: float) -> None:
        """Set the seconds of work without progress after which the process is no longer ready.

        After three times as many it is not live.
        """
        self.stalled_seconds = stalled_seconds
        self.probes: list[Probe] = []
        self.database: Database | None = None
        self.draining = False
        self.stale: Sequence[str] = ()
        """Projections whose rows were written by another version of their code; they need a rebuild."""

    def add(self, name: str) -> Probe:
        """Add a health probe for one part of the process, and return it."""
        probe = Probe(name)
        self.probes.append(probe)
        return probe

    async def failures(self) -> Sequence[str]:
        """Return the names of the parts that are not ready."""
        failing = [p.name for p in self.probes if not p.started or p.stalled_seconds() > self.stalled_seconds]
        if not await self._database_answers():
            failing.append("database")
        if self.draining:
            failing.append("draining")
        return failing

    def stuck(self) -> Sequence[str]:
        """Return the names of the parts that have made no progress for so long that only a restart helps."""
        return [p.name for p in self.probes if p.stuck_seconds() > 3 * self.stalled_seconds]

    def standby(self) -> Sequence[str]:
        """Return the names of the parts on standby, such as a relay that waits for another process's lock."""
        return [p.name for p in self.probes if p.standby]

    def failed_jobs(self) -> Sequence[str]:
        """Return the names of the jobs whose last run failed."""
        return [p.name for p in self.probes if p.failed]

    async def _database_answers(self) -> bool:
        """Return whether the database accepts writes, without writing; False shortly after it refused a write."""
        if self.database is None or time.monotonic() - self.database.away_at < AWAY_SECONDS:
            return False
        try:
            async with asyncio.timeout(DATABASE_SECONDS):  # the timeout includes the wait for a free connection
                return bool(await self.database.pool.fetchval(_TAKES_WRITES))
        except DATABASE_ERRORS:
            return False


def health_router(health: Health, metrics_port: int | None) -> APIRouter:
    """Return the routes `/health/live`, `/health/ready` and `/metrics`.

    `/metrics` is served on the port `metrics_port` only, on every port when it is 0, and nowhere when it is None.
    """
    router = APIRouter(tags=["health"])

    @router.get("/health/live", responses=NOT_READY)
    async def live(request: Request) -> Response:
        return _answer(request, health.stuck())

    @router.get("/health/ready", responses=NOT_READY)
    async def ready(request: Request) -> Response:
        listed = {"standby": health.standby(), "failed_jobs": health.failed_jobs(), "stale": health.stale}
        return _answer(request, await health.failures(), **listed)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def exported(request: Request) -> Response:
        if metrics_port is None or metrics_port not in {0, request.scope["server"][1]}:
            raise HTTPException(404)
        for probe in health.probes:
            metrics.PART_UNREADY.labels(probe.name).set(probe.unready_seconds())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _answer(request: Request, failing: Sequence[str], **listed: Sequence[str]) -> Response:
    """Return status 503 when `failing` names a part, else 200; the body contains the lists that are not empty."""
    members = {name: list(parts) for name, parts in listed.items() if parts}
    if failing:
        members = {"failing": list(failing)} | members
        return problem_response(reader_of(request.scope), 503, "not_ready", "De dienst is niet klaar.", members=members)
    return JSONResponse({"status": "ok"} | members)
