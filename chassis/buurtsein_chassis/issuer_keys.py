"""The keys that the issuer publishes: fetched when needed, kept, and fetched anew while requests go on.

Invariant: one fetch at a time, and one in `KEYS_RETRY_SECONDS` whatever came of the last, so no flood of tokens becomes
a flood to the issuer; keys that were fetched stay until others take their place.
"""

import asyncio
import math
import time

import httpx
import structlog
from joserfc.jwk import Key, KeySet

from buurtsein_chassis.problem import Problem

KEYS_FRESH_SECONDS = 600
KEYS_RETRY_SECONDS = 30
FETCH_SECONDS = 5

log = structlog.get_logger("issuer")


class IssuerKeys:
    """The keys of one issuer, as last published."""

    def __init__(self, issuer: str) -> None:
        """`issuer`: its address, without a trailing slash."""
        self._issuer = issuer
        self._keys = KeySet([])
        self._fetched_at = self._tried_at = -math.inf
        self._fetch: asyncio.Task[None] | None = None

    def find(self, kid: object) -> Key | None:
        """The key of this name; None when the issuer had not published it when we last looked."""
        return next((key for key in self._keys if key.kid == kid), None)

    async def ready(self) -> None:
        """Have keys, waiting only while there are none; Problem 503 when none can be had."""
        if not self._keys:
            await self.renewed()
        elif time.monotonic() - self._fetched_at >= KEYS_FRESH_SECONDS:
            self._newest_fetch()
        if not self._keys:
            raise _unavailable()

    async def renewed(self) -> None:
        """Wait for the fetch that is under way, or for a new one if the last is long enough ago."""
        await asyncio.wait({self._newest_fetch()})  # unlike awaiting it: a client that hangs up does not end it

    def _newest_fetch(self) -> asyncio.Task[None]:
        due = time.monotonic() - self._tried_at >= KEYS_RETRY_SECONDS
        if self._fetch is None or (due and self._fetch.done()):
            self._tried_at = time.monotonic()
            self._fetch = asyncio.create_task(self._replace())
        return self._fetch

    async def _replace(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._keys = await _published(self._issuer)
        except Exception as error:  # noqa: BLE001  # whatever its documents do to the parsers, the old keys are good
            log.warning("issuer.unavailable", error=type(error).__name__)
        else:
            self._fetched_at = time.monotonic()


async def _published(issuer: str) -> KeySet:
    """Raises what the network and the parsers raise; ValueError for keys of an https issuer that are not on https."""
    async with httpx.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=False) as client:
        discovery = await client.get(f"{issuer}/.well-known/openid-configuration")
        address = discovery.raise_for_status().json()["jwks_uri"]
        if issuer.startswith("https:") and not address.startswith("https:"):
            raise ValueError("the keys could be replaced on their way")
        keys = await client.get(address)
    return KeySet.import_key_set(keys.raise_for_status().json())


def _unavailable() -> Problem:
    detail = "De aanmeldingsdienst is niet bereikbaar."
    return Problem(503, "issuer_unavailable", detail, {"Retry-After": str(KEYS_RETRY_SECONDS)})
