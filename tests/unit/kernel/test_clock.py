"""Tests the system clock, and the clock for tests, which stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from buurtsein_kernel.clock import StandingClock, SystemClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_clock_of_the_machine_goes_on_and_knows_its_offset() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first <= second
    assert first.utcoffset() == timedelta(0)


def test_a_standing_clock_stands_still_until_it_is_moved() -> None:
    clock = StandingClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.move(timedelta(hours=1))
    assert clock.now() == NOON + timedelta(hours=1)
    clock.set(NOON)
    assert clock.now() == NOON


def test_the_clock_returns_utc_after_it_was_set_in_belgian_time() -> None:
    clock = StandingClock(NOON.astimezone(ZoneInfo("Europe/Brussels")))
    assert clock.now().isoformat() == "2026-11-24T12:00:00+00:00"


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        StandingClock(datetime(2026, 11, 24, 12))  # noqa: DTZ001 - the test needs a time without an offset
