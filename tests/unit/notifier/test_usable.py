"""Texts that an adapter returns are cleaned, so that PostgreSQL can store them."""

import math

import pytest

from buurtsein_notifier.adapters import Answer, CannotSay, Delivered, Found, Outcome, Refused, TryAgain, Unknown
from buurtsein_notifier.adapters.usable import usable_answer, usable_outcome


@pytest.mark.parametrize("reference", ["a\x00b", "\ud800", "x" * 201, "", "a\u202eb", 7, b"x"])
def test_a_hostile_reference_becomes_none(reference: object) -> None:
    assert usable_outcome(Delivered(reference)) == Delivered(None)  # type: ignore[arg-type]
    assert usable_answer(Found(reference)) == Found(None)  # type: ignore[arg-type]


def test_an_ordinary_reference_stays() -> None:
    assert usable_outcome(Delivered("BA-2026/1 é")) == Delivered("BA-2026/1 é")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (TryAgain("weg\x00", after=math.nan), TryAgain("reason_unreadable")),
        (TryAgain("http_503", after=math.inf, find_first=True), TryAgain("http_503", find_first=True)),
        (TryAgain("http_503", after=-1), TryAgain("http_503")),
        (TryAgain("http_503", after=3), TryAgain("http_503", after=3.0)),
        (Refused("nee, omdat het niet mag"), Refused("reason_unreadable")),
        (None, Unknown("no_outcome")),
        ("sent", Unknown("no_outcome")),
    ],
)
def test_any_outcome_can_be_stored(given: Outcome, kept: Outcome) -> None:
    assert usable_outcome(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"), [(CannotSay("\ud800"), CannotSay("reason_unreadable")), (None, CannotSay("no_answer"))]
)
def test_any_answer_can_be_stored(given: Answer, kept: Answer) -> None:
    assert usable_answer(given) == kept
