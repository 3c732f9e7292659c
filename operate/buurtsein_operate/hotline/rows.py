"""Reads the rows of an export and makes the request for a report from each.

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
    """One row: its place in the file, its cells, and the report made of it."""

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
    """A file whose header was read; each row is read when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Take the path of the file; raise CommandError `import-file` when the file lacks the columns of an export."""
        self._table = Table(path, NEEDED)
        width = len(self._table.header)
        self._ours = len(OUR_COLUMNS) if tuple(self._table.names[-2:]) == OUR_COLUMNS else 0
        self.header = self._table.header[: width - self._ours]
        self.names = self._table.names[: width - self._ours]

    def rows(self) -> Iterator[Row]:
        """Yield every row that is not empty, in the order of the file."""
        return map(self._row, self._table.records())

    def count(self) -> int:
        """Return how many rows the export has below its header."""
        return sum(1 for _ in self._table.records())

    def cell(self, row: Row, column: str) -> str:
        """Return where a spreadsheet shows a cell, such as `D17`."""
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
        """Return the row's cells under column names, and the cells after the last column if any of these has text."""
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
    """Return the body of the request that submits a report, and remarks on cells; raise Unreadable for a bad cell."""
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
    """Return a spreadsheet's name for the column with this index: 0 is A, 25 is Z, 26 is AA."""
    before, letter = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)
