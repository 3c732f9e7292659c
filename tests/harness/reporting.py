"""Reads the values that tests stored in pytest's `user_properties`, in all processes of the run."""

from collections.abc import Iterator
from typing import Any

import pytest


def properties(reporter: pytest.TerminalReporter, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each finished test's id, and the value that the test stored under a name."""
    reports = [report for of_kind in reporter.stats.values() for report in of_kind]
    for report in reports:
        if getattr(report, "when", None) == "teardown":
            yield from ((report.nodeid, value) for key, value in report.user_properties if key == name)
