"""What a rule says of a message. Invariant: `code` is stable; `detail` never quotes the text of a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error stops the message; a warning is shown to the officer, who decides."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Violation:
    """`code` for machines, `detail` in Dutch for people."""

    code: str
    detail: str
    level: Level = Level.ERROR


def when(broken: bool, code: str, detail: str, level: Level = Level.ERROR) -> Iterator[Violation]:  # noqa: FBT001 - reads as prose
    """One violation if `broken`, else none."""
    if broken:
        yield Violation(code, detail, level)
