"""Decides which unit of the police or the city handles a report, by rules that police and city keep as data.

Invariant: each report gets a unit. The first rule that fits decides. When no rule fits, the report goes to the standard
unit of the police or of the city, whoever handles the report.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.geography import Area, Location, Postcode
from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.hours import Hour
from buurtsein_kernel.places import Region
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.domain.codes import CategoryCode, Code
from buurtsein_reports.domain.in_languages import Label
from buurtsein_reports.domain.questions import Answer, unique

DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


class Body(StrEnum):
    """The body to which a unit belongs: the city, the police, or another one."""

    CITY = "city"
    POLICE = "police"
    OTHER = "other"
    """A body outside of both, such as a network operator; it can get each report."""


def _cleaned_area(area: Any) -> Any:
    try:
        return None if area is None else cleaned(area)
    except NoArea as error:
        raise PydanticCustomError("area_unfit", "Dit gebied is geen bruikbaar vlak.") from error


type RuleArea = Annotated[Area | None, BeforeValidator(_cleaned_area)]
"""A Polygon or MultiPolygon in GeoJSON, such as a part of the municipality."""


def _region_of(area: Area | None) -> Region | None:
    return Region(area.model_dump()) if area else None


def _is_in(region: Region, place: Location | None) -> bool:
    return place is not None and region.has_point(place.longitude, place.latitude)


class Unit(BaseModel):
    """A unit that handles reports, such as a team of the city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    name: Label
    body: Body
    area: RuleArea = None
    """The area from which rules give reports to the unit; None for the whole municipality."""

    @cached_property
    def _region(self) -> Region | None:
        return _region_of(self.area)

    def works_at(self, place: Location | None) -> bool:
        """Return whether a place lies in the unit's area; a unit without an area works everywhere."""
        return self._region is None or _is_in(self._region, place)

    def can_have(self, route_to: list[Route]) -> bool:
        """Return whether the unit can handle a report of these parties; one of another body can handle each."""
        return self.body is Body.OTHER or Route(self.body) in route_to


class RoutedFacts(BaseModel):
    """The data of a report by which the rules choose a unit."""

    category: str
    route_to: list[Route]
    location: Location | None
    network_id: UUID | None
    answers: dict[str, Answer]
    reported_at: datetime

    @cached_property
    def local(self) -> datetime:
        """Return when the report came in, in Belgian time."""
        return self.reported_at.astimezone(BRUSSELS)


class RoutingRule(BaseModel):
    """A rule that gives reports to a unit; each condition that it has must fit, and an empty one always fits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    unit: Code
    categories: list[CategoryCode] = Field(default=[], max_length=100)
    postcodes: list[Postcode] = Field(default=[], max_length=100)
    network_ids: list[UUID] = Field(default=[], max_length=500)
    area: RuleArea = None
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(default=[], max_length=7)
    """The days of the week on which the report comes in, 1 for Monday."""
    between: tuple[Hour, Hour] | None = None
    """The hours, in Belgian time, in which the report comes in. The second is not included, and may be on the next
    day."""
    answers: dict[Code, Answer] = Field(default={}, max_length=10)
    """The answers that the reporter must have given."""

    @cached_property
    def _region(self) -> Region | None:
        return _region_of(self.area)

    def why(self, facts: RoutedFacts) -> str | None:
        """Return the Dutch words for the conditions that fit a report; None when one does not."""
        found = []
        for one in self._found(facts):  # a condition that does not fit ends the work: a dry run tries many rules
            if one is None:
                return None
            found.append(one)
        return ", ".join(found) or "elke melding"

    def _found(self, facts: RoutedFacts) -> Iterator[str | None]:
        """Yield the words for each condition of the rule, and None for one that does not fit."""
        place = facts.location
        if self.categories:
            yield f"soort {facts.category}" if facts.category in self.categories else None
        if self.postcodes:
            yield f"postcode {place.postcode}" if place and place.postcode in self.postcodes else None
        if self.network_ids:
            yield "in een netwerk van de regel" if facts.network_id in self.network_ids else None
        if self._region:
            yield "in het gebied van de regel" if _is_in(self._region, place) else None
        if self.weekdays:
            yield f"op {DAYS[facts.local.weekday()]}" if facts.local.isoweekday() in self.weekdays else None
        if self.between:
            yield self._hours(self.between, facts.local.time())
        for code, answer in self.answers.items():
            yield f"antwoord op {code}" if facts.answers.get(code) == answer else None

    @staticmethod
    def _hours(between: tuple[time, time], hour: time) -> str | None:
        start, end = between
        fits = start <= hour < end if start < end else hour >= start or hour < end
        return f"tussen {start:%H:%M} en {end:%H:%M}" if fits else None


class StandardUnits(BaseModel):
    """The units of city and police that get the reports which no rule fits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: Code
    police: Code


