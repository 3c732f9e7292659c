"""Assigns test files to the processes of a test run, so that servers are started rarely and no process is idle.

A process that has started a kind of servers goes on with the tests that need them. It takes one file at a time, so
that all processes end at about the same moment.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from harness.outside import MARK

ROOT = Path(__file__).parents[2]
NEEDED = {
    "tests/e2e": "stack",
    "tests/e2e/test_operator_commands.py": "second stack",
    "tests/e2e/test_operator_verify.py": "second stack",
    "tests/e2e/test_runbook.py": "second stack",
    "tests/integration": "database",
    "tests/faults": "servers",
    "tests/contract/test_starters.py": "servers",
    "tests/contract/test_tail.py": "servers",
}
"""The kind of servers that the tests of a directory, or of a single file, share."""
ALONE = ("test_demo.py", "test_stack.py")
"""Files that start servers of their own, which takes long."""
PROCESSES = {"stack": 1, "second stack": 1, "servers": 1, "database": 3}
"""How many processes of a run start each kind of servers; `servers` are Kafka and a database server."""
_WITH_KAFKA = re.compile("kafka|ledger|by_hand|bench", re.IGNORECASE)
"""A file of integration tests with one of these words uses Kafka."""


@cache
def needs(path: str) -> str | None:
    """Return the kind of servers that a test file shares with other files; None when it shares no servers."""
    directory, _, name = path.rpartition("/")
    kind = None if name in ALONE else NEEDED.get(path, NEEDED.get(directory))
    return "servers" if kind == "database" and _WITH_KAFKA.search((ROOT / path).read_text()) else kind


def _started(files: Iterable[str]) -> set[str]:
    """Return the kinds of servers that a process has started for these test files."""
    kinds = {kind for file in files if (kind := needs(file))}
    return kinds | {"database"} if "servers" in kinds else kinds


def longest_first(items: list[pytest.Item]) -> None:
    """Sort the tests by duration: with a stack, with servers, with other programs, and at last the quick ones."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    kind = needs(item.nodeid.partition("::")[0])
    if kind:
        return list(PROCESSES).index(kind)
    if item.path.name in ALONE:
        return len(PROCESSES)
    return len(PROCESSES) + (1 if item.get_closest_marker(MARK) else 2)


def choose(waiting: Iterable[str], mine: Iterable[str], others: Iterable[Iterable[str]]) -> str:
    """Return the test file that a free process runs next.

    Args:
        waiting: the files that no process has yet, in the order of the tests; at least one.
        mine: the files that this process has got until now.
        others: the files that each other process has got until now.
    """
    started, theirs = _started(mine), [_started(files) for files in others]

    def rank(path: str) -> int:
        kind = needs(path)
        if kind in started:
            return 0
        return 1 if kind is None or sum(kind in each for each in theirs) < PROCESSES[kind] else 2

    return min(waiting, key=rank)


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives each process its next test file shortly before the end of its current file."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        others = [files for other, files in self.assigned_work.items() if other is not node]
        chosen = choose(self.workqueue, self.assigned_work[node], others)
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)
