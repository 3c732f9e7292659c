"""Waits for a condition with a deadline; after the deadline, the error names the condition."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

POLL_SECONDS = 0.05


def wait_for(description: str, probe: Callable[[], Any], seconds: float = 20) -> Any:
    """Call `probe` until its result is truthy and return that result; raise AssertionError after the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {description}"
        time.sleep(POLL_SECONDS)
    return answer


async def wait_until(description: str, probe: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """Call the async function `probe` until its result is truthy and return that; AssertionError when too late."""
    deadline = time.monotonic() + seconds
    while not (answer := await probe()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {description}"
        await asyncio.sleep(POLL_SECONDS)
    return answer
