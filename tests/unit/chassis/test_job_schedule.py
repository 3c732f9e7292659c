"""A job runs again after some seconds or at an hour in Belgium, and after failures with a longer delay."""

from datetime import UTC, datetime, timedelta

import pytest

from buurtsein_chassis.jobs import DailyAt, Every, Job

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_job_with_an_interval_is_due_at_once_and_then_after_each_run() -> None:
    assert Every(5).first_run(NOON) == NOON
    assert Every(5).next_run(NOON) == NOON + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("hour", "now", "due"),
    [
        (3, "2026-11-24T12:00:00Z", "2026-11-25T02:00:00Z"),
        (14, "2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z"),
        (3, "2026-07-01T12:00:00Z", "2026-07-02T01:00:00Z"),
        (13, "2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z"),  # at the hour itself: the next day
        (2, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),  # an hour that clocks skip
        (2, "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"),  # an hour that exists twice: the first of them
        (0, "2026-12-31T23:30:00Z", "2027-01-01T23:00:00Z"),  # half past midnight of the new year in Belgium
    ],
)
def test_a_daily_job_keeps_its_belgian_hour(hour: int, now: str, due: str) -> None:
    assert DailyAt(hour).next_run(datetime.fromisoformat(now)) == datetime.fromisoformat(due)
    assert DailyAt(hour).first_run(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("schedule", "waits"),
    [
        (Every(5), [5, 10, 20, 40, 80, 160, 300, 300]),
        (Every(1200), [60, 120, 240, 480, 960, 1200, 1200]),
        (DailyAt(3), [60, 120, 240, 480, 960, 1920, 3600, 3600]),
    ],
)
def test_a_job_that_fails_waits_twice_as_long_each_time(schedule: Every | DailyAt, waits: list[float]) -> None:
    job = Job("count", schedule)
    assert [job.retry_seconds(failures) for failures in range(1, len(waits) + 1)] == waits
    assert job.retry_seconds(10_000) == waits[-1]


def test_a_schedule_is_shown_in_words() -> None:
    assert [str(Every(5)), str(DailyAt(3)), str(DailyAt(17, 5))] == ["every 5 s", "daily at 03:00", "daily at 17:05"]
