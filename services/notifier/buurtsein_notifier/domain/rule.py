"""Defines the alert rules, which are data: which reports, where and when, lead to an alert, and what it says.

Invariant: a rule is refused when it is read if its alert could be invalid, as with a text that is too long or an
unknown place-holder.
"""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain.campaign import Campaign, Minutes
from buurtsein_notifier.domain.conditions import Conditions, Ordered
from buurtsein_notifier.domain.limits import DIGEST, Budget, Digest, Inhibition, Overload
from buurtsein_notifier.domain.texts import DUTCH, DutchTemplates, Templates, Texts, values_of

SEVERITIES = tuple(Severity)
"""All severities, from the mildest to the worst."""

type Releaser = Literal["officer", "dispatcher", "mandated-officer"]


class Channel(StrEnum):
    """The channel by which BE-Alert reaches the members: SMS, voice or e-mail."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


class Outcome(StrEnum):
    """The result of a rule when enough incidents were reported: an alert, a daily digest, or only a judgement."""

    ALERT = "alert"
    DIGEST = "digest"
    """One cold alert a day about all that was counted."""
    NOTHING = "nothing"
    """Only a judgement is stored, such as for a new rule that police try out for a while."""


PLAIN = Texts(
    event="Melding in uw buurt",
    headline="Melding in uw buurt ({buurt})",
    description="De politie kreeg {feiten} gemeld in de buurt van {buurt}: {categorie}.",
    instruction="Wees waakzaam. Ziet u iets verdachts? Bel 101.",
)
"""The texts that replace the texts of a rule that fails."""


class Rule(DutchTemplates, Conditions):
    """One alert rule; its texts are templates, in Dutch and possibly in other languages."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    version: int = Field(ge=1)
    categories: Annotated[frozenset[Category], Ordered] = Field(min_length=1)
    min_severity: Severity
    min_count: int = Field(ge=1, le=100)
    within_metres: int = Field(ge=1, le=20_000)
    within_hours: int = Field(ge=1, le=24 * 30)
    max_age_hours: int = Field(ge=1, le=24 * 30)
    needs_network: bool
    outcome: Outcome = Outcome.ALERT
    kind: AlertKind
    release: Release
    release_roles: Annotated[frozenset[Releaser], Ordered] = frozenset({"officer", "dispatcher"})
    """The roles that may release, refuse, settle and cancel its alerts."""
    decide_within_minutes: Minutes
    """For how many minutes an alert can be released after its proposal."""
    valid_minutes: Minutes
    """For how many minutes the message is valid after the release."""
    certainty: Literal[Certainty.OBSERVED, Certainty.LIKELY, Certainty.POSSIBLE, Certainty.UNLIKELY]
    response: tuple[ResponseType, ...] = Field(min_length=1)
    """What people should do, in CAP's terms."""
    channels: tuple[Channel, ...] = Field(min_length=1)
    sms_units: int = Field(default=1, ge=1, le=4)
    """How many SMS units the headline may have."""
    fr: Templates | None = None
    de: Templates | None = None
    en: Templates | None = None
    _fails: bool = PrivateAttr(default=False)

    @property
    def label(self) -> str:
        """Return the id and version of the rule, as they are written in events and judgements."""
        return f"{self.id}/{self.version}"

    @property
    def beyond(self) -> int:
        """Return the maximum distance in metres between a fact and the area of a network that gets the alert."""
        return 0 if self.needs_network else self.within_metres

    @property
    def fails(self) -> bool:
        """Return whether a part of the rule cannot be used, so that a person must look at each of its alerts."""
        return self._fails

    def failing(self, **without: object) -> Self:
        """Return this rule with plain texts and without automatic release, because a part of it fails.

        `without` has the values that replace the failing ones.
        """
        release = Release.OFFICER if self.release is Release.AUTOMATIC else self.release
        plain = {**dict(PLAIN), "fr": None, "de": None, "en": None, "release": release}
        made = self.model_copy(update=plain | without)
        made._fails = True  # noqa: SLF001 - an object of this class
        return made

    def texts(self, facts: int, categories: Iterable[str], neighbourhood: str) -> dict[str, Texts]:
        """Return the filled templates by language, Dutch first."""
        values = values_of(facts, categories, neighbourhood)
        return {language: one.filled(values, self.sms_units) for language, one in self._templates.items()}

    @property
    def _templates(self) -> dict[str, Templates]:
        others = {"fr": self.fr, "de": self.de, "en": self.en}
        return {DUTCH: self} | {language: one for language, one in others.items() if one}

    @property
    def severities(self) -> list[str]:
        """Return the severities with which a report counts by this rule, the mildest first."""
        return list(map(str, SEVERITIES[SEVERITIES.index(self.min_severity) :]))

    def is_severe_enough(self, severity: str) -> bool:
        """Return whether a severity reaches the rule's minimum; False for an unknown severity."""
        return severity in self.severities

    @model_validator(mode="after")
    def _fits(self) -> "Rule":
        if self.max_age_hours < self.within_hours:
            detail = "Een melding mag minstens zo oud zijn als de uren waarbinnen feiten samen tellen."
            raise PydanticCustomError("age_too_short", detail)
        if not all(one.longest_fits(self.sms_units) for one in self._templates.values()):
            detail = "Met een lange naam van een netwerk past de titel niet in 160 tekens en het aantal sms'en."
            raise PydanticCustomError("headline_too_long", detail)
        return self


