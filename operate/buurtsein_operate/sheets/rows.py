"""Reads the rows of a list in a CSV file, and makes the request body of each row.

Invariant: a file that is no such list is refused with one sentence. An unreadable cell is never treated as an empty
one: its row is refused with the name of the column. An unreadable value that the request does not need is left out,
with a remark.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buurtsein_chassis.command_errors import CommandError
from buurtsein_kernel.spreadsheets import unguarded
from buurtsein_operate.sheets.records import Record, Table
from buurtsein_operate.sheets.remarks import Remark, Unreadable

OUR_COLUMNS = ("code", "uitleg")
"""The columns that our own errors file adds; they are removed when that file is imported."""

type Body = tuple[dict[str, Any], tuple[Remark, ...]]
"""The request body of a row, and remarks on how its cells were read."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one kind of list: its columns, and the function that converts a row to a request body."""

    word: str
    """What the rows are, in the Dutch plural."""
    number: tuple[str, ...]
    """The columns that together tell a row from all others."""
    needed: tuple[str, ...]
    """The columns without which a file is not such a list."""
    body: Callable[[Mapping[str, str]], Body]
    """Makes the request body from the cells by column; raises Unreadable for a cell that refuses the row."""
    day: str | None = None
    """A column that begins with a digit in each row, by which a row is found after a quote that is not closed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: its line number, its cells, and the request body made from the cells."""

    line: int
    """The line of the file on which it begins; the header is line 1, or 2 below `sep=`."""
    number: str
    cells: list[str]
    """The values by column, without the apostrophes that guard formulas."""
    body: dict[str, Any] = field(default_factory=dict)
    fault: Remark | None = None
    """Why the row cannot be sent; None when it can."""
    notes: tuple[Remark, ...] = ()
    sheet_row: int = 0
    values: dict[str, str] = field(default_factory=dict)


class Sheet:
    """A CSV file whose header was read; rows are read from the file on request."""

    def __init__(self, path: Path, form: Form) -> None:
        """Take the file's path; raise CommandError `import-file` when the file lacks a column that is needed."""
        self.form = form
        self._table = Table(path, form.needed, form.day)
        width = len(self._table.header)
        self._ours = len(OUR_COLUMNS) if tuple(self._table.names[-2:]) == OUR_COLUMNS else 0
        self.header = self._table.header[: width - self._ours]
        self.names = self._table.names[: width - self._ours]

    def rows(self) -> Iterator[Row]:
        """Yield every non-empty row in the order of the file."""
        return map(self._row, self._table.records())

    def count(self) -> int:
        """Return the number of rows below the header."""
        return sum(1 for _ in self._table.records())

    def cell(self, row: Row, column: str) -> str:
        """Return a cell's address in a spreadsheet, such as `D17`."""
        return f"{_letters(self.names.index(column))}{row.sheet_row}" if column in self.names else ""

    def _row(self, record: Record) -> Row:
        plain = [unguarded(cell) for cell in record.cells]
        kept, rest = self._apart(plain)
        values = dict(zip(self.names, (cell.strip() for cell in kept), strict=False))
        number = " ".join(unicodedata.normalize("NFC", values.get(name, "")) for name in self.form.number).strip()
        row = Row(record.line, number, kept + rest, sheet_row=record.sheet_row, values=values)
        try:
            self._refuse_malformed(record, values, rest)
            body, notes = self.form.body(values)
        except Unreadable as error:
            return _with(row, fault=error.remark)
        return _with(row, body=body, notes=notes)

    def _refuse_malformed(self, record: Record, values: Mapping[str, str], rest: Sequence[str]) -> None:
        if record.fault:
            pairs = zip(self.names, record.cells, strict=False)
            raise Unreadable("row_malformed", next((name for name, cell in pairs if '"' in cell), ""), record.fault)
        if rest:
            raise Unreadable("row_malformed", "", f"er zijn {len(rest)} cellen meer dan kolommen")
        if empty := next((name for name in self.form.number if not values.get(name)), None):
            raise Unreadable("number_missing", empty, f"zonder {empty} is de rij niet te onderscheiden van andere")

    def _apart(self, plain: list[str]) -> tuple[list[str], list[str]]:
        """Return a row's cells by column name, and the surplus cells if any of them contains text."""
        width = len(self.names)
        rest = plain[width + self._ours :]
        return plain[:width], rest if any(cell.strip() for cell in rest) else []


def read(path: Path, form: Form) -> Sheet:
    """Return the list in a CSV file; raise CommandError `import-file` for an unreadable or empty file.

    Raises:
        CommandError: `import-file`, when it cannot be read, is empty, or is not such a list.
    """
    sheet = Sheet(path, form)
    if next(sheet.rows(), None) is None:
        raise CommandError("import-file", f"{path} bevat geen enkele rij met {form.word}")
    return sheet


def present(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a request body whose value is not empty."""
    return {name: value for name, value in members.items() if value is not None}


def _with(row: Row, **changes: Any) -> Row:
    known = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    return Row(**(known | changes))


def _letters(column: int) -> str:
    """Return the spreadsheet's letters for a column index: 0 is A, 25 is Z, 26 is AA."""
    before, letter = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)
