"""Reads the rows of a hotline's export, and makes the request body of a report from each row.

Invariant: a file that is no export is refused with one sentence. An unreadable cell is never treated as an empty one:
its row is refused with the name of the column. An unreadable value that a report does not need is left out, with a
remark.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buurtsein_chassis.command_errors import CommandError
from buurtsein_kernel.spreadsheets import unguarded
from buurtsein_operate.hotline import cells
from buurtsein_operate.hotline.moments import moment
from buurtsein_operate.hotline.records import Record, Table
from buurtsein_operate.hotline.remarks import Remark, Unreadable

NEEDED = ("nummer", "categorie", "omschrijving", "datum", "uur", "lat", "lon")
OUR_COLUMNS = ("code", "uitleg")
"""The columns that our own errors file adds; they are removed when that file is imported."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the export: its line number, its cells, and the report made from it."""

    line: int
    """The line of the file on which it begins; the header is line 1, or 2 below `sep=`."""
    number: str
    cells: list[str]
    """The values by column, without the apostrophes that guard formulas."""
    report: dict[str, Any] = field(default_factory=dict)
    fault: Remark | None = None
    """Why the row cannot be sent; None when it can."""
    notes: tuple[Remark, ...] = ()
    sheet_row: int = 0
    values: dict[str, str] = field(default_factory=dict)


class Export:
    """An export file whose header was read; rows are read from the file on request."""

    def __init__(self, path: Path) -> None:
        """Take the file's path; raise CommandError `import-file` when the file lacks a column that an export needs."""
        self._table = Table(path, NEEDED)
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
        number = unicodedata.normalize("NFC", values.get("nummer", ""))
        row = Row(record.line, number, kept + rest, sheet_row=record.sheet_row, values=values)
        try:
            self._refuse_malformed(record, number, rest)
            report, notes = _report(values)
        except Unreadable as error:
            return _with(row, fault=error.remark)
        return _with(row, report=report, notes=notes)

    def _refuse_malformed(self, record: Record, number: str, rest: Sequence[str]) -> None:
        if record.fault:
            pairs = zip(self.names, record.cells, strict=False)
            raise Unreadable("row_malformed", next((name for name, cell in pairs if '"' in cell), ""), record.fault)
        if rest:
            raise Unreadable("row_malformed", "", f"er zijn {len(rest)} cellen meer dan kolommen")
        if not number:
            raise Unreadable("number_missing", "nummer", "zonder nummer is de rij niet te onderscheiden van andere")

    def _apart(self, plain: list[str]) -> tuple[list[str], list[str]]:
        """Return a row's cells by column name, and the cells beyond the last column if any of them has text."""
        width = len(self.names)
        rest = plain[width + self._ours :]
        return plain[:width], rest if any(cell.strip() for cell in rest) else []


def read(path: Path) -> Export:
    """Return the export in a csv file, which must have at least one row.

    Raises:
        CommandError: `import-file`, when it cannot be read, is empty, or is not such an export.
    """
    export = Export(path)
    if next(export.rows(), None) is None:
        raise CommandError("import-file", f"{path} bevat geen enkele melding")
    return export


def _with(row: Row, **changes: Any) -> Row:
    known = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    return Row(**(known | changes))


def _report(values: dict[str, str]) -> tuple[dict[str, Any], tuple[Remark, ...]]:
    """Return a report's request body and remarks on cells; raise Unreadable for a cell that refuses the row."""
    when, when_note = moment(values.get("datum", ""), values.get("uur", ""))
    postcode, postcode_note = cells.postcode(values.get("postcode", ""))
    email, email_note = cells.email(values.get("email_melder", ""), "email_melder")
    report = {
        "channel": "hotline",
        "category": values.get("categorie", ""),
        "text": values.get("omschrijving", ""),
        "happened_from": when.isoformat() if when else None,
        "location": _present({
            "latitude": cells.coordinate(values.get("lat", ""), "lat", "breedtegraad", 90),
            "longitude": cells.coordinate(values.get("lon", ""), "lon", "lengtegraad", 180),
            "postcode": postcode,
            "street": values.get("straat") or None,
            "house_number": values.get("huisnummer") or None,
        }),
        "contact": _present({"email": email}),
    }  # fmt: skip
    notes = (when_note, postcode_note, email_note)
    return _present(report), tuple(note for note in notes if note)


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _letters(column: int) -> str:
    """Return the spreadsheet's letters for a column index: 0 is A, 25 is Z, 26 is AA."""
    before, letter = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)
