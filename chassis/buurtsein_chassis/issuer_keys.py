"""Fetches and caches the token issuer's public keys; a request never waits for a fetch while keys are cached.

From a key set only keys that can verify a signature here are used; others are ignored (RFC 7517, section 5). Invariant:
one fetch runs at a time, and the next one starts at least `KEYS_RETRY_SECONDS` later, so that many tokens do not cause
many requests to the issuer. Fetched keys stay until new ones replace them.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from buurtsein_chassis.problem import Problem

KEYS_FRESH_SECONDS = 600
KEYS_RETRY_SECONDS = 30
FETCH_SECONDS = 5

ALGORITHMS = {"RS256": "RSA", "ES256": "EC"}
"""The signature algorithms that are accepted, and the type of key (`kty`) that each needs."""
_PARTS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
"""The members of a key that are read; all others (certificates, comments, private parts) are ignored."""
_CURVE = "P-256"

log = structlog.get_logger("issuer")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key of the issuer, with its id and the algorithm whose signatures it verifies."""

    kid: object
    algorithm: str
    key: RSAKey | ECKey


class IssuerKeys:
    """The keys of one issuer, as last fetched."""

    def __init__(self, issuer: str) -> None:
        """Make the cache of an issuer's keys; the issuer's identifier is also the address of its documents."""
        self._issuer = issuer
        self._keys: Sequence[SigningKey] = ()
        self._fetched_at = self._tried_at = -math.inf
        self._fetch: asyncio.Task[None] | None = None

    def find(self, kid: object, algorithm: object) -> Sequence[RSAKey | ECKey]:
        """Return the cached keys with this id and algorithm; an empty list when there are none."""
        return [found.key for found in self._keys if (found.kid, found.algorithm) == (kid, algorithm)]

    async def ready(self) -> None:
        """Wait until the issuer's keys are known; return at once when keys are cached.

        Raise Problem 503 when none can be fetched.
        """
        if not self._keys:
            await self.renewed()
        elif time.monotonic() - self._fetched_at >= KEYS_FRESH_SECONDS:
            self._newest_fetch()
        if not self._keys:
            raise _unavailable()

    async def renewed(self) -> None:
        """Fetch the keys again, and wait for the result; when a fetch began a short time ago, wait for that fetch."""
        await asyncio.wait({self._newest_fetch()})  # a client that hangs up must not cancel the fetch

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
        except Exception as error:  # noqa: BLE001  # any parser error: the old keys stay in use
            log.warning("issuer.unavailable", error=type(error).__name__)
        else:
            self._fetched_at = time.monotonic()


async def _published(issuer: str) -> Sequence[SigningKey]:
    """Fetch the keys; raise errors of network and parsers, and ValueError if an https issuer has its keys at http."""
    async with httpx.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=False) as client:
        answer = await client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        document = answer.raise_for_status().json()
        address = document["jwks_uri"]
        if issuer.startswith("https:") and not address.startswith("https:"):
            raise ValueError("the keys could be replaced on their way")
        keys = await client.get(address)
    if document.get("issuer", issuer) != issuer:
        log.warning("issuer.named_otherwise", reason="oidc_issuer differs from the issuer's own name for itself")
    return usable_keys(keys.raise_for_status().json()["keys"])


def usable_keys(published: Sequence[Any]) -> Sequence[SigningKey]:
    """Return the keys that can verify signatures here; raise ValueError when there is none."""
    found = [key for one in published if (key := _usable(one))]
    if len(found) < len(published):
        log.info("issuer.keys_passed_over", records=len(published) - len(found))
    if not found:
        raise ValueError("no usable key")
    return found


def _usable(published: Any) -> SigningKey | None:
    """Return a published key, or None when its purpose, type, curve or algorithm is unsuitable."""
    if not isinstance(published, dict) or published.get("use") not in {None, "sig"}:
        return None
    kind = published.get("kty")
    algorithm = next((name for name, made_by in ALGORITHMS.items() if made_by == kind), None)
    if algorithm is None or published.get("alg") not in {None, algorithm} or not _may_verify(published):
        return None
    try:
        return SigningKey(published.get("kid"), algorithm, _imported(published))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _may_verify(published: dict[str, Any]) -> bool:
    deeds = published.get("key_ops")
    return deeds is None or (isinstance(deeds, list) and "verify" in deeds)


def _imported(published: dict[str, Any]) -> RSAKey | ECKey:
    """Return a published key as an object of the JWT library; raise ValueError for another curve than P-256."""
    parts = {name: published[name] for name in _PARTS[published["kty"]]}
    if parts["kty"] == "RSA":
        return RSAKey.import_key(parts)
    if parts["crv"] != _CURVE:
        raise ValueError("another curve")
    return ECKey.import_key(parts)


def _unavailable() -> Problem:
    detail = "De aanmeldingsdienst is niet bereikbaar."
    return Problem(503, "issuer_unavailable", detail, {"Retry-After": str(KEYS_RETRY_SECONDS)})
