"""Makes error responses as RFC 9457 problem+json, with a stable `code` for programs and a `detail` for people.

The detail is in the reader's language when a catalogue has a sentence for the code, and in Dutch otherwise.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from buurtsein_chassis.database import TRANSIENT
from buurtsein_chassis.documents import UnknownSchema
from buurtsein_chassis.field_errors import sentence
from buurtsein_chassis.languages import Reader, language_headers, reader_of
from buurtsein_kernel.problems import DomainError, ProblemKind, Value

log = structlog.get_logger("http")

_STATUS = {
    ProblemKind.INVALID: 422,
    ProblemKind.CONFLICT: 409,
    ProblemKind.MISSING: 404,
    ProblemKind.FORBIDDEN: 403,
    ProblemKind.STALE: 412,
    ProblemKind.UNAVAILABLE: 503,
}
RETRY_AFTER_SECONDS = "2"
_FIELD = re.compile(r"^[\w-]{1,40}$", re.ASCII)
_PLAIN = {
    404: ("not_found", "Dit adres bestaat niet."),
    405: ("method_not_allowed", "Deze methode bestaat hier niet."),
}


class Problem(Exception):
    """Raised for an error of the HTTP layer itself; rules of the domain raise DomainError instead."""

    def __init__(
        self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **values: Value
    ) -> None:
        """Make an HTTP error from its status, its stable code, a detail in Dutch, and values for other languages."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        self.values = values


def problem_response(
    reader: Reader,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
    values: Mapping[str, Value] | None = None,
) -> JSONResponse:
    """Return the HTTP response (problem+json) for an error in the reader's language; `detail` is the Dutch sentence."""
    told = reader.told("problems", code, detail, values or {})
    body = {"type": f"urn:buurtsein:problem:{code}", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"code": code, "detail": told.sentence, **(members or {})}
    all_headers = {**language_headers(told.language), **(headers or {})}
    if status == HTTPStatus.UNAUTHORIZED:
        all_headers = {"WWW-Authenticate": "Bearer", **all_headers}
    return JSONResponse(body, status, all_headers, media_type="application/problem+json")


def handle_problems(app: FastAPI) -> None:
    """Make the app answer every error with problem+json."""
    app.add_exception_handler(Problem, _problem)  # type: ignore[arg-type]
    app.add_exception_handler(DomainError, _domain_error)  # type: ignore[arg-type]
    app.add_exception_handler(asyncpg.DataError, _data_error)  # type: ignore[arg-type]
    app.add_exception_handler(UnknownSchema, _newer_document)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid_request)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http_exception)  # type: ignore[arg-type]
    for transient in TRANSIENT:
        app.add_exception_handler(transient, _unavailable)


def respond(problem: Problem, scope: Scope) -> JSONResponse:
    """Return the HTTP response (problem+json) to a request for a Problem."""
    return problem_response(
        reader_of(scope),
        problem.status,
        problem.code,
        problem.detail,
        headers=problem.headers,
        values=problem.values,
    )


async def _problem(request: Request, error: Problem) -> JSONResponse:
    return respond(error, request.scope)


async def _data_error(request: Request, error: asyncpg.DataError) -> JSONResponse:
    """Answer 422 when the database cannot store a value that all other checks accepted."""
    log.error("http.value_refused", exc_info=error)
    detail = "Een van de waarden kan niet worden bewaard."
    return problem_response(reader_of(request.scope), 422, "invalid_value", detail)


async def _domain_error(request: Request, error: DomainError) -> JSONResponse:
    members = {"allowed": list(error.allowed)} if error.kind is ProblemKind.CONFLICT else {}
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if error.kind is ProblemKind.UNAVAILABLE else {}
    reader, status = reader_of(request.scope), _STATUS[error.kind]
    members |= error.members
    return problem_response(
        reader, status, error.code, error.detail, headers=headers, members=members, values=error.values
    )


async def _invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
    errors, reader = error.errors(), reader_of(request.scope)
    members = {"errors": _fields(errors, reader)}
    if any(e["type"] == "national_number" for e in errors):
        detail = "Haal het rijksregisternummer uit uw tekst. We mogen het niet bewaren."
        return problem_response(reader, 422, "national_number", detail, members=members)
    detail = "De aanvraag is onvolledig of fout ingevuld."
    return problem_response(reader, 422, "invalid_request", detail, members=members)


def _fields(errors: Sequence[Any], reader: Reader) -> list[dict[str, str]]:
    """Return the field name and a sentence for each error, without the field's value, which may be personal data."""
    return [
        {"field": ".".join(map(_name, e["loc"][1:])) or "body", "code": e["type"], "message": sentence(e, reader)}
        for e in errors
    ]


def _name(part: Any) -> str:
    """Return a part of the path to an invalid field, a name or an index, in the form that clients may see.

    A name with unusual characters, which the client chose, is replaced by `?`.
    """
    return str(part) if _FIELD.match(str(part)) else "?"


async def _http_exception(request: Request, error: HTTPException) -> JSONResponse:
    code, detail = _PLAIN.get(error.status_code, ("http_error", "De aanvraag is geweigerd."))
    return problem_response(reader_of(request.scope), error.status_code, code, detail, headers=error.headers)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    request.app.state.database.failed(error)
    log.warning("http.unavailable", error=type(error).__name__)
    detail = "De dienst is even niet bereikbaar. Probeer het zo meteen opnieuw, met dezelfde Idempotency-Key."
    return problem_response(
        reader_of(request.scope), 503, "unavailable", detail, headers={"Retry-After": RETRY_AFTER_SECONDS}
    )


async def _newer_document(request: Request, error: UnknownSchema) -> JSONResponse:
    """Answer 503 for a row that a newer release wrote, which a process of the newer release can read."""
    log.warning("http.newer_document", exc_info=error)
    detail = "Een nieuwere versie van de dienst heeft dit bewaard. Probeer het zo meteen opnieuw."
    return problem_response(
        reader_of(request.scope), 503, "newer_document", detail, headers={"Retry-After": RETRY_AFTER_SECONDS}
    )


def unexpected(error: Exception, scope: Scope) -> JSONResponse:
    """Return the response to a request that ended in an unexpected exception; the log has its class and place."""
    log.error("http.failed", exc_info=error)
    detail = "Er ging iets mis bij ons. Probeer het later opnieuw."
    return problem_response(reader_of(scope), 500, "internal_error", detail)
