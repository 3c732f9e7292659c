"""Defines a violation, the result of a rule that a message breaks.

Invariant: `code` is stable, and `detail` never quotes the text of a message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The level of a violation: an error stops the message, a warning is shown to the officer, who decides."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: `code` for programs, `detail` in Dutch for people."""

    code: str
    detail: str
    level: Level = Level.ERROR


def when(broken: bool, code: str, detail: str, level: Level = Level.ERROR) -> Iterator[Violation]:  # noqa: FBT001 - reads as prose
    """Yield one violation if `broken` is true, else nothing."""
    if broken:
        yield Violation(code, detail, level)
