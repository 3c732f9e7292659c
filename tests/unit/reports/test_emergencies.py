"""A report's text is accepted, refused with advice to call 101 or 112, or leads to a question to the reporter."""

import sys
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from buurtsein_reports.domain.emergency import Emergencies, Strength
from buurtsein_reports.domain.emergency.proof import LEAST_PRECISION, LEAST_RECALL, prove, require_good

LISTS = Emergencies.shipped()
SHIPPED = (files("buurtsein_reports") / "emergencies.toml").read_text(encoding="utf-8")
LONGEST = 3000


def test_strong_signs_are_found_and_ordinary_sentences_pass(capsys: pytest.CaptureFixture[str]) -> None:
    proof = prove(LISTS)
    with capsys.disabled():
        print(f"\n{proof}")
        for one in proof.wrong:
            print(f"  {one.kind} ({one.language}) judged {one.found.name}: {one.text}")
    assert len(proof.sentences) >= 120
    assert 3 * sum(one.kind == "ordinary" for one in proof.sentences) >= len(proof.sentences)
    assert {one.language for one in proof.sentences} == {"nl", "fr", "en", "de"}
    assert proof.recall >= LEAST_RECALL
    assert proof.precision >= LEAST_PRECISION
    assert proof.passed >= LEAST_PRECISION


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Er zijn gewonden.", "Er zijn geen gewonden."),
        ("Levensgevaar!", "Er is geen levensgevaar."),
        ("Er staat een man in mijn tuin.", "Gisteren stond er een man in mijn tuin."),
        ("Er is brand in de garage.", "Als er brand is in de garage, kan niemand weg."),
        ("Er wordt ingebroken bij de buren.", "Er werd ingebroken bij de buren."),
        ("Il y a des blessés.", "Il n'y a pas de blessés."),
        ("The house is on fire.", "The house is not on fire."),
        ("Es brennt im Haus.", "Es brennt nicht im Haus."),
        ("Het huis van de buren brandt.", "De lamp van de buren brandt."),
        ("Een man ligt op het voetpad.", "Een matras ligt op het voetpad."),
    ],
)
def test_the_words_around_a_sign_decide_whether_it_is_an_emergency(yes: str, no: str) -> None:
    assert LISTS.strength(yes) is Strength.STRONG
    assert LISTS.strength(no) is Strength.NONE


def test_a_denial_counts_only_in_its_own_clause() -> None:
    assert LISTS.strength("Er zijn geen gewonden, maar er staat een auto in brand.") is Strength.STRONG
    assert LISTS.strength("Hij luistert niet en hij heeft een mes.") is Strength.STRONG


def test_capitals_accents_and_stretched_letters_do_not_matter() -> None:
    for text in ("ER STAAT EEN MAN IN MIJN TUIN", "un blesse dans la rue", "braaand!!!", "Er ís bránd"):
        assert LISTS.strength(text) is Strength.STRONG, text


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("Someone just got stabbed", Strength.STRONG),
        ("Er is net iemand neergestoken", Strength.STRONG),
        ("Er was een vrouw gewond", Strength.WEAK),
        ("Vorige week werd er iemand neergestoken", Strength.NONE),
        ("Er is net een fiets gestolen", Strength.WEAK),
        ("Er werd een fiets gestolen", Strength.NONE),
    ],
)
def test_who_was_hurt_just_now_needs_help_and_a_stolen_bicycle_is_asked_about(text: str, strength: Strength) -> None:
    assert LISTS.strength(text) is strength


@pytest.mark.parametrize("there_is", ["There's", "There\u2019s", "Theres", "THERE'S", "There is"])
def test_contracted_words_are_read_in_full(there_is: str) -> None:
    assert LISTS.strength(f"{there_is} smoke coming out of the flat above us") is Strength.STRONG


@pytest.mark.parametrize("between", ["", "hier", "hier heel hard", "hier al de hele avond echt vreselijk hard"])
def test_words_in_between_do_not_hide_gas(between: str) -> None:
    assert LISTS.strength(f"Het ruikt {between} naar gas in de gang") is Strength.STRONG


def test_a_word_that_weakens_a_sign_counts_only_nearby() -> None:
    assert LISTS.strength("Er staat een man in mijn tuin, hij wil afval laden") is Strength.NONE
    far = "Ge moet direct de politie sturen want ik ben hier helemaal alleen thuis en er staat een man in mijn tuin"
    assert LISTS.strength(far) is Strength.STRONG


def test_the_signs_in_a_text_are_returned() -> None:
    assert LISTS.signs("Ik ruik gas in de kelder") == {"gas": Strength.STRONG}


@given(st.text(max_size=LONGEST))
def test_any_text_can_be_judged(text: str) -> None:
    assert LISTS.strength(text) in Strength


def calls_for(text: str) -> int:
    """Return how many Python function calls it takes to judge a text; the number is equal on every machine."""
    count = 0

    def counting(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        LISTS.strength(text)
    finally:
        sys.setprofile(None)
    return count


HOSTILE = [
    "a ",
    "in ",
    "niet ",
    "probeert te ",
    "een man in mijn tuin ",
    "er is niet als gisteren brand ",
    "zou er is een man als een ",
    "brand in ",
    "aa",
    ". ",
    "!",
    "é",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_linearly_with_the_text(piece: str) -> None:
    once = (piece * LONGEST)[:LONGEST]
    assert calls_for(once + once) <= 2.3 * calls_for(once)


def test_a_zone_can_change_the_lists_and_worse_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "emergencies.toml"
    path.write_text(SHIPPED.replace('"staat .. in brand", ', ""), encoding="utf-8")
    assert require_good(Emergencies.load(path))
    path.write_text(SHIPPED.replace('"gaslek", ', "").replace('all = [["<burning>"]]', 'all = [["vuurzee"]]'), "utf-8")
    with pytest.raises(ValueError, match=r"not good enough: .* recall 0\."):
        require_good(Emergencies.load(path))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"inbreker", ', '"in*", '),
        ("recent_minutes = 10", "recent_minutes = -1"),
        ("[groups]", "[grupos]"),
        ('"inbreker", ', '"l\'auteur", '),
        ('"<burglar>",', '"<burgler>",'),
    ],
)
def test_invalid_lists_are_refused(tmp_path: Path, good: str, bad: str) -> None:
    path = tmp_path / "emergencies.toml"
    path.write_text(SHIPPED.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises((ValidationError, ValueError)):
        Emergencies.load(path)
