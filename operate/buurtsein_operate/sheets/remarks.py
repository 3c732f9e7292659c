"""Defines remarks about a cell: why its row is refused, or how the cell's content was interpreted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence in Dutch about one column; `text` contains no free text, address or person."""

    code: str
    column: str
    text: str


class Unreadable(Exception):
    """Raised for a cell with content that cannot be read; its row is refused, and `remark` says why."""

    def __init__(self, code: str, column: str, text: str) -> None:
        """Take the error code, the name of the column, and a Dutch sentence that says what is wrong with the cell."""
        super().__init__(text)
        self.remark = Remark(code, column, text)


def quoted(cell: str) -> str:
    """Return a cell's content in quotes, shortened if it is long."""
    return f"'{cell[:40]}'"
