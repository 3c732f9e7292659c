"""Limits the rate of requests with token buckets, by pseudonym for callers with a token and by address for others.

Invariant: a client may send the requests of one minute at once, and the bucket is full again after a minute. The
buckets are in the memory of this process; each process counts by itself, and a restart empties them.
"""

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from buurtsein_chassis.problem import Problem

FEW = 10_000
"""The number of clients up to which full buckets are not removed."""


class Buckets:
    """One token bucket for each client, which is full at first.

    A bucket is stored as one number, the moment when it will be full again (the generic cell rate algorithm).
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Set the requests per minute, which is also the size of each bucket; `clock` returns seconds."""
        self._interval = 60 / per_minute
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._tidy_at = FEW

    def take(self, client: str) -> float:
        """Take one token from the client's bucket; return 0, or the seconds until the bucket has a token."""
        now = self._clock()
        full_at = max(self._full_at.get(client, now), now) + self._interval
        wait = full_at - now - 60
        if wait > 1e-6:  # noqa: PLR2004 - rounding
            return wait
        self._full_at[client] = full_at
        if len(self._full_at) > self._tidy_at:
            self._tidy(now)
        return 0.0

    def _tidy(self, now: float) -> None:
        """Remove full buckets.

        The next removal is when there are twice as many buckets as are left now, so that the average request does
        little work.
        """
        self._full_at = {client: full_at for client, full_at in self._full_at.items() if full_at > now}
        self._tidy_at = max(FEW, 2 * len(self._full_at))

    def __len__(self) -> int:
        """Return the number of clients that are remembered."""
        return len(self._full_at)


class RateLimits:
    """Limits the requests to one process, by pseudonym for callers with a token and by address for all others."""

    def __init__(self, per_minute: int, anonymous_per_minute: int) -> None:
        """Set the requests per minute of one pseudonym, and of one address without a valid token."""
        self._known = Buckets(per_minute)
        self._anonymous = Buckets(anonymous_per_minute)

    def known(self, actor: str) -> None:
        """Count a request of a caller with a valid token; raise Problem 429 `too_many_requests` above the limit."""
        _refuse_if(self._known.take(actor))

    def anonymous(self, address: str) -> None:
        """Count a request without a valid token by its address; raise Problem 429 above the limit."""
        _refuse_if(self._anonymous.take(client_at(address)))


def client_at(address: str) -> str:
    """Return the key by which an address is counted; all IPv6 addresses of one /64 count as one client."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return address


def _refuse_if(wait: float) -> None:
    if wait:
        headers = {"Retry-After": str(math.ceil(wait))}
        raise Problem(429, "too_many_requests", "U doet dit te vaak. Probeer het later opnieuw.", headers)
