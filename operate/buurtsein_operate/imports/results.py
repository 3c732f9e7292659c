"""Shows an import's progress and result: as a progress bar, lines or JSON, and in a CSV file of refused rows.

Invariant: each result is written at once, so that the output of an interrupted import is complete up to that point.
"""

import csv
import json
import os
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from buurtsein_kernel.spreadsheets import guarded
from buurtsein_operate.imports.sending import Outcome
from buurtsein_operate.sheets import Remark, Row, Sheet
from buurtsein_operate.sheets.rows import OUR_COLUMNS

errors = Console(stderr=True)
SHOW_SECONDS = 30.0
"""The seconds between two lines of progress when standard error is no terminal and shows no bar."""
MOST_NOTES = 20
"""The most remarks on accepted rows that are printed for a person; the JSON document has all of them."""


class Writer(Protocol):
    """The interface of an object that writes an import's results: one call for each row, and one call at the end."""

    def row(self, outcome: Outcome) -> None:
        """Write the result of the next row of the file."""

    def end(self, summary: dict[str, int], errors_file: Path | None, *, complete: bool) -> None:
        """Write the end of the output; `complete` is false when the import was interrupted."""


class Lines:
    """Prints the results of an import as lines of text for people."""

    def __init__(self, export: Sheet) -> None:
        """Take the export, from which the messages get the spreadsheet address of a wrong cell, such as `E17`."""
        self._export = export
        self._notes = 0

    def row(self, outcome: Outcome) -> None:
        """Print a line when the row was not accepted, or when somebody should check how a cell was read."""
        self._notes += not outcome.code and bool(outcome.remarks)
        if outcome.code or (outcome.remarks and self._notes <= MOST_NOTES):
            remarks = "; ".join(sentence(self._export, outcome.row, remark) for remark in outcome.remarks)
            typer.echo(
                f"rij {outcome.row.line} {outcome.row.number} {outcome.result}{f' ({remarks})' if remarks else ''}"
            )

    def end(self, summary: dict[str, int], errors_file: Path | None, *, complete: bool) -> None:
        """Print how many rows had each result, and the path of the file with refused rows."""
        counted = ", ".join(f"{number} {kind}" for kind, number in summary.items())
        typer.echo(f"{sum(summary.values())} rijen: {counted}")
        if self._notes > MOST_NOTES:
            typer.echo(f"Nog {self._notes - MOST_NOTES} overgenomen rijen met een opmerking: zie --json")
        if errors_file:
            typer.echo(f"Niet overgenomen rijen: {errors_file}")
        if not complete:
            typer.echo("Afgebroken. Start dezelfde import opnieuw: wat er al is, wordt niet nog eens overgenomen.")


class Document:
    """Prints an import's results as one JSON document; each row is added to the document at once."""

    def __init__(self, export: Sheet, file: Path) -> None:
        """Write the beginning of the JSON document."""
        self._export, self._before = export, "\n    "
        self._remarks: list[dict[str, Any]] = []
        typer.echo(f'{{\n  "file": {_json(str(file))},\n  "rows": [', nl=False)

    def row(self, outcome: Outcome) -> None:
        """Write a row's line, number and result now; its remarks are written at the end of the document."""
        row = outcome.row
        typer.echo(
            f"{self._before}{_json({'row': row.line, 'nummer': row.number, 'outcome': outcome.result})}", nl=False
        )
        self._before = ",\n    "
        for remark in outcome.remarks:
            at = {"row": row.line, "column": remark.column, "cell": self._export.cell(row, remark.column)}
            self._remarks.append(at | {"code": remark.code, "text": remark.text})

    def end(self, summary: dict[str, int], errors_file: Path | None, *, complete: bool) -> None:
        """Write the rest of the JSON document."""
        rest = {"summary": summary, "complete": complete, "remarks": self._remarks}
        rest["errors_file"] = str(errors_file) if errors_file else None
        typer.echo(f"\n  ],\n  {_json(rest)[1:-1]}\n}}")