class SameFact(BaseModel):
    """The distance and time within which reports of one category are about the same incident, and count once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metres: int = Field(default=15, ge=0, le=1000)
    minutes: int = Field(default=60, ge=0, le=24 * 60)


class FoundLater(BaseModel):
    """The categories of incidents that people often discover later, and the maximum number of hours until then.

    If a report in these categories has no end and is made within these hours, the time of the report counts as the time
    of the incident, because the incident may have happened at any time until then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: Annotated[frozenset[Category], Ordered] = frozenset()
    within_hours: int = Field(default=0, ge=0, le=24 * 30)


class RuleBook(BaseModel):
    """All alert rules of an installation; each rule has one version at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    same_fact: SameFact = SameFact()
    found_later: FoundLater = FoundLater()
    budget: Budget = Budget()
    overload: Overload = Overload()
    inhibition: Inhibition = Inhibition()
    digest: Digest = DIGEST
    campaign: tuple[Campaign, ...] = Field(default=(), max_length=50)
    rule: tuple[Rule, ...] = Field(max_length=200)

    @classmethod
    def read(cls, text: str) -> "RuleBook":
        """Read the alert rules in a TOML text; raise ValueError with what is wrong."""
        return cls.model_validate(tomllib.loads(text))

    def applicable(self, category: str) -> list[Rule]:
        """Return the alert rules that judge reports of a category."""
        return [rule for rule in self.rule if category in rule.categories]

    def moment(self, category: str, began: datetime, ended: datetime | None, reported: datetime | None) -> datetime:
        """Return the latest time at which the reported incident can have happened.

        `reported` is the time of the report, or None when it is not known.
        """
        if ended:
            return min(ended, reported) if reported else ended
        found = reported and category in self.found_later.categories
        if found and reported and reported - began <= timedelta(hours=self.found_later.within_hours):
            return reported
        return began

    @property
    def max_age_hours(self) -> int:
        """Return the maximum age in hours of a report; no rule judges an older report."""
        return max((rule.max_age_hours for rule in self.rule), default=0)

    @property
    def longest_fact(self) -> timedelta:
        """Return the age from which no rule uses a fact any more, also not for a new report about the same fact."""
        return timedelta(hours=self.max_age_hours, minutes=self.same_fact.minutes)

    @property
    def longest_limit(self) -> timedelta:
        """Return the time in which an alert can hold back later alerts, by budget, overload or inhibition."""
        hours, minutes = self.inhibition.hours, self.overload.minutes
        return max(timedelta(days=self.budget.days), timedelta(hours=hours), timedelta(minutes=minutes))

    @model_validator(mode="after")
    def _once_each(self) -> "RuleBook":
        ids = [*(one.id for one in self.rule), *(one.id for one in self.campaign)]
        if repeated := sorted({one for one in ids if ids.count(one) > 1}):
            detail = "Elke regel staat er één keer: {repeated}."
            raise PydanticCustomError("rule_repeated", detail, {"repeated": ", ".join(repeated)})
        return self
