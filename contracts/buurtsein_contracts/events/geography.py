"""Defines places in events, in WGS84: named fields, and GeoJSON with longitude before latitude (RFC 7946)."""

from typing import Annotated, Literal, cast

from pydantic import Field, model_validator

from buurtsein_contracts.model import EventPart, Privacy, described

MAX_AREA_POINTS = 500
MAX_AREA_PARTS = 50

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Position = tuple[Longitude, Latitude]
Ring = Annotated[list[Position], Field(min_length=4, max_length=MAX_AREA_POINTS)]
"""A closed line: the last position repeats the first."""
Rings = Annotated[list[Ring], Field(min_length=1, max_length=MAX_AREA_PARTS)]
"""A polygon: the outer ring first, then its holes."""
Polygons = Annotated[list[Rings], Field(min_length=1, max_length=MAX_AREA_PARTS)]

Nis = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
"""The REFNIS code of a municipality, five digits."""
Postcode = Annotated[str, Field(pattern=r"^[1-9][0-9]{3}$")]


class Area(EventPart):
    """A GeoJSON Polygon, or a MultiPolygon for an area with islands; at most 500 points in all."""

    type: Literal["Polygon", "MultiPolygon"] = described("GeoJSON type.", "GeoJSON-type.", default="Polygon")
    coordinates: Rings | Polygons = described(
        "Closed rings of [longitude, latitude], the outer one and its holes; of a MultiPolygon a list of such.",
        "Gesloten ringen van [lengte, breedte], de buitenste en haar gaten; van een MultiPolygon een lijst daarvan.",
    )

    @model_validator(mode="after")
    def _closed_and_bounded(self) -> "Area":
        if (self.type == "Polygon") != _is_flat(self.coordinates):
            raise ValueError("the coordinates are not those of the type")
        rings = [ring for polygon in self.polygons for ring in polygon]
        if any(ring[0] != ring[-1] for ring in rings):
            raise ValueError("every ring must end where it begins")
        if sum(map(len, rings)) > MAX_AREA_POINTS:
            raise ValueError(f"an area has at most {MAX_AREA_POINTS} points")
        return self

    @property
    def polygons(self) -> Polygons:
        """Return the polygons of the area, each as its outer ring and its holes."""
        return cast("Polygons", [self.coordinates] if self.type == "Polygon" else self.coordinates)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return the smallest rectangle around the area as west, south, east and north, in degrees."""
        longitudes, latitudes = zip(*(place for polygon in self.polygons for place in polygon[0]), strict=True)
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _is_flat(coordinates: Rings | Polygons) -> bool:
    """Return whether the coordinates are the rings of one polygon, and not a list of polygons."""
    return isinstance(coordinates[0][0][0], float)


class Location(EventPart):
    """The place of an incident: a WGS84 point with the NIS code of the municipality, and the postcode when known."""

    latitude: Latitude = described("WGS84 latitude.", "Breedtegraad, WGS84.", Privacy.LOCATION)
    longitude: Longitude = described("WGS84 longitude.", "Lengtegraad, WGS84.", Privacy.LOCATION)
    nis: Nis = described("REFNIS code of the municipality.", "NIS-code van de gemeente.")
    postcode: Postcode | None = described("Postcode, when given.", "Postcode, indien gekend.", default=None)
    within_metres: int | None = described(
        "Set when nobody pointed at the place: it lies so far from this point at most. Absent for an exact place.",
        "Gezet als niemand de plaats aanduidde: ze ligt hoogstens zo ver van dit punt. Afwezig bij een juiste plaats.",
        default=None,
        ge=1,
        le=50_000,
    )
