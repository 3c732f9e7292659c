"""Rules as data: what ships loads and fits an SMS; what could give an unusable alert does not load."""

from importlib.resources import files
from typing import Any

import pytest

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_contracts.events.incident import Category
from buurtsein_notifier.cap import Encoding, sms_units
from buurtsein_notifier.domain.rule import Rule, RuleBook

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
    "expires_minutes": 60,
    "event": "Inbraken",
    "headline": "Inbraken in {buurt}",
    "description": "{aantal} meldingen van {categorie} in {buurt}.",
    "instruction": "Bel 101.",
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
    texts = rule.texts(12, min(rule.categories), "BIN Molenstraat en omgeving")
    count = sms_units(texts.headline)
    assert (count.units, count.encoding) == (1, Encoding.GSM_7)
    assert "{" not in "".join(texts.model_dump().values())
    assert "101" in texts.headline + texts.instruction or rule.kind is AlertKind.COLD or rule.id == "brand"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"headline": "Zie {tekst}"}, "knows only"),
        ({"headline": "Zie {buurt.__class__}"}, "knows only"),
        ({"headline": "Zie {buurt!r}"}, "knows only"),
        ({"headline": "Zie {}"}, "knows only"),
        ({"headline": "Zie {buurt"}, "headline"),
        ({"headline": "x" * 60 + "{buurt}"}, "160"),
        ({"categories": []}, "categories"),
        ({"categories": ["fietsdiefstal"]}, "categories"),
        ({"min_count": 0}, "min_count"),
        ({"min_severity": "Ernstig"}, "min_severity"),
        ({"release": "nobody"}, "release"),
        ({"max_age_hours": 23}, "max_age_hours"),
        ({"free_text": True}, "free_text"),
    ],
)
def test_a_rule_that_cannot_work_does_not_load(change: dict[str, Any], complaint: str) -> None:
    assert Rule.model_validate(GOOD)
    with pytest.raises(ValueError, match=complaint):
        Rule.model_validate(GOOD | change)


def test_a_rule_has_one_version_at_a_time() -> None:
    with pytest.raises(ValueError, match="proef stands there twice"):
        RuleBook.model_validate({"rule": [GOOD, GOOD | {"version": 2}]})
