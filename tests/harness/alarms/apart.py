"""Starts a service by itself, without a broker, and watches its metrics before and during a fault."""

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx

from buurtsein_stack.home import free_port
from buurtsein_stack.servers import RunningServers
from harness.alarms.watching import Watch
from harness.databases import FreshDatabase, fresh_database
from harness.waiting import wait_until


def started(
    service: str, good: dict[str, Any], database: FreshDatabase, part: str
) -> tuple[subprocess.Popen[bytes], str]:
    """Start one role of a service with these settings, and return its process and address."""
    port = free_port()
    given: dict[str, Any] = good | {"port": port, "database_app": database.app, "database_relay": database.relay}
    settings = {f"{service}_{name}".upper(): str(value) for name, value in given.items()}
    argv = [sys.executable, "-m", f"buurtsein_{service}", "run", "--only", part]
    return subprocess.Popen(argv, env=os.environ | settings), f"http://127.0.0.1:{port}"


async def watched(
    servers: RunningServers,
    processes: list[subprocess.Popen[bytes]],
    service: str,
    good: dict[str, Any],
    make: Callable[[asyncpg.Connection], Awaitable[None]],
) -> Watch:
    """Start a service's API, cause a fault in its database with `make`; return the metrics before and during it."""
    async with fresh_database(servers, service) as fresh:
        process, url = started(service, good, fresh, "api")
        processes.append(process)
        watch = Watch(f"buurtsein-{service}", lambda: [url])
        await wait_until(service, lambda: answers(url), 30)
        await watch.look_at_fresh_gauges()
        connection = await asyncpg.connect(fresh.superuser)
        await make(connection)
        await connection.close()
        await watch.look_during()
    return watch


async def answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return (await client.get(f"{url}/metrics")).is_success
    except httpx.HTTPError:
        return False
