"""What is to be said of a cell: that it stands in the way, or how it was understood."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about one column; `text` is Dutch and quotes no free text, no address and no person."""

    code: str
    column: str
    text: str


class Unreadable(Exception):
    """A cell that is there and cannot be read; the row is refused with this remark."""

    def __init__(self, code: str, column: str, text: str) -> None:
        """`text` in Dutch."""
        super().__init__(text)
        self.remark = Remark(code, column, text)


def quoted(cell: str) -> str:
    """What stands in a cell, short enough for a sentence."""
    return f"'{cell[:40]}'"
