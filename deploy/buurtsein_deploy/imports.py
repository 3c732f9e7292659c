"""`buurtsein import reports FILE`: hands the rows of a hotline export to the reports service, over its HTTP API.

Invariant: a row is accepted at most once, however often the file is imported: its Idempotency-Key is made of its
number. Outcomes come in the order of the file, and rows with the same number are sent one after the other.
"""

import asyncio
import csv
import io
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from buurtsein_chassis.backoff import Backoff
from buurtsein_deploy.errors import StackError
from buurtsein_deploy.home import Home, write_private
from buurtsein_deploy.hotline import Export, Row, read

AT_ONCE = 8
ATTEMPTS = 5
TIMEOUT_SECONDS = 20.0
ACCEPTED, DUPLICATE = "accepted", "duplicate"

app = typer.Typer(no_args_is_help=True, help="Bring in what other systems hold.")
errors = Console(stderr=True)


@app.callback()
def _group() -> None:
    """Keep the noun in the command although there is only one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: `accepted`, `duplicate`, `refused:<code>` or `failed:<reason>`."""

    row: Row
    result: str

    @property
    def kind(self) -> str:
        """The part before the colon."""
        return self.result.partition(":")[0]

    @property
    def code(self) -> str:
        """The part behind it; empty when all went well."""
        return self.result.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Target:
    """The service and the right to use it."""

    url: str
    token: str


@app.command("reports")
def reports(
    file: Annotated[Path, typer.Argument(help="Export of a hotline: csv with ;")],
    *,
    url: Annotated[str | None, typer.Option(help="The reports service; else this stack's.")] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="A city officer's token; else BUURTSEIN_TOKEN, else this stack's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file's shape; send nothing.")] = False,
) -> None:
    """Report every row; exit status 1 when one was refused or failed. Safe to run again."""
    export = read(file)
    if dry_run:
        outcomes = [Outcome(row, f"refused:{row.fault}" if row.fault else "readable") for row in export.rows]
    else:
        outcomes = asyncio.run(_import(export, _target(url, token_file), quiet=as_json))
    errors_file = None if dry_run else _write_errors(file, export, outcomes)
    if as_json:
        typer.echo(json.dumps(_document(file, outcomes, errors_file), ensure_ascii=False, indent=2))
    else:
        _tell(outcomes, errors_file, lines=dry_run)
    if any(outcome.code for outcome in outcomes):
        raise typer.Exit(1)


def _target(url: str | None, token_file: Path | None) -> Target:
    token = token_file.read_text().strip() if token_file else os.environ.get("BUURTSEIN_TOKEN")
    if url and token:
        return Target(url, token)
    manifest = Home.default().manifest
    if not manifest.exists():
        raise StackError("no-stack", f"{manifest} is not there: start the stack, or give --url and a token")
    stack = json.loads(manifest.read_text())
    return Target(url or stack["services"]["reports"]["url"], token or stack["tokens"]["city-officer"])


async def _import(export: Export, target: Target, *, quiet: bool) -> list[Outcome]:
    """Send all rows, with a bar on a terminal and a line for each row that was not taken."""
    outcomes = []
    headers = {"Authorization": f"Bearer {target.token}"}
    async with httpx.AsyncClient(base_url=target.url, headers=headers, timeout=TIMEOUT_SECONDS) as client:
        with Progress(console=errors, disable=not errors.is_terminal) as progress:
            bar = progress.add_task("meldingen", total=len(export.rows))
            async for outcome in send_all(export.rows, client):
                outcomes.append(outcome)
                progress.advance(bar)
                if outcome.code and not quiet:
                    _tell_row(outcome)
    return outcomes


async def send_all(rows: Sequence[Row], client: httpx.AsyncClient) -> AsyncIterator[Outcome]:
    """A few rows at once; outcomes in the order given.

    Raises:
        StackError: `import-refused`, when the service does not let us in or is not the reports service.
    """
    slots = asyncio.Semaphore(AT_ONCE)
    last_of: dict[str, asyncio.Task[str]] = {}
    tasks = []
    for row in rows:
        task = asyncio.create_task(_in_turn(row, client, slots, last_of.get(row.number)))
        last_of[row.number] = task
        tasks.append(task)
    try:
        for row, task in zip(rows, tasks, strict=True):
            yield Outcome(row, await task)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _in_turn(
    row: Row, client: httpx.AsyncClient, slots: asyncio.Semaphore, before: "asyncio.Task[str] | None"
) -> str:
    if before:
        await asyncio.wait([before])
    async with slots:
        return f"refused:{row.fault}" if row.fault else await _send(row, client)


async def _send(row: Row, client: httpx.AsyncClient) -> str:
    """The row's result; what may pass is tried again a few times."""
    backoff = Backoff(first=0.2, most=5)
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(backoff.next())
        try:
            answer = await client.post(
                "/v1/reports", json=row.report, headers={"Idempotency-Key": f"hotline:{quote(row.number, safe='')}"}
            )
        except httpx.TransportError as error:
            reason = type(error).__name__
            continue
        if not _may_pass(answer):
            return _result(answer)
        reason = str(answer.status_code)
    return f"failed:{reason}"


def _may_pass(answer: httpx.Response) -> bool:
    return answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS


def _result(answer: httpx.Response) -> str:
    if answer.status_code == httpx.codes.CREATED:
        return DUPLICATE if answer.headers.get("Idempotent-Replayed") == "true" else ACCEPTED
    code = _code(answer)
    if code is None or answer.status_code in {401, 403, 404, 405}:
        raise StackError("import-refused", f"{answer.url} antwoordt {answer.status_code} {code or ''}: gestopt")
    return f"refused:{code}"


def _code(answer: httpx.Response) -> str | None:
    """The code of a problem; None when the answer is none."""
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return None


def _write_errors(file: Path, export: Export, outcomes: Sequence[Outcome]) -> Path | None:
    """The rows that were not taken, as they were, with the code behind; an older file goes when there are none."""
    path = file.with_name(f"{file.stem}.errors.csv")
    failed = [outcome for outcome in outcomes if outcome.code]
    if not failed:
        path.unlink(missing_ok=True)
        return None
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([*export.header, "code"])
    writer.writerows([*_padded(outcome.row.cells, len(export.header)), outcome.code] for outcome in failed)
    write_private(path, "\ufeff" + text.getvalue())
    return path


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _tell_row(outcome: Outcome) -> None:
    typer.echo(f"rij {outcome.row.line} {outcome.row.number} {outcome.result}")


def _tell(outcomes: Sequence[Outcome], errors_file: Path | None, *, lines: bool) -> None:
    if lines:
        for outcome in (outcome for outcome in outcomes if outcome.code):
            _tell_row(outcome)
    counted = ", ".join(f"{number} {kind}" for kind, number in _summary(outcomes).items())
    typer.echo(f"{len(outcomes)} rijen: {counted}")
    if errors_file:
        typer.echo(f"Niet overgenomen rijen: {errors_file}")


def _summary(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.kind for outcome in outcomes))


def _document(file: Path, outcomes: Sequence[Outcome], errors_file: Path | None) -> dict[str, object]:
    rows = [{"row": outcome.row.line, "nummer": outcome.row.number, "outcome": outcome.result} for outcome in outcomes]
    return {
        "file": str(file),
        "rows": rows,
        "summary": _summary(outcomes),
        "errors_file": str(errors_file) if errors_file else None,
    }
