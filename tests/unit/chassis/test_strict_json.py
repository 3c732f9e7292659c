"""A request body is accepted only when every JSON parser reads the same values from it."""

import json
import timeit
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_chassis.problem import Problem
from buurtsein_chassis.strict_json import MAX_DEPTH, MAX_INTEGER, check_json


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


REFUSED = {
    "the same key twice": b'{"a": 1, "a": 2}',
    "the same key twice, deeper": b'[{"b": {"a": 1, "a": 1}}]',
    "the same key, once escaped": b'{"a": 1, "\\u0061": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "an infinite number": b"[1e999]",
    "an inexact integer": str(MAX_INTEGER + 1).encode(),
    "a number of many digits": b"9" * 5000,
    "ten thousand brackets": b"[" * 10_000,
    "a hundred thousand objects": b'{"a":' * 100_000,
    "one too deep": nested(MAX_DEPTH + 1),
    "a lone surrogate": b'["\\ud800"]',
    "a lone surrogate in a key": b'{"\\udfff": 1}',
    "a surrogate in UTF-8": b'["\xed\xa0\x80"]',
    "no UTF-8": b"\xff\xfe[\x00]\x00",
    "a byte order mark": b"\xef\xbb\xbf[]",
    "a raw control character": b'["\x01"]',
    "a raw NUL": b'["\x00"]',
    "a comment": b"[1] // one",
    "two documents": b"[] []",
    "half a document": b'{"a"',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_json_that_parsers_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        check_json(body)
    assert (caught.value.status, caught.value.code) == (400, "invalid_json")


@pytest.mark.parametrize("body", [b'["\\u0000"]', b'{"a": {"\\u0000": 1}}'])
def test_a_nul_character_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        check_json(body)
    assert (caught.value.status, caught.value.code) == (422, "invalid_text")


@pytest.mark.parametrize(
    "body",
    [b"null", b'"\\ud83d\\ude00"', b'"\\\\u0000 \\\\ud800"', b'"\xe2\x80\xae"', nested(MAX_DEPTH), b"1e308", b" [] "],
)
def test_unusual_but_unambiguous_json_passes(body: bytes) -> None:
    check_json(body)


leaves: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-MAX_INTEGER, MAX_INTEGER),
    st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)),
)


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner)), st.booleans())
def test_all_json_that_python_writes_passes(value: Any, ascii_only: bool) -> None:
    check_json(json.dumps(value, ensure_ascii=ascii_only).encode())


@given(st.binary())
def test_any_bytes_are_accepted_as_json_or_give_a_problem(body: bytes) -> None:
    try:
        check_json(body)
    except Problem:
        return
    json.loads(body)


def test_the_check_of_an_ordinary_request_takes_almost_no_time() -> None:
    report = {
        "category": "inbraak",
        "text": "Poging tot inbraak aan de achterdeur, café \u00e9\u00e9n. " * 5,
        "happened_from": "2026-11-24T05:00:00+00:00",
        "location": {"latitude": 50.9312, "longitude": 4.0711, "postcode": "9300", "street": "Dorp"},
        "contact": {"name": "Jan Peeters", "email": "jan@voorbeeld.be"},
    }
    body = json.dumps(report).encode()
    seconds = min(timeit.repeat(lambda: check_json(body), number=100, repeat=20)) / 100
    assert seconds < 50e-6
