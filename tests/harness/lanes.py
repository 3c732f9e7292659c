"""Decides which process of a test run gets which tests, so that each kind of server is started only once.

The tests that need the stack go to one process, and those that need only the servers to two others; every other file
goes to whichever process is free, the long ones first.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from harness.outside import MARK

LANES = {
    "tests/e2e": "stack",
    "tests/integration": "servers",
    "tests/faults": "faults",
    "tests/contract/test_starters.py": "servers",
    "tests/contract/test_tail.py": "servers",
}
"""The lane of each directory, or of single files in directories where only a few tests need servers."""
ALONE = ("test_demo.py", "test_stack.py")
"""Files that start their own servers, which takes long, so that each is a lane by itself."""


def lane_of(nodeid: str) -> str:
    """Return a test's lane (a group of tests that one process runs): its entry in `LANES`, or else its file.

    One process runs all tests of a lane.
    """
    path = nodeid.partition("::")[0]
    directory, _, name = path.rpartition("/")
    return path if name in ALONE else LANES.get(directory, LANES.get(path, path))


def longest_first(items: list[pytest.Item]) -> None:
    """Sort the tests: lanes first, then files that start servers, then other external tests, and quick tests last."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    lane = lane_of(item.nodeid)
    if lane in LANES.values():
        return 0 if lane == "stack" else 1
    if item.path.name in ALONE:
        return 2
    return 3 if item.get_closest_marker(MARK) else 4


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives each free process of the run the next lane or test file, in the order of the tests."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)