def sentence(export: Sheet, row: Row, remark: Remark) -> str:
    """Return a sentence in Dutch about a cell, such as `uur E17: '25:99' is geen uur`."""
    where = f"{remark.column} {export.cell(row, remark.column)}".strip()
    return f"{where}: {remark.text}" if where else remark.text


class ErrorsFile:
    """Writes rows that were not accepted to a CSV file, with the error code and reason in two extra columns.

    People correct the cells in that file and import it as it is. It is written beside the export with mode 0600 and
    replaces an older one when the import ends.
    """

    def __init__(self, file: Path, export: Sheet) -> None:
        """Take the path of the file, which is only created when a row is refused."""
        self.path = file.with_name(f"{file.stem}.errors.csv")
        self._new = self.path.with_name(f".{self.path.name}.new")
        self._export = export
        self._file: TextIO | None = None

    def row(self, outcome: Outcome) -> None:
        """Write a row that was not accepted; a cell that a spreadsheet would run as a formula gets an apostrophe."""
        if self._file is None:
            self._file = self._opened()
            self._write([*self._export.header, *OUR_COLUMNS])
        cells, width = outcome.row.cells, len(self._export.header)
        reasons = "; ".join(sentence(self._export, outcome.row, remark) for remark in outcome.remarks)
        mended = [*cells[:width], *[""] * (width - len(cells)), outcome.code, reasons, *cells[width:]]
        self._write([guarded(cell) for cell in mended])

    def end(self, *, complete: bool) -> Path | None:
        """Return the file's path; when every row was accepted, delete an older file and return None."""
        if self._file:
            self._file.close()
            self._new.replace(self.path)
            return self.path
        if complete:
            self.path.unlink(missing_ok=True)
        return None

    def _opened(self) -> TextIO:
        self._new.unlink(missing_ok=True)
        made = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(made, "w", encoding="utf-8-sig", newline="")

    def _write(self, cells: list[str]) -> None:
        csv.writer(self._file or self._opened(), delimiter=";", quoting=csv.QUOTE_ALL).writerow(cells)


class Tally:
    """Passes each row's result on to the writers, counts the results, and shows a progress bar."""

    def __init__(self, writer: Writer, errors_file: ErrorsFile | None, total: int, word: str) -> None:
        """Take the writer, the errors file (None for a dry run), the number of rows, and the Dutch word for them."""
        self._writer, self._errors_file, self._total, self._word = writer, errors_file, total, word
        self._counts: Counter[str] = Counter()
        self._begun = self._last_shown = time.monotonic()
        columns = (TextColumn(word), BarColumn(), MofNCompleteColumn(), TextColumn("nog"), TimeRemainingColumn())
        self._progress = Progress(*columns, console=errors, disable=not errors.is_terminal)
        self._bar = self._progress.add_task(word, total=total)

    def __enter__(self) -> Self:
        """Show the progress bar of the import."""
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the progress bar, the file of refused rows and the writer, also when the import was interrupted."""
        self._progress.stop()
        complete = kind is None
        where = self._errors_file.end(complete=complete) if self._errors_file else None
        self._writer.end(dict(self._counts), where, complete=complete)

    @property
    def all_taken(self) -> bool:
        """Return whether every row was accepted, by this import or an earlier one."""
        return not {"refused", "failed"} & self._counts.keys()

    def row(self, outcome: Outcome) -> None:
        """Count the result of the file's next row, and pass it to the writers."""
        self._counts[outcome.kind] += 1
        self._writer.row(outcome)
        if outcome.code and self._errors_file:
            self._errors_file.row(outcome)
        self._progress.advance(self._bar)
        self._show_now_and_then()

    def _show_now_and_then(self) -> None:
        now = time.monotonic()
        if errors.is_terminal or now - self._last_shown < SHOW_SECONDS:
            return
        self._last_shown, done = now, self._counts.total()
        left = timedelta(seconds=round((now - self._begun) / done * (self._total - done)))
        typer.echo(f"{done} van {self._total} {self._word}, nog ongeveer {left}", err=True)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