class RoutingDocument(BaseModel):
    """The units and the rules that give reports to them, as two people put them into force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    units: Annotated[list[Unit], unique(lambda one: one.code)] = Field(min_length=2, max_length=200)
    rules: Annotated[list[RoutingRule], unique(lambda one: one.code)] = Field(default=[], max_length=500)
    standard: StandardUnits

    @model_validator(mode="after")
    def _units_exist(self) -> Self:
        bodies = {one.code: one.body for one in self.units}
        if not {rule.unit for rule in self.rules} <= bodies.keys():
            raise PydanticCustomError("unit_missing", "Een regel noemt een dienst die hier niet staat.")
        if bodies.get(self.standard.city) is not Body.CITY or bodies.get(self.standard.police) is not Body.POLICE:
            raise PydanticCustomError("standard_unfit", "Een standaarddienst hoort niet bij de stad of de politie.")
        if any(one.area for one in self.units if one.code in {self.standard.city, self.standard.police}):
            raise PydanticCustomError("standard_has_area", "Een standaarddienst heeft geen eigen gebied.")
        return self


class Routed(BaseModel):
    """The unit that the rules chose for a report, by which rule of which edition, and why, in Dutch."""

    unit: str
    unit_rule: str | None = None
    unit_why: str
    routing_edition: int


class RoutingTable(RoutingDocument):
    """One edition of the units and rules; edition 0 is the one that the package ships."""

    edition: int = 0

    @cached_property
    def _units(self) -> Mapping[str, Unit]:
        return {one.code: one for one in self.units}

    def route(self, facts: RoutedFacts) -> Routed:
        """Return the unit for a report: the unit of the first rule that fits, or else a standard unit.

        A rule fits only when its unit can handle the report and, if the unit has an area, the report lies in that area.
        """
        for rule in self.rules:
            unit = self._units[rule.unit]
            if unit.can_have(facts.route_to) and unit.works_at(facts.location) and (why := rule.why(facts)):
                sentence = f"Regel {rule.code}: {why}."
                return Routed(unit=rule.unit, unit_rule=rule.code, unit_why=sentence, routing_edition=self.edition)
        party = facts.route_to[0]
        name = "de stad" if party is Route.CITY else "de politie"
        sentence = f"Geen regel past: de standaarddienst van {name}."
        return Routed(unit=getattr(self.standard, party), unit_why=sentence, routing_edition=self.edition)

    def require(self, code: str, route_to: list[Route]) -> Unit:
        """Return a unit that can handle a report; raise DomainError `unit_unknown` or `unit_unfit`."""
        unit = self._units.get(code)
        if unit is None:
            raise DomainError("unit_unknown", "Kies een dienst uit de lijst.")
        if not unit.can_have(route_to):
            raise DomainError("unit_unfit", "Deze dienst hoort bij wie de melding niet behandelt. Beoordeel ze eerst.")
        return unit


def shipped_routing() -> RoutingTable:
    """Return edition 0, which city and police must still confirm: two units of each, and no rules."""
    units = [
        Unit(code="stad", name="Meldpunt van de stad", body=Body.CITY),
        Unit(code="openbaar-domein", name="Openbaar domein", body=Body.CITY),
        Unit(code="politie", name="Lokale politie", body=Body.POLICE),
        Unit(code="wijkpolitie", name="Wijkpolitie", body=Body.POLICE),
    ]
    return RoutingTable(units=units, standard=StandardUnits(city="stad", police="politie"))
