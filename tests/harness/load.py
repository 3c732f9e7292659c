"""Sends requests that write entries, each with its own Idempotency-Key, and retries until they are acknowledged."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from buurtsein_contracts import uuid7
from harness.ledger import Ledger

RETRY_SECONDS = 0.2


@dataclass
class Load:
    """A client that sends requests to random processes, and keeps the acknowledged commands and HTTP statuses."""

    ledger: Ledger
    urls: Callable[[], Sequence[str]]
    streams: int = 10
    statuses: Counter[int] = field(default_factory=Counter)
    failures: int = 0
    """How many connections broke or were refused."""
    without_advice: int = 0
    """How many 503 answers had no Retry-After."""

    def __post_init__(self) -> None:
        self._networks = [str(uuid7()) for _ in range(self.streams)]

    async def write(self, number: int, patience: float = 60) -> None:
        """Write an entry until the service acknowledges it; raise AssertionError after `patience` seconds."""
        network, key = self._networks[number % self.streams], secrets.token_hex(8)
        async with asyncio.timeout(patience):
            while not await self._try(network, number, key):  # noqa: ASYNC110 # no event tells it
                await asyncio.sleep(RETRY_SECONDS)
        self.ledger.acknowledged.append((network, number))

    async def _try(self, network: str, number: int, key: str) -> bool:
        url = random.choice(self.urls())
        body = {"network_id": network, "number": number}
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                answer = await client.post(f"{url}/v1/entries", json=body, headers={"Idempotency-Key": key})
        except httpx.HTTPError:
            self.failures += 1
            return False
        self.statuses[answer.status_code] += 1
        self.without_advice += answer.status_code == 503 and not answer.headers.get("Retry-After", "").isdigit()
        return answer.is_success

    async def run(self, number: int, *, at_once: int = 10, pause: float = 0.05) -> None:
        """Write this number of entries, a few at a time, until each is acknowledged."""
        for start in range(0, number, at_once):
            batch = range(start, min(start + at_once, number))
            await asyncio.gather(*(self.write(n) for n in batch))
            await asyncio.sleep(pause)

    async def during(self, fault: Coroutine[Any, Any, None], *, pause: float = 0.3) -> int:
        """Write entries, ten at a time, until the coroutine `fault` has ended; return how many were written."""
        happening, written = asyncio.create_task(fault), 0
        while not happening.done():
            await self.run(10, pause=pause)
            written += 10
        await happening
        return written


def load(ledger: Ledger, *urls: str, streams: int = 10) -> Load:
    """Return a `Load` client for the processes at these addresses."""
    return Load(ledger, lambda: urls, streams)
