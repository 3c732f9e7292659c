"""Sends rows to the HTTP API of the reports service, as fast as its rate limit allows.

Invariant: the service accepts a row at most once, however often and by whomever the file is imported, because it stores
the row's number with the report. Outcomes come in the order of the rows; rows with the same number are sent one after
the other; memory does not grow with the number of rows.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import batched
from typing import Any
from uuid import uuid4

import httpx

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.command_errors import CommandError
from buurtsein_kernel.national_number import has_national_number
from buurtsein_operate.hotline import Remark, Row

AT_ONCE = 8
WINDOW = 200
"""How many rows are held in memory and looked up in one request."""
ATTEMPTS = 5
GIVE_UP = 3 * AT_ONCE
"""The import stops when this many consecutive rows failed."""
LONGEST_WAIT = 3600.0
"""The longest wait in seconds before the next request, also when the service asks for a longer one."""
ACCEPTED, DUPLICATE, REFUSED, FAILED = "accepted", "duplicate", "refused", "failed"

_OPTIONAL = {
    "location.street": ("location", "street", "straat"),
    "location.house_number": ("location", "house_number", "huisnummer"),
    "location.postcode": ("location", "postcode", "postcode"),
    "contact.email": ("contact", "email", "email_melder"),
}
"""The optional values of a report: their path in the request, and the column that they come from."""
_COLUMN_OF_FIELD = {
    "text": "omschrijving",
    "category": "categorie",
    "happened_from": "datum",
    "source.number": "nummer",
}
_COLUMN_OF_CODE = {
    "category_unknown": "categorie",
    "text_missing": "omschrijving",
    "future": "datum",
    "outside_area": "lat",
    "source_number_taken": "nummer",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one row: `accepted`, `duplicate`, `refused:<code>` or `failed:<reason>`."""

    row: Row
    result: str
    remarks: tuple[Remark, ...] = ()
    """Why the row was refused, or how its cells were read."""

    @property
    def kind(self) -> str:
        """Return the kind of result: the part before the colon, such as `refused`."""
        return self.result.partition(":")[0]

    @property
    def code(self) -> str:
        """Return the part of the result after the colon; empty for `accepted` and `duplicate`."""
        return self.result.partition(":")[2]


def refused(row: Row, remark: Remark) -> Outcome:
    """Return the result for a refused row, with its remark as the reason."""
    return Outcome(row, f"{REFUSED}:{remark.code}", (remark,))


class ServiceAway(Exception):
    """Raised when every attempt to send one request to the reports service failed."""


@dataclass(slots=True)
class Pace:
    """Makes all concurrent requests wait until the time from which the service accepts requests again."""

    until: float = 0.0

    async def wait(self) -> None:
        """Wait until the time at which the service will accept a request again."""
        while (left := self.until - time.monotonic()) > 0:  # noqa: ASYNC110 - another request may move the moment
            await asyncio.sleep(left)

    def obey(self, answer: httpx.Response, default: float) -> None:
        """Delay all requests as long as the header `Retry-After` says, in seconds or until a date.

        When the header is missing or unusable, that is `default` seconds.
        """
        self.until = max(self.until, time.monotonic() + _retry_after(answer, default))


def _retry_after(answer: httpx.Response, default: float) -> float:
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        left = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return default
    return min(max(left, 0.0), LONGEST_WAIT)


@dataclass(slots=True)
class ReportsService:
    """Sends an import's requests to the reports service."""

    client: httpx.AsyncClient
    system: str
    """The name of the system that numbered the rows; number and system together identify a report."""
    pace: Pace = field(default_factory=Pace)

    async def known(self, rows: Sequence[Row]) -> dict[str, datetime]:
        """Ask the service which rows it has already; return the incident times by row number."""
        numbers = sorted({row.number for row in rows if row.fault is None and len(row.number) <= 60})  # noqa: PLR2004
        if not numbers:
            return {}
        try:
            answer = await self._post("/v1/known-sources", {"system": self.system, "numbers": numbers})
        except ServiceAway:
            return {}
        if answer.status_code != httpx.codes.OK:
            _stop_unless_a_problem_of_the_row(answer)
            return {}
        return {item["number"]: datetime.fromisoformat(item["happened_from"]) for item in answer.json()["items"]}

    async def send(self, row: Row) -> Outcome:
        """Send a row as a report; if the service refuses optional values, send the row again without them."""
        body = row.report | {"source": {"system": self.system, "number": row.number}}
        try:
            answer = await self._report(body)
            smaller, left_out = _without_refused(body, answer)
            if left_out:
                answer = await self._report(smaller)
        except ServiceAway as away:
            return Outcome(row, f"{FAILED}:{away}")
        return _outcome(row, answer, (*row.notes, *left_out))

    async def _report(self, body: dict[str, Any]) -> httpx.Response:
        """Post one row's report; one Idempotency-Key for all attempts ensures that at most one report is created."""
        return await self._post("/v1/reports", body, {"Idempotency-Key": str(uuid4())})

    async def _post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        """Repeat a POST request until the service answers, within its rate limit; else raise ServiceAway."""
        backoff, failures = Backoff(first=0.2, most=5), 0
        while True:
            await self.pace.wait()
            try:
                answer = await self.client.post(path, json=body, headers=headers)
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    self.pace.obey(answer, default=1.0)
                    continue
                if not answer.is_server_error:
                    return answer
                reason = str(answer.status_code)
                self.pace.obey(answer, default=0.0)
            failures += 1
            if failures == ATTEMPTS:
                raise ServiceAway(reason)
            await asyncio.sleep(backoff.next())


