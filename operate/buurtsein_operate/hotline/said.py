"""Remarks about a cell: why it stops a row, or how it was understood."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about one column; `text` is Dutch and contains no free text, address or person."""

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
    """Return the content of a cell, shortened for a sentence."""
    return f"'{cell[:40]}'"
