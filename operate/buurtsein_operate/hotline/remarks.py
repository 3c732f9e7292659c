"""Defines remarks about a cell, which say why its row is refused or how the cell was read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about one column; `text` is Dutch and contains no free text, address or person."""

    code: str
    column: str
    text: str


class Unreadable(Exception):
    """Raised for a cell that is not empty and cannot be read; the row is refused with its remark."""

    def __init__(self, code: str, column: str, text: str) -> None:
        """Take the remark's stable code, the column, and a sentence in Dutch."""
        super().__init__(text)
        self.remark = Remark(code, column, text)


def quoted(cell: str) -> str:
    """Return the content of a cell in quotes, shortened so that it fits in a sentence."""
    return f"'{cell[:40]}'"
