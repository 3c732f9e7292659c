"""Runs background tasks of a process until the process stops."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog

log = structlog.get_logger("service")


async def run_in_background(
    stack: AsyncExitStack, name: str, work: Coroutine[Any, Any, None] | Awaitable[None]
) -> None:
    """Start a background task, which is cancelled when `stack` closes; when the task ends earlier, stop the process."""
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
