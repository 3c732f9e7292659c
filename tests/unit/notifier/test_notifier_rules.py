"""The shipped alert rules load and their texts fit in an SMS; rules that make unusable alerts are refused."""

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_contracts.events.incident import Category
from buurtsein_notifier.cap import Encoding, sms_units
from buurtsein_notifier.domain.rule import Rule, RuleBook
from buurtsein_notifier.domain.texts import DUTCH, about

SHIPPED = (files("buurtsein_notifier") / "rules.toml").read_text()
GOOD: dict[str, Any] = {
    "id": "proef",
    "version": 1,
    "categories": ["inbraak"],
    "min_severity": "Moderate",
    "min_count": 3,
    "within_metres": 500,
    "within_hours": 24,
    "max_age_hours": 48,
    "needs_network": True,
    "kind": "HOT",
    "release": "officer",
    "decide_within_minutes": 60,
    "valid_minutes": 60,
    "certainty": "Likely",
    "response": ["Monitor"],
    "channels": ["sms"],
    "event": "Inbraken",
    "headline": "Inbraken in {buurt}",
    "description": "Melding van {feiten} in de buurt van {buurt}: {categorie}.",
    "instruction": "Ziet u iets verdachts? Bel 101.",
}

FRENCH = {
    "event": "Cambriolages",
    "headline": "Cambriolages ({buurt}). Suspect ? Appelez le 101.",
    "description": "La police a reçu {aantal} signalements près de {buurt}.",
    "instruction": "Fermez portes et fenêtres.",
}


def test_no_shipped_rule_releases_by_itself() -> None:
    rules = RuleBook.read(SHIPPED).rule
    assert {rule.release for rule in rules} == {Release.OFFICER, Release.TWO_OFFICERS}
    assert {rule.id for rule in rules if rule.release is Release.TWO_OFFICERS} == {"vermissing", "brand"}


def test_litter_and_noise_have_no_rule() -> None:
    book = RuleBook.read(SHIPPED)
    assert book.applicable(Category.ILLEGAL_DUMPING) == book.applicable(Category.NOISE) == []
    assert book.applicable("een categorie van morgen") == []
    assert [rule.id for rule in book.applicable(Category.BURGLARY)] == ["inbrakenreeks"]


@pytest.mark.parametrize("rule", RuleBook.read(SHIPPED).rule, ids=lambda rule: rule.id)
def test_a_shipped_headline_is_one_plain_sms(rule: Rule) -> None:
    texts = rule.texts(12, rule.categories, "BIN Molenstraat en omgeving")[DUTCH]
    count = sms_units(texts.headline)
    assert (count.units, count.encoding) == (1, Encoding.GSM_7)
    assert "{" not in "".join(texts.model_dump().values())
    assert "101" in texts.headline + texts.instruction or rule.kind is AlertKind.COLD or rule.id == "brand"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"headline": "Zie {tekst}"}, "placeholder_unknown"),
        ({"headline": "Zie {buurt.__class__}"}, "placeholder_unknown"),
        ({"headline": "Zie {buurt!r}"}, "placeholder_unknown"),
        ({"headline": "Zie {}"}, "placeholder_unknown"),
        ({"headline": "Zie {buurt"}, "headline"),
        ({"headline": "x" * 60 + "{buurt}"}, "headline_too_long"),
        ({"headline": "Let op in {buurt}. Bel 101."}, "call_without_condition"),
        ({"instruction": "Wees waakzaam. Bel meteen 112."}, "call_without_condition"),
        ({"fr": FRENCH | {"headline": "{categorie} ({buurt})"}}, "placeholder_unknown"),
        ({"de": FRENCH | {"instruction": "Rufen Sie 101 an."}}, "call_without_condition"),
        ({"headline": "Bravo's en êtres in {buurt}"}, "headline_too_long"),
        ({"release_roles": ["coordinator"]}, "release_roles"),
        ({"valid_minutes": 0}, "valid_minutes"),
        ({"certainty": "Unknown"}, "certainty"),
        ({"response": []}, "response"),
        ({"channels": ["fax"]}, "channels"),
        ({"categories": []}, "categories"),
        ({"categories": ["fietsdiefstal"]}, "categories"),
        ({"min_count": 0}, "min_count"),
        ({"min_severity": "Ernstig"}, "min_severity"),
        ({"release": "nobody"}, "release"),
        ({"max_age_hours": 23}, "age_too_short"),
        ({"free_text": True}, "free_text"),
    ],
)
def test_an_invalid_rule_is_refused(change: dict[str, Any], complaint: str) -> None:
    assert Rule.model_validate(GOOD)
    with pytest.raises(ValueError, match=complaint):
        Rule.model_validate(GOOD | change)


