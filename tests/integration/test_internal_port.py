"""A service serves its metrics on a separate port, and not on its public port."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from buurtsein_chassis.health import Health
from buurtsein_chassis.http import create_app
from buurtsein_chassis.settings import Profile, ServiceSettings
from buurtsein_stack.home import free_port
from buurtsein_stack.servers import RunningServers
from harness.ledger import Ledger, new_ledger


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


async def status(url: str, path: str) -> int:
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        return (await client.get(path)).status_code


async def test_with_an_internal_port_metrics_are_there_and_nowhere_else(ledger: Ledger) -> None:
    internal = free_port()
    service = await ledger.up("api", env={"LEDGER_INTERNAL_PORT": str(internal)})
    assert await status(service.url, "/metrics") == 404
    assert await status(f"http://127.0.0.1:{internal}", "/metrics") == 200
    assert await status(f"http://127.0.0.1:{internal}", "/health/ready") == 200
    assert await status(service.url, "/health/ready") == 200


@pytest.mark.parametrize(
    ("profile", "port", "expected"),
    [
        (Profile.PRODUCTION, None, 404),
        (Profile.PRODUCTION, 9090, 200),
        (Profile.PRODUCTION, 9091, 404),
        (Profile.LOCAL, None, 200),
    ],
)
async def test_in_production_metrics_are_on_no_public_port(profile: Profile, port: int | None, expected: int) -> None:
    settings = ServiceSettings.model_construct(profile=profile, internal_port=port)
    app = create_app("x", [], Health(1), max_body_bytes=1, body_seconds=1, metrics_port=settings.metrics_port)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("http://x:9090/metrics")
    assert answer.status_code == expected
