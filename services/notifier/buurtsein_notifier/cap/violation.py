"""The result of a rule for a message.

Invariant: `code` is stable; `detail` never quotes the text of a message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether the message may not be sent (error), or the officer sees it and decides (warning)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: `code` for programs, `detail` in Dutch for people."""

    code: str
    detail: str
    level: Level = Level.ERROR


def when(broken: bool, code: str, detail: str, level: Level = Level.ERROR) -> Iterator[Violation]:  # noqa: FBT001 - reads as prose
    """One violation if `broken`, else none."""
    if broken:
        yield Violation(code, detail, level)