def test_a_rule_has_one_version_at_a_time() -> None:
    with pytest.raises(ValueError, match="staat er één keer: proef"):
        RuleBook.model_validate({"rule": [GOOD, GOOD | {"version": 2}]})


def filled(name: str, **changes: Any) -> str:
    """Return the headline that a rule gives for a network with this name."""
    return Rule.model_validate(GOOD | changes).texts(3, ["inbraak"], name)[DUTCH].headline


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("BIN Molenstraat", "Inbraken in BIN Molenstraat"),
        ("BIN Kapelleveld-Café", "Inbraken in BIN Kapelleveld-Café"),
        ("BIN Crêpe", "Inbraken in BIN Crêpe"),
        ("BIN De Crêpe en de Geuze aan de oude Dender tussen de twee bruggen", None),
        ("BIN Łódź", "Inbraken in BIN Łódź"),
        ("{buurt} {0}", "Inbraken in {buurt} {0}"),
    ],
)
def test_a_headline_fits_in_one_sms_whatever_the_letters_of_the_name(name: str, headline: str | None) -> None:
    plain = "Inbraken in BIN De Crepe en de Geuze aan de oude Dender tussen de twee bruggen"
    assert filled(name) == (headline or plain)
    assert sms_units(filled(name)).units == 1


@given(name=st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=100))
def test_every_headline_takes_the_units_that_its_rule_pays_for(name: str) -> None:
    for rule in RuleBook.read(SHIPPED).rule:
        headline = rule.texts(3, rule.categories, f"{name} en omgeving")[DUTCH].headline
        assert sms_units(headline).units <= rule.sms_units
        assert len(headline) <= 160


def test_a_rule_that_pays_for_two_sms_keeps_the_letters_of_a_long_name() -> None:
    name = "BIN De Crêpe en de Geuze aan de oude Dender tussen de twee bruggen"
    assert filled(name, sms_units=2).endswith(name)


def test_a_text_names_the_categories_that_were_counted() -> None:
    assert about(["inbraak"]) == "inbraak"
    assert (
        about(["verdacht voertuig", "verdacht gedrag", "verdacht gedrag"]) == "verdacht gedrag en een verdacht voertuig"
    )
    assert about(["inbraak", "vals geld", "iets nieuws"]) == "iets nieuws, inbraak en vals geld"
    texts = Rule.model_validate(GOOD).texts(1, ["inbraak"], "BIN X")[DUTCH]
    assert texts.description == "Melding van 1 feit in de buurt van BIN X: inbraak."


@pytest.mark.parametrize("rule", RuleBook.read(SHIPPED).rule, ids=lambda rule: rule.id)
def test_a_shipped_text_says_only_what_the_rule_knows(rule: Rule) -> None:
    texts = " ".join(rule.texts(1, rule.categories, "BIN X")[DUTCH].model_dump().values())
    assert not any(claim in texts.lower() for claim in ("verwittigd", "onderzoekt", "ter plaatse", "brand in bin"))


def test_other_languages_are_filled_in_too() -> None:
    texts = Rule.model_validate(GOOD | {"fr": FRENCH}).texts(3, ["inbraak"], "BIN X")
    assert list(texts) == ["nl", "fr"]
    assert texts["fr"].headline == "Cambriolages (BIN X). Suspect ? Appelez le 101."
