"""Checks JSON from outside: I-JSON (RFC 7493), at most 64 levels deep, without characters that PostgreSQL cannot store.

Invariant: accepted JSON has the same meaning for every parser. Python's own parser takes the last of two equal keys,
accepts NaN and lone surrogates, and reads 1e999 as infinity; other parsers do not.
"""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from buurtsein_chassis.problem import Problem

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON parser keeps exactly (RFC 7493, 2.2)."""


def check_json(body: bytes) -> None:
    """Check that the body of a request is I-JSON of at most 64 levels, without text that PostgreSQL cannot store.

    Raises:
        Problem: 400 `invalid_json`; 422 `invalid_text` for a NUL character.
    """
    try:
        value = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise _invalid() from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    if b"\\u" in body:
        _check_texts(value)


def canonical(body: bytes) -> bytes:
    """Encode JSON in one standard form, so that bodies with the same meaning give the same bytes.

    The body must have passed `check_json`.

    Keys are sorted, there is no white space, and numbers have one form, as in RFC 8785: `1.0` and `1` are the same.
    """
    value = json.loads(body, parse_float=_number) if body else None
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _number(digits: str) -> float | int:
    number = float(digits)
    return int(number) if number.is_integer() else number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level if isinstance(node, dict | list) for child in _children(node)]
        if not level:
            return
    raise _invalid()


def _children(node: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node


def _check_texts(value: Any) -> None:
    """Raise an error for text with NUL or half of a surrogate pair, which JSON escapes can contain."""
    for text in _texts(value):
        if "\0" in text:
            raise Problem(422, "invalid_text", "De tekst bevat een teken dat niet kan worden bewaard.")
        try:
            text.encode()
        except UnicodeEncodeError as error:  # half of a surrogate pair
            raise _invalid() from error


def _texts(value: Any) -> Iterator[str]:
    """Yield every string and every key in a JSON value.

    It calls itself for each level; `check_json` limits the depth first.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        yield from value if isinstance(value, dict) else ()
        for child in _children(value):
            yield from _texts(child)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("the same key twice")
    return made


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("not a finite number")
    return number


def _exact(digits: str) -> int:
    number = int(digits)
    if abs(number) > MAX_INTEGER:
        raise ValueError("not an exact number")
    return number


def _no_number(_: str) -> NoReturn:
    raise ValueError("not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite, parse_int=_exact, parse_constant=_no_number)


def _invalid() -> Problem:
    return Problem(400, "invalid_json", "De aanvraag is geen geldige JSON.")
