"""The response of /health/ready contains the scheduled jobs and their failures."""

import httpx
from fastapi import FastAPI

from buurtsein_chassis.health import Health, health_router


async def ready(health: Health) -> httpx.Response:
    app = FastAPI()
    app.include_router(health_router(health, None))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        return await client.get("/health/ready")


async def test_a_job_that_failed_is_named_and_does_not_make_the_process_unready() -> None:
    health = Health(stalled_seconds=30)
    job = health.add("expiry")
    job.progressed()
    job.failed = True
    answer = await ready(health)
    assert answer.json()["failed_jobs"] == ["expiry"]
    assert answer.json()["failing"] == ["database"]  # because this test has no database


async def test_a_job_that_no_worker_runs_makes_the_process_unready() -> None:
    health = Health(stalled_seconds=0)
    job = health.add("expiry")
    job.started = True
    job.behind(has_work=True, finished_at=0.0)
    assert "expiry" in (await ready(health)).json()["failing"]


async def test_a_loop_without_progress_makes_the_process_unready() -> None:
    health = Health(stalled_seconds=0)
    loop = health.add("deliveries")
    assert "deliveries" in (await ready(health)).json()["failing"]
    loop.progressed()
    assert "deliveries" in (await ready(health)).json()["failing"]
    health.stalled_seconds = 30
    assert "deliveries" not in (await ready(health)).json()["failing"]
