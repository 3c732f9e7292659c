"""Fills in the templates of a rule, to make the texts of an alert for the members.

Invariant: a filled text fits in the SMS units that its rule pays for, has at most 160 characters, and asks to call an
emergency number only under a condition.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.incident import Category
from buurtsein_kernel.text import MARKUP, Plain
from buurtsein_notifier.cap.info_rules import HEADLINE_LIMIT
from buurtsein_notifier.cap.sms import plain_sms, sms_units

DUTCH = "nl"
_EVERYWHERE = frozenset({"aantal", "buurt"})
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_EMERGENCY_NUMBER = re.compile(r"\b(101|112)\b")
_CONDITION = re.compile(r"\b(als|wanneer|si|quand|wenn|falls|if|when)\b", re.IGNORECASE)
_LONGEST_NAME = "x" * 113
"""The longest name in a text: a network's name of 100 characters, and " en omgeving" for more networks."""

REPORTED = {
    Category.VEHICLE_DAMAGE: "schade aan voertuigen",
    Category.ENVIRONMENT: "een milieuprobleem",
    Category.SUSPICIOUS_VEHICLE: "een verdacht voertuig",
    Category.MISSING_PERSON: "een vermissing",
    Category.OTHER: "iets anders",
}
"""The words for a category after "meldingen over", when they differ from its name."""

LONGEST_TEXT = 1000
Text = Annotated[str, Field(min_length=3, max_length=LONGEST_TEXT)]
Template = Annotated[str, Field(min_length=3, max_length=LONGEST_TEXT), Plain]


def about(categories: Iterable[str]) -> str:
    """Return the Dutch names of these categories, each once, for use after "meldingen over" (reports of)."""
    named = [REPORTED.get(Category(one), one) if one in set(Category) else one for one in sorted(set(categories))]
    return " en ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def counted_reports(count: int) -> str:
    """Return a number of reports in Dutch words: `1 melding`, `3 meldingen`."""
    return "1 melding" if count == 1 else f"{count} meldingen"


def values_of(facts: int, categories: Iterable[str], neighbourhood: str) -> dict[str, str]:
    """Return the values that replace the place-holders in an alert's template."""
    return {
        "aantal": str(facts),
        "feiten": "1 feit" if facts == 1 else f"{facts} feiten",
        "categorie": about(categories),
        "buurt": neighbourhood,
    }


class Texts(BaseModel):
    """The texts that members read; the headline is also the SMS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Text
    headline: Text
    description: Text
    instruction: Text


class Templates(Texts):
    """The templates of an alert's texts in one language; place-holders stand for what differs for each alert."""

    event: Template
    headline: Template
    description: Template
    instruction: Template
    allowed: ClassVar[frozenset[str]] = _EVERYWHERE

    def filled(self, values: Mapping[str, str], units: int) -> Texts:
        """Return the filled texts; a network name that is too long for the SMS headline is shortened."""
        filled = {name: getattr(self, name).format(**values) for name in Texts.model_fields}
        return Texts(**filled | {"headline": self._headline(values, units)})

    def longest_fits(self, units: int) -> bool:
        """Return whether the headline fits into the allowed SMS units with the longest possible name of a network."""
        return _fits(self.headline.format(**values_of(200, [max(Category, key=len)], _LONGEST_NAME)), units)

    def _headline(self, values: Mapping[str, str], units: int) -> str:
        tried = (self.headline.format(**{**values, "buurt": name}) for name in _shorter(values["buurt"]))
        return next(text for text in tried if _fits(text, units))

    @field_validator(*Texts.model_fields)
    @classmethod
    def _usable(cls, template: str) -> str:
        for _, name, spec, conversion in Formatter().parse(template):
            if name is not None and (name not in cls.allowed or spec or conversion):
                detail = "Een tekst kent alleen deze plaatshouders: {allowed}."
                raise PydanticCustomError("placeholder_unknown", detail, {"allowed": ", ".join(sorted(cls.allowed))})
        if any(_orders_a_call(template)):
            detail = "Wie 101 of 112 moet bellen, leest ook wanneer: als er iets verdachts is, of na een vraag."
            raise PydanticCustomError("call_without_condition", detail)
        return template


class DutchTemplates(Templates):
    """Dutch templates, which can also use the place-holders `feiten` and `categorie`."""

    allowed: ClassVar[frozenset[str]] = _EVERYWHERE | {"feiten", "categorie"}


def _orders_a_call(text: str) -> Iterator[bool]:
    """Yield for each sentence whether it tells people, without a condition, to call an emergency number."""
    before = ""
    for sentence in _SENTENCES.split(text):
        calls = _EMERGENCY_NUMBER.search(sentence) is not None
        yield calls and not before.endswith("?") and not _CONDITION.search(sentence) and "?" not in sentence
        before = sentence


def _fits(text: str, units: int) -> bool:
    return len(text) <= HEADLINE_LIMIT and sms_units(text).units <= units and not MARKUP.search(text)


def _shorter(name: str) -> Iterator[str]:
    """Yield a network's name, the name in GSM-7 letters, shorter and shorter forms, and finally `uw buurt`."""
    yield name
    plain = plain_sms(name).replace("&", "en")
    yield from (plain[:length].rstrip() for length in range(len(plain), 0, -1))
    yield "uw buurt"
