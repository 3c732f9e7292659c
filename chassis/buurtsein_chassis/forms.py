"""Reads forms (`application/x-www-form-urlencoded`) from outside: UTF-8, each field once, at most 100 fields."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from buurtsein_chassis.problem import Problem

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100


def media_type(headers: Headers) -> str:
    """Return the media type of a body without its parameters, in small letters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def read_form(body: bytes) -> Mapping[str, str]:
    """Return the fields of a form.

    Raises:
        Problem: 400 `invalid_form`, also for a field that occurs twice; 422 `invalid_text` for a NUL character.
    """
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise _invalid() from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _invalid()
    if any("\0" in text for pair in pairs for text in pair):
        raise Problem(422, "invalid_text", "De tekst bevat een teken dat niet kan worden bewaard.")
    return fields


def _invalid() -> Problem:
    return Problem(400, "invalid_form", "Het formulier is niet leesbaar.")