async def send_all(
    rows: Iterable[Row], client: httpx.AsyncClient, system: str = "hotline"
) -> AsyncGenerator[Outcome, None]:
    """Send a few rows at a time, and yield their results in the order of the rows.

    Raises:
        CommandError: `import-refused`, when the service refuses the token or is not the reports service;
            `import-stopped`, when it no longer answers.
    """
    service, failed = ReportsService(client, system), 0
    for window in batched(rows, WINDOW):
        async for outcome in _window(window, service):
            yield outcome
            failed = failed + 1 if outcome.kind == FAILED else 0
            if failed == GIVE_UP:
                raise CommandError("import-stopped", f"de dienst antwoordt niet meer ({outcome.code}): gestopt")


async def _window(rows: Sequence[Row], service: ReportsService) -> AsyncIterator[Outcome]:
    known = await service.known(rows)
    slots = asyncio.Semaphore(AT_ONCE)
    last_of: dict[str, asyncio.Task[Outcome]] = {}
    tasks = []
    for row in rows:
        task = asyncio.create_task(_in_turn(row, service, known, slots, last_of.get(row.number)))
        last_of[row.number] = task
        tasks.append(task)
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _in_turn(
    row: Row,
    service: ReportsService,
    known: dict[str, datetime],
    slots: asyncio.Semaphore,
    before: "asyncio.Task[Outcome] | None",
) -> Outcome:
    if row.fault:
        return refused(row, row.fault)
    if before:
        await asyncio.wait([before])
    if row.number in known and _moment(row) == known[row.number]:
        return Outcome(row, DUPLICATE, row.notes)
    async with slots:
        return await service.send(row)


def _moment(row: Row) -> datetime | None:
    text = row.report.get("happened_from")
    return datetime.fromisoformat(text) if text else None


def _without_refused(body: dict[str, Any], answer: httpx.Response) -> tuple[dict[str, Any], tuple[Remark, ...]]:
    """Return the body without its refused optional values, and remarks on them, when nothing else was refused."""
    errors = _field_errors(answer)
    if not errors or any(error["field"] not in _OPTIONAL for error in errors):
        return body, ()
    smaller = {name: dict(part) if isinstance(part, dict) else part for name, part in body.items()}
    remarks = []
    for error in errors:
        part, member, column = _OPTIONAL[error["field"]]
        smaller[part].pop(member, None)
        remarks.append(Remark("cell_left_out", column, f"dit is weggelaten: {error['message']}"))
    return smaller, tuple(remarks)


def _field_errors(answer: httpx.Response) -> list[dict[str, str]]:
    if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY or _problem(answer).get("code") != "invalid_request":
        return []
    return list(_problem(answer).get("errors", []))


def _outcome(row: Row, answer: httpx.Response, notes: tuple[Remark, ...]) -> Outcome:
    if answer.status_code in {httpx.codes.CREATED, httpx.codes.OK}:
        return Outcome(row, ACCEPTED if answer.status_code == httpx.codes.CREATED else DUPLICATE, notes)
    _stop_unless_a_problem_of_the_row(answer)
    return refused(row, _reason(row, answer))


def _stop_unless_a_problem_of_the_row(answer: httpx.Response) -> None:
    code = _problem(answer).get("code")
    if code is None or answer.status_code in {401, 403, 404, 405}:
        raise CommandError("import-refused", f"{answer.url} antwoordt {answer.status_code} {code or ''}: gestopt")


def _reason(row: Row, answer: httpx.Response) -> Remark:
    """Return the service's refusal as a remark on the column with the refused value."""
    problem = _problem(answer)
    code = str(problem["code"])
    if errors := _field_errors(answer):
        field_ = errors[0]["field"]
        column = _COLUMN_OF_FIELD.get(field_) or _OPTIONAL.get(field_, ("", "", field_))[2]
        return Remark(code, column, str(errors[0]["message"]))
    return Remark(code, _column(row, code), str(problem.get("detail", "")))


def _column(row: Row, code: str) -> str:
    """Return the column to which an error code refers; for a missing value, the column whose cell is empty."""
    if code == "national_number":
        return next((name for name, cell in row.values.items() if has_national_number(cell)), "omschrijving")
    pairs = {"time_missing": ("datum", "uur"), "location_missing": ("lat", "lon")}
    if code in pairs:
        return next((name for name in pairs[code] if not row.values.get(name)), pairs[code][0])
    return _COLUMN_OF_CODE.get(code, "")


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the members of a problem document (RFC 9457); an empty dict when the response has another form."""
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
