"""Reads the rows of a CSV file, including rows that spreadsheets or people have damaged.

Invariant: memory does not grow with the file. A row that cannot be split into cells is returned with the reason, and
reading goes on at the next line that looks like a row.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from buurtsein_chassis.command_errors import CommandError

DELIMITERS = (";", ",", "\t", "|")
LONGEST_LINE = 200_000
"""The largest number of characters in a line; a file with a longer line is refused as no export."""
MOST_LINES = 200
"""The largest number of lines that one quoted cell may have."""
_SEPARATOR = re.compile(r'"?sep=(.)"?[;,\t]*', re.IGNORECASE)
_UNCLOSED = "een aanhalingsteken wordt niet gesloten"
_STRAY = "een aanhalingsteken staat midden in een cel"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a CSV file, with its cells exactly as in the file."""

    line: int
    """The line of the file on which the row begins, counted from 1."""
    sheet_row: int
    """The row number in a spreadsheet, where a cell of several lines takes one row only."""
    cells: list[str]
    fault: str | None = None
    """Why the row could not be split into cells, in Dutch."""


class Table:
    """A CSV file with a header; each iteration over its rows reads the file again from the beginning."""

    def __init__(self, path: Path, needed: Sequence[str], day: str | None = None) -> None:
        """Read the header; raise CommandError `import-file` when one of the columns in `needed` is missing.

        `day` is a column that begins with a digit in each row.
        """
        self._path = path
        self._encoding = _encoding(path)
        with self._open() as file:
            self._first_line, self._delimiter, header = _header(path, file, needed)
        self.header = header
        self.names = [name.casefold() for name in header]
        self._last_needed = max(map(self.names.index, needed))
        self._day = self.names.index(day) if day else None

    def records(self) -> Iterator[Record]:
        """Yield the rows below the header, and skip empty rows.

        Raises:
            CommandError: `import-file`, when a part of the file is not text.
        """
        with self._open() as file:
            lines = _lines(self._path, file)
            for _ in range(self._first_line):
                next(lines)
            records = _records(lines, self._first_line, self._delimiter, self._is_row)
            yield from (record for record in records if any(cell.strip() for cell in record.cells))

    def _open(self) -> TextIO:
        errors = "windows-1252" if self._encoding == "utf-8-sig" else "replace"
        return self._path.open(encoding=self._encoding, errors=errors, newline="")

    def _is_row(self, line: str) -> bool:
        """Return whether a line after an unclosed quote is a new row rather than the rest of a quoted cell."""
        cells = line.split(self._delimiter)
        closes = cells[0].endswith('"') and not cells[0].startswith('"')
        if len(cells) <= self._last_needed or closes:
            return False
        return self._day is None or cells[self._day].lstrip(' "')[:1].isdigit()


def _windows(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252, also when the rest of the file is UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252", _windows)


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CommandError("import-file", f"{path} kan niet gelezen worden: {error.strerror}") from error
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(b"PK\x03\x04"):
        raise CommandError("import-file", f"{path} is geen tekst maar een werkmap: bewaar ze als csv")
    if b"\0" in head:
        raise CommandError("import-file", f"{path} is geen tekst (UTF-8, Windows-1252, of UTF-16 met BOM)")
    return "utf-8-sig"


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise CommandError("import-file", f"{path} is geen export: een regel heeft meer dan {LONGEST_LINE} tekens")
        yield line


def _header(path: Path, file: TextIO, needed: Sequence[str]) -> tuple[int, str, list[str]]:
    """Return the line number of the header, the delimiter, and the column names as written in the file."""
    named: tuple[str, ...] = ()
    for number, line in enumerate(_lines(path, file), start=1):
        text = line.strip("\ufeff\r\n")
        if separator := _SEPARATOR.fullmatch(text):
            named = (separator[1],)
        elif text.strip():
            best = min((*named, *DELIMITERS), key=lambda delimiter: len(_missing(text, delimiter, needed)))
            if missing := _missing(text, best, needed):
                raise CommandError("import-file", f"{path} mist de kolommen {', '.join(missing)} (gescheiden door ;)")
            return number, best, _names(path, text, best)
    raise CommandError("import-file", f"{path} is leeg")


def _missing(text: str, delimiter: str, needed: Sequence[str]) -> list[str]:
    names = [name.casefold() for name in _names_in(text, delimiter)]
    return [name for name in needed if name not in names]


def _names_in(text: str, delimiter: str) -> list[str]:
    return [name.strip("\ufeff ") for name in _split([text], delimiter)[0]]


def _names(path: Path, text: str, delimiter: str) -> list[str]:
    names = _names_in(text, delimiter)
    folded = [name.casefold() for name in names if name]
    if twice := sorted({name for name in folded if folded.count(name) > 1}):
        raise CommandError("import-file", f"{path} heeft meer dan een kolom {', '.join(twice)}")
    return names


def _records(lines: Iterator[str], line: int, delimiter: str, is_row: Callable[[str], bool]) -> Iterator[Record]:
    """Yield the rows of the lines after the header; `line` is the header's line number."""
    back: deque[str] = deque()
    row = 1
    while first := _next(back, lines):
        taken, line, row = [first], line + 1, row + 1
        cells, fault = _split(taken, delimiter)
        while fault == _UNCLOSED and len(taken) < MOST_LINES and (following := _next(back, lines)):
            if is_row(following):
                back.appendleft(following)
                break
            taken.append(following)
            cells, fault = _split(taken, delimiter)
        yield Record(line, row, cells, fault)
        line += len(taken) - 1


def _next(back: deque[str], lines: Iterator[str]) -> str:
    return back.popleft() if back else next(lines, "")


def _split(lines: Sequence[str], delimiter: str) -> tuple[list[str], str | None]:
    """Return a row's cells, and its fault or None; the quotes in a faulty row are ignored."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        reason = _UNCLOSED if "unexpected end" in str(error) else _STRAY
        return "".join(lines).strip("\r\n").split(delimiter), reason
    if any("\0" in one for one in lines):
        return [cell.replace("\0", "") for cell in rows[0]], "een teken NUL staat in de rij"
    return (rows[0] if rows else []), None
