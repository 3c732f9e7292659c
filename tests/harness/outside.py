"""Forbids a test without the mark `external` to start programs or open connections, so that quick tests stay quick.

Invariant: nothing is refused while no such test runs, because fixtures of other tests are set up and ended then.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

MARK = "external"
DIRECTORIES = frozenset({"integration", "e2e", "faults"})
"""Every test in these directories is external; elsewhere a test or a file carries the mark itself."""
_REFUSED = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "socket.connect"})
_GIT = "git"
"""The only program that a quick test may start; it lists the files of the project within milliseconds."""
_refusing = False


class OutsideRefused(Exception):
    """Raised when a test without the mark `external` starts a program or opens a connection."""


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _refusing and event in _REFUSED and arguments[:1] != (_GIT,):
        raise OutsideRefused(f"{event} {arguments[:2]}: mark this test @pytest.mark.{MARK}, or do without")


sys.addaudithook(_audit)


def mark_by_directory(items: list[pytest.Item]) -> None:
    """Mark all tests in certain directories as `external`."""
    for item in items:
        if item.path.parent.name in DIRECTORIES:
            item.add_marker(MARK)


@contextmanager
def refused(item: pytest.Item) -> Iterator[None]:
    """Forbid the running test to start programs or open connections, unless it is marked `external`."""
    global _refusing  # noqa: PLW0603 # an audit hook stays for the life of the process: there is one
    _refusing = item.get_closest_marker(MARK) is None
    try:
        yield
    finally:
        _refusing = False
