"""Defines the conditions of an alert rule about place, time and channel; a report must fulfil all of them."""

from datetime import datetime
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.hours import Hour
from buurtsein_kernel.places import Region
from buurtsein_notifier.domain.facts import Fact, Incident, Network

Ordered = PlainSerializer(sorted)
"""Writes a set as a sorted list, so that the same rules are always the same document."""


def _cleaned(area: Any) -> Any:
    try:
        return None if area is None else cleaned(area)
    except NoArea as error:
        raise PydanticCustomError("area_unfit", "Dit gebied is geen bruikbaar vlak.") from error


class Conditions(BaseModel):
    """The optional conditions of a rule; a rule without conditions judges reports of every place, hour and channel."""

    area: Annotated[Area | None, BeforeValidator(_cleaned)] = None
    """A Polygon or MultiPolygon in GeoJSON in which the incident must have happened."""
    network_kind: NetworkKind | None = None
    network_ids: Annotated[frozenset[UUID], Ordered] = Field(default=frozenset(), max_length=500)
    """The networks that the rule may alert; an empty set means all networks."""
    between: tuple[Hour, Hour] | None = None
    """The hours, in Belgian time, in which it must have happened; the second is not included, and may be the next
    day."""
    reported_by: Annotated[frozenset[ReportChannel], Ordered] = frozenset()
    """The channels by which the report may have come in; an empty set means every channel."""

    def unmet(self, incident: Incident) -> str | None:
        """Return the Dutch sentence for the first condition that a report does not fulfil; None when it fulfils all."""
        if self.reported_by and incident.channel not in self.reported_by:
            return "De regel kijkt niet naar meldingen die langs deze weg binnenkomen."
        if not self._is_inside(incident.longitude, incident.latitude):
            return "De plaats ligt niet in het gebied van de regel."
        if self.between and not self._is_in_time(incident.happened_at):
            return f"Het gebeurde niet tussen {self.between[0]:%H:%M} en {self.between[1]:%H:%M}."
        return None

    def covers(self, fact: Fact) -> bool:
        """Return whether a fact (one thing that happened) lies in the area and the hours of the rule."""
        return self._is_inside(fact.longitude, fact.latitude) and self._is_in_time(fact.happened_at)

    def may_alert(self, network: Network) -> bool:
        """Return whether the rule may alert this network."""
        is_of_kind = self.network_kind in {None, network.kind}
        return is_of_kind and (not self.network_ids or network.network_id in self.network_ids)

    @property
    def is_narrow(self) -> bool:
        """Return whether the rule counts only facts of an area or of some hours."""
        return self.area is not None or self.between is not None

    @cached_property
    def _region(self) -> Region | None:
        return Region(self.area.model_dump()) if self.area else None

    def _is_inside(self, longitude: float, latitude: float) -> bool:
        return self._region is None or self._region.has_point(longitude, latitude)

    def _is_in_time(self, moment: datetime) -> bool:
        if self.between is None:
            return True
        start, end = self.between
        hour = moment.astimezone(BRUSSELS).time()
        return start <= hour < end if start < end else hour >= start or hour < end
