"""Places in events: WGS84, longitude before latitude inside GeoJSON (RFC 7946), named fields elsewhere."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from buurtsein_contracts.model import EventPart, Privacy, described

MAX_AREA_POINTS = 500

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Position = tuple[Longitude, Latitude]
Ring = Annotated[list[Position], Field(min_length=4, max_length=MAX_AREA_POINTS)]
"""A closed line: the last position repeats the first."""

Nis = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
"""REFNIS code of a municipality, five digits."""
Postcode = Annotated[str, Field(pattern=r"^[1-9][0-9]{3}$")]


class Area(EventPart):
    """A GeoJSON Polygon: the outer ring, then holes; at most 500 points in all."""

    type: Literal["Polygon"] = described("GeoJSON type.", "GeoJSON-type.", default="Polygon")
    coordinates: list[Ring] = described(
        "Rings of [longitude, latitude], closed.",
        "Ringen van [lengte, breedte], gesloten.",
        min_length=1,
        max_length=20,
    )

    @model_validator(mode="after")
    def _closed_and_bounded(self) -> "Area":
        if any(ring[0] != ring[-1] for ring in self.coordinates):
            raise ValueError("every ring must end where it begins")
        if sum(map(len, self.coordinates)) > MAX_AREA_POINTS:
            raise ValueError(f"an area has at most {MAX_AREA_POINTS} points")
        return self


class Location(EventPart):
    """Where something happened."""

    latitude: Latitude = described("WGS84 latitude.", "Breedtegraad, WGS84.", Privacy.LOCATION)
    longitude: Longitude = described("WGS84 longitude.", "Lengtegraad, WGS84.", Privacy.LOCATION)
    nis: Nis = described("REFNIS code of the municipality.", "NIS-code van de gemeente.")
    postcode: Postcode | None = described("Postcode, when given.", "Postcode, indien gekend.", default=None)
