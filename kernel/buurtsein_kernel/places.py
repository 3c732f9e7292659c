"""Areas and points on the WGS84 globe, small enough to be flat: within one municipality that is exact to a metre."""

import json
import math
from pathlib import Path
from typing import Any, Self

import shapely
from shapely.geometry import Point, shape

BORDER_DEGREES = 0.0015
"""About 150 m: open data boundaries are simplified by as much."""
METRES_PER_DEGREE = 111_320.0


class Region:
    """A piece of the earth, from GeoJSON."""

    def __init__(self, geometry: dict[str, Any]) -> None:
        """A GeoJSON Polygon or MultiPolygon; ValueError when it is no area."""
        self._shape = shape(geometry)
        if self._shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise ValueError("not an area")
        shapely.prepare(self._shape)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The first feature of a GeoJSON file, or the geometry it holds."""
        document = json.loads(path.read_text())
        for member in ("features", "geometry"):
            document = document[0] if isinstance(document, list) else document
            document = document.get(member, document)
        return cls(document[0]["geometry"] if isinstance(document, list) else document)

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Whether the point lies in it or on its border."""
        return bool(self._shape.covers(Point(longitude, latitude)))

    def has_area(self, geometry: dict[str, Any]) -> bool:
        """Whether another area lies in it, give or take the border's own inaccuracy."""
        return bool(self._shape.buffer(BORDER_DEGREES).covers(shape(geometry)))


def fault_of(geometry: dict[str, Any]) -> str | None:
    """Why an area cannot be used (crossing lines, no surface); None when it can."""
    candidate = shape(geometry)
    if not candidate.is_valid:
        return str(shapely.is_valid_reason(candidate))
    return None if candidate.area > 0 else "no surface"


def metres_between(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Distance between two (longitude, latitude) that are near each other."""
    middle = math.radians((first[1] + second[1]) / 2)
    east = (second[0] - first[0]) * math.cos(middle)
    return math.hypot(east, second[1] - first[1]) * METRES_PER_DEGREE
