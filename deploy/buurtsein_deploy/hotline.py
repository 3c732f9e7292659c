"""Reads the export of a municipal hotline: what a Belgian spreadsheet writes, with the dirt that people leave in it.

Invariant: a file that is no export stops with one sentence; a cell that cannot be read is left out of the report, and
the service says what is missing. Only a row that cannot be told apart from others is refused here.
"""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from buurtsein_deploy.errors import StackError

BRUSSELS = ZoneInfo("Europe/Brussels")
NEEDED = ("nummer", "categorie", "omschrijving", "datum", "uur", "lat", "lon")
TIMES = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, the cells as they are, and the report it makes."""

    line: int
    """Line of the file on which it begins; the header is line 1."""
    number: str
    cells: list[str]
    report: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    """Why it cannot be sent: `number_missing` or `row_malformed`."""


@dataclass(frozen=True, slots=True)
class Export:
    """A whole file."""

    header: list[str]
    rows: list[Row]


def read(path: Path) -> Export:
    """The export in a file.

    Raises:
        StackError: `import-file`, when it cannot be read, is empty, or is not such an export.
    """
    try:
        lines = _lines(_text(path))
        return _export(path, lines)
    except csv.Error as error:
        raise StackError("import-file", f"{path} is geen geldig csv-bestand: {error}") from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StackError("import-file", f"{path} kan niet gelezen worden: {error.strerror}") from error
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise StackError("import-file", f"{path} is geen tekst (UTF-8 of Windows-1252)")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; a quoted cell may hold line ends. Empty rows are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _export(path: Path, lines: Iterator[tuple[int, list[str]]]) -> Export:
    _, header = next(lines, (1, []))
    if not header:
        raise StackError("import-file", f"{path} is leeg")
    names = [name.strip().casefold() for name in header]
    if missing := [name for name in NEEDED if name not in names]:
        raise StackError("import-file", f"{path} mist de kolommen {', '.join(missing)} (gescheiden door ;)")
    rows = [_row(line, names, cells) for line, cells in lines]
    if not rows:
        raise StackError("import-file", f"{path} bevat geen enkele melding")
    return Export(header, rows)


def _row(line: int, names: list[str], cells: list[str]) -> Row:
    values = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    number = values.get("nummer", "")
    if len(cells) > len(names):
        return Row(line, number, cells, fault="row_malformed")
    if not number:
        return Row(line, number, cells, fault="number_missing")
    return Row(line, number, cells, _report(values))


def _report(values: dict[str, str]) -> dict[str, Any]:
    """The body of the request; always the same for the same row."""
    return _present({
        "channel": "hotline",
        "category": values.get("categorie", ""),
        "text": values.get("omschrijving", ""),
        "happened_from": _moment(values.get("datum", ""), values.get("uur", "")),
        "location": _present({
            "latitude": _number(values.get("lat", "")),
            "longitude": _number(values.get("lon", "")),
            "postcode": values.get("postcode") or None,
            "street": values.get("straat") or None,
            "house_number": values.get("huisnummer") or None,
        }),
        "contact": _present({"email": values.get("email_melder") or None}),
    })  # fmt: skip


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _moment(day: str, hour: str) -> str | None:
    """RFC 3339, from the clock in Brussels; None for a day or hour that does not exist."""
    for form in TIMES:
        try:
            return datetime.strptime(f"{day} {hour}", form).replace(tzinfo=BRUSSELS).isoformat()
        except ValueError:
            continue
    return None


def _number(text: str) -> float | None:
    """With a decimal comma or point; None for what is no number."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
