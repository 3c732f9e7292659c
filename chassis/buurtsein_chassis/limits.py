"""How often a client may ask: token buckets, by pseudonym for who is known and by address for who is not.

Invariant: a client gets a minute's worth at once and the same again in every minute. The buckets are in this
process's memory: another process counts for itself, and a restart forgets.
"""

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from buurtsein_chassis.problem import Problem

FEW = 10_000
"""So many clients are remembered without looking whether they are still needed."""


class Buckets:
    """One bucket for each client; it holds a minute's worth and is full at first.

    A bucket is one number, the moment when it will be full again (the generic cell rate algorithm).
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`per_minute` is also what may come at once; `clock` in seconds."""
        self._interval = 60 / per_minute
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._tidy_at = FEW

    def take(self, client: str) -> float:
        """Take one: 0 when there was one, else the seconds until there is."""
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
        """Forget the full ones; looking again only at twice the number keeps this cheap for each request."""
        self._full_at = {client: full_at for client, full_at in self._full_at.items() if full_at > now}
        self._tidy_at = max(FEW, 2 * len(self._full_at))

    def __len__(self) -> int:
        """How many clients are remembered."""
        return len(self._full_at)


class RateLimits:
    """Both kinds of client of one process."""

    def __init__(self, per_minute: int, anonymous_per_minute: int) -> None:
        """Requests in a minute: of one pseudonym, and of one address without a good token."""
        self._known = Buckets(per_minute)
        self._anonymous = Buckets(anonymous_per_minute)

    def known(self, actor: str) -> None:
        """Count a request of somebody with a good token; Problem 429 `too_many_requests`."""
        _refuse_if(self._known.take(actor))

    def anonymous(self, address: str) -> None:
        """Count a request of anybody else; Problem 429 `too_many_requests`."""
        _refuse_if(self._anonymous.take(client_at(address)))


def client_at(address: str) -> str:
    """Who an address stands for: an IPv6 customer has at least the whole /64."""
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
