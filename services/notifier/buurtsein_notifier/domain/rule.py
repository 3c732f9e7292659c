"""Alert rules as data: what must have been reported, where and when, and what the alert then says.

Invariant: a rule that could give an alert no peer would take (texts too long, unknown place-holders) does not load.
"""

import tomllib
from datetime import datetime, timedelta
from string import Formatter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_notifier.cap.info_rules import HEADLINE_LIMIT

PLACE_HOLDERS = frozenset({"aantal", "categorie", "buurt"})
_LONGEST = {"aantal": 200, "categorie": max(Category, key=len), "buurt": "x" * 113}
"""A network's name has at most 100 characters; an alert for more networks says "en omgeving"."""
SEVERITIES = tuple(Severity)
"""From mild to bad, as the contract lists them."""

Text = Annotated[str, Field(min_length=3, max_length=1000)]


class Texts(BaseModel):
    """What the members read. The headline is also the SMS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Text
    headline: Text
    description: Text
    instruction: Text


class Rule(Texts):
    """One rule; its four texts are templates."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    version: int = Field(ge=1)
    categories: frozenset[Category] = Field(min_length=1)
    min_severity: Severity
    min_count: int = Field(ge=1, le=100)
    within_metres: int = Field(ge=1, le=20_000)
    within_hours: int = Field(ge=1, le=24 * 30)
    max_age_hours: int = Field(ge=1, le=24 * 30)
    needs_network: bool
    network_kind: NetworkKind | None = None
    kind: AlertKind
    release: Release
    expires_minutes: int = Field(ge=5, le=7 * 24 * 60)

    @property
    def label(self) -> str:
        """The rule and its version, as events and judgements name it."""
        return f"{self.id}/{self.version}"

    def texts(self, count: int, category: str, neighbourhood: str) -> Texts:
        """The templates filled in."""
        values = {"aantal": count, "categorie": category, "buurt": neighbourhood}
        return Texts(**{name: getattr(self, name).format(**values) for name in Texts.model_fields})

    @property
    def severities(self) -> list[str]:
        """The severities that count."""
        return list(map(str, SEVERITIES[SEVERITIES.index(self.min_severity) :]))

    def is_severe_enough(self, severity: str) -> bool:
        """Whether a severity reaches the rule's; one that is not known here does not."""
        return severity in self.severities

    @field_validator(*Texts.model_fields)
    @classmethod
    def _known_place_holders(cls, template: str) -> str:
        for _, name, spec, conversion in Formatter().parse(template):
            if name is not None and (name not in PLACE_HOLDERS or spec or conversion):
                raise ValueError(f"a text knows only {', '.join(sorted(PLACE_HOLDERS))}")
        return template

    @model_validator(mode="after")
    def _fits(self) -> "Rule":
        if self.max_age_hours < self.within_hours:
            raise ValueError("max_age_hours must be at least within_hours")
        if len(self.headline.format(**_LONGEST)) > HEADLINE_LIMIT:
            raise ValueError(f"the headline may pass {HEADLINE_LIMIT} characters with a long network name")
        return self


class SameFact(BaseModel):
    """Reports of one category that are nearer to each other than this are likely about one fact, and count once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metres: int = Field(default=15, ge=0, le=1000)
    minutes: int = Field(default=60, ge=0, le=24 * 60)


class FoundLater(BaseModel):
    """Categories that people find out about afterwards, and how long afterwards at most.

    A report of them with a beginning and no end counts from when it was reported: until then it may have happened.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: frozenset[Category] = frozenset()
    within_hours: int = Field(default=0, ge=0, le=24 * 30)


class RuleBook(BaseModel):
    """All rules; a rule has one version at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    same_fact: SameFact = SameFact()
    found_later: FoundLater = FoundLater()
    rule: tuple[Rule, ...]

    @classmethod
    def read(cls, text: str) -> "RuleBook":
        """From TOML; ValueError says what is wrong."""
        return cls.model_validate(tomllib.loads(text))

    def applicable(self, category: str) -> list[Rule]:
        """The rules for a category."""
        return [rule for rule in self.rule if category in rule.categories]

    def moment(self, category: str, began: datetime, ended: datetime | None, reported: datetime | None) -> datetime:
        """The last moment at which it can have happened; `reported` is absent for what was told by telephone before."""
        if ended:
            return min(ended, reported) if reported else ended
        found = reported and category in self.found_later.categories
        if found and reported and reported - began <= timedelta(hours=self.found_later.within_hours):
            return reported
        return began

    @property
    def max_age_hours(self) -> int:
        """After this no rule looks at a report any more."""
        return max((rule.max_age_hours for rule in self.rule), default=0)

    @model_validator(mode="after")
    def _once_each(self) -> "RuleBook":
        ids = [rule.id for rule in self.rule]
        if repeated := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"rule {', '.join(repeated)} stands there twice")
        return self
