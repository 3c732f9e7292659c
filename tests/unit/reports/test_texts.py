"""Texts for people exist in all four languages, and the Dutch texts use plain language."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from buurtsein_contracts.events.incident import Category
from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.domain.texts import Catalogue

CATALOGUE = Catalogue.shipped()


def raw(language: str) -> dict[str, Any]:
    path = files("buurtsein_reports") / "texts" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def sentences(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for part in value.values() if isinstance(value, dict) else value:
            yield from sentences(part)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("category", Category)
def test_each_category_has_a_next_step_and_advice_in_each_language(language: Language, category: Category) -> None:
    texts, dutch = (CATALOGUE.in_language(one).categories[category] for one in (language, Language.NL))
    assert texts.next_step
    assert len(texts.advice) == len(dutch.advice)
    assert language is Language.NL or texts.next_step != dutch.next_step


@pytest.mark.parametrize("missing", ["reminder", "question", "complaint", "categories"])
def test_a_missing_text_stops_the_start(missing: str) -> None:
    languages = {one: raw(one) for one in Language}
    del languages[Language.DE][missing]
    with pytest.raises(ValidationError):
        Catalogue.model_validate({"languages": languages})


def test_a_missing_category_in_one_language_stops_the_start() -> None:
    languages = {one: raw(one) for one in Language}
    del languages[Language.FR]["categories"]["brand"]
    with pytest.raises(ValidationError, match="no entry for brand"):
        Catalogue.model_validate({"languages": languages})


def test_a_missing_language_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="no entry for en"):
        Catalogue.model_validate({"languages": {one: raw(one) for one in Language if one is not Language.EN}})


def test_the_shipped_categories_are_those_of_the_contract() -> None:
    assert {one.category for one in shipped_categories().categories} == set(Category)


@pytest.mark.parametrize("language", Language)
def test_the_texts_contain_no_codes_and_no_placeholders(language: Language) -> None:
    told = list(sentences(raw(language)))
    assert not [one for one in told if re.search(r"_|[A-Z]{4,}|undefined|TODO", one)]


def test_dutch_sentences_are_short() -> None:
    lengths = [len(one.split()) for text in sentences(raw("nl")) for one in re.split(r"[.?!:] ?", text)]
    assert max(lengths) <= 20


@pytest.mark.parametrize("language", Language)
def test_a_reporter_reads_until_when_and_when_that_day_is_over(language: Language) -> None:
    told = Catalogue.shipped().in_language(language)
    until, late = (told.term(date(2026, 12, 1), date(2026, 12, day)) for day in (1, 2))
    assert "01/12/2026" in until
    assert "01/12/2026" in late
    assert until != late
