"""Sends the rows of a hotline's export to the reports service.

Invariant: the service accepts a row at most once, however often and by whomever the file is imported, because it stores
the row's number with the report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from buurtsein_kernel.national_number import has_national_number
from buurtsein_operate.imports.sending import ACCEPTED, DUPLICATE, FAILED, Outcome, refused
from buurtsein_operate.imports.service import (
    Service,
    ServiceAway,
    field_errors,
    problem,
    stop_unless_a_problem_of_the_row,
)
from buurtsein_operate.sheets import Remark, Row

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
    "address_unknown": "straat",
    "address_ambiguous": "straat",
    "neighbourhood_unknown": "deelgemeente",
}


@dataclass(slots=True)
class Reports:
    """Sends the rows of a hotline's export to the reports service."""

    service: Service
    system: str = "hotline"
    """The name of the system that numbered the rows; number and system together identify a report."""

    async def known(self, rows: Sequence[Row]) -> set[int]:
        """Return the line numbers of rows that the reports service already has with the same incident time."""
        moments = await self._moments(rows)
        return {row.line for row in rows if row.number in moments and _moment(row) == moments[row.number]}

    async def _moments(self, rows: Sequence[Row]) -> dict[str, datetime]:
        numbers = sorted({row.number for row in rows if row.fault is None and len(row.number) <= 60})  # noqa: PLR2004
        if not numbers:
            return {}
        try:
            answer = await self.service.post("/v1/known-sources", {"system": self.system, "numbers": numbers})
        except ServiceAway:
            return {}
        if answer.status_code != httpx.codes.OK:
            stop_unless_a_problem_of_the_row(answer)
            return {}
        return {item["number"]: datetime.fromisoformat(item["happened_from"]) for item in answer.json()["items"]}

    async def send(self, row: Row) -> Outcome:
        """Send a row as a report; if the service refuses optional values, send the row again without them."""
        body = row.body | {"source": {"system": self.system, "number": row.number}}
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
        return await self.service.post("/v1/reports", body, {"Idempotency-Key": str(uuid4())})


def _moment(row: Row) -> datetime | None:
    text = row.body.get("happened_from")
    return datetime.fromisoformat(text) if text else None


def _without_refused(body: dict[str, Any], answer: httpx.Response) -> tuple[dict[str, Any], tuple[Remark, ...]]:
    """Return the request body without refused optional values, with remarks, if only optional values were refused."""
    errors = field_errors(answer)
    if not errors or any(error["field"] not in _OPTIONAL for error in errors):
        return body, ()
    smaller = {name: dict(part) if isinstance(part, dict) else part for name, part in body.items()}
    remarks = []
    for error in errors:
        part, member, column = _OPTIONAL[error["field"]]
        smaller[part].pop(member, None)
        remarks.append(Remark("cell_left_out", column, f"dit is weggelaten: {error['message']}"))
    return smaller, tuple(remarks)


def _outcome(row: Row, answer: httpx.Response, notes: tuple[Remark, ...]) -> Outcome:
    if answer.status_code in {httpx.codes.CREATED, httpx.codes.OK}:
        return Outcome(row, ACCEPTED if answer.status_code == httpx.codes.CREATED else DUPLICATE, notes)
    stop_unless_a_problem_of_the_row(answer)
    return refused(row, _reason(row, answer))


def _reason(row: Row, answer: httpx.Response) -> Remark:
    """Return the reason why the service refused a row, as a remark on the column with the refused value."""
    told = problem(answer)
    code = str(told["code"])
    if errors := field_errors(answer):
        field_ = errors[0]["field"]
        column = _COLUMN_OF_FIELD.get(field_) or _OPTIONAL.get(field_, ("", "", field_))[2]
        return Remark(code, column, str(errors[0]["message"]))
    return Remark(code, _column(row, code), str(told.get("detail", "")))


def _column(row: Row, code: str) -> str:
    """Return the column to which an error code refers; for a missing value, the column whose cell is empty."""
    if code == "national_number":
        return next((name for name, cell in row.values.items() if has_national_number(cell)), "omschrijving")
    pairs = {"time_missing": ("datum", "uur"), "location_missing": ("lat", "lon")}
    if code in pairs:
        return next((name for name in pairs[code] if not row.values.get(name)), pairs[code][0])
    return _COLUMN_OF_CODE.get(code, "")
