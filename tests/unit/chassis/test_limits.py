"""Token buckets allow the requests of one minute, refill within a minute, and are deleted when full."""

import pytest

from buurtsein_chassis import limits
from buurtsein_chassis.limits import Buckets, RateLimits, client_at
from buurtsein_chassis.problem import Problem


class Clock:
    """A clock that stands still until a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(buckets: Buckets, times: int, client: str = "a") -> int:
    return sum(buckets.take(client) == 0 for _ in range(times))


def test_the_requests_of_a_minute_are_accepted_at_once_and_then_one_per_interval() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    assert taken(buckets, 100) == 60
    assert buckets.take("a") == pytest.approx(1)
    clock.now += 10
    assert taken(buckets, 100) == 10
    clock.now += 3600
    assert taken(buckets, 100) == 60


def test_a_refused_request_uses_no_token() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    taken(buckets, 1000)
    clock.now += 1
    assert taken(buckets, 2) == 1


def test_each_client_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(5, Clock())
    assert (taken(buckets, 9, "a"), taken(buckets, 9, "b")) == (5, 5)


def test_a_client_that_sends_nothing_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FEW", 100)
    clock = Clock()
    buckets = Buckets(60, clock)
    for number in range(10_000):
        buckets.take(f"client {number}")
        clock.now += 0.1
    assert len(buckets) <= 100 + 2


def test_a_refusal_has_the_seconds_to_wait() -> None:
    limits = RateLimits(per_minute=2, anonymous_per_minute=1)
    limits.anonymous("192.0.2.1")
    with pytest.raises(Problem) as caught:
        limits.anonymous("192.0.2.1")
    assert (caught.value.status, caught.value.code) == (429, "too_many_requests")
    assert caught.value.headers == {"Retry-After": "60"}
    limits.anonymous("192.0.2.2")
    limits.known("192.0.2.1")


def test_all_addresses_of_an_ipv6_network_are_one_client() -> None:
    assert client_at("2001:db8:1:2::1") == client_at("2001:db8:1:2:ffff::9") != client_at("2001:db8:1:3::1")
    assert client_at("::ffff:192.0.2.1") == client_at("192.0.2.1") != client_at("192.0.2.2")
    assert client_at("") == ""
