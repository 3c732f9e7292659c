"""Computes with points and areas in WGS84. It treats the earth as flat, which is exact to a metre in a municipality."""

import json
import math
from pathlib import Path
from typing import Annotated, Any, Self

import shapely
from pydantic import AfterValidator, ValidationInfo
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from buurtsein_kernel.areas import METRES_PER_DEGREE, Geometry, NoArea, drawn, is_belgian

BORDER_METRES = 150.0
"""A point up to this many metres outside the municipality's border still counts as inside, because the borders in
open data are simplified by about this distance. It holds for areas of networks, addresses and reports alike."""


class Region:
    """An area in which points and other areas can be looked up."""

    def __init__(self, geometry: Geometry) -> None:
        """Make a region of a GeoJSON Polygon or MultiPolygon; raise ValueError for any other GeoJSON."""
        self._shape = shape(geometry)
        if self._shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise ValueError("not an area")
        shapely.prepare(self._shape)

    @classmethod
    def of_municipality(cls, path: Path, nis: str) -> Self:
        """Return the municipality with this NIS code from a GeoJSON file, widened by BORDER_METRES on all sides.

        Raises:
            ValueError: the file cannot be used; the message says why in one sentence.
        """
        try:
            borders = _municipality(json.loads(path.read_text(encoding="utf-8-sig")), nis)
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from None
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise ValueError(f"{path} is no JSON in UTF-8") from None
        except NoArea as error:
            raise ValueError(f"{path} cannot be used: {error}") from None
        return cls(shapely.geometry.mapping(_widened(borders, BORDER_METRES)))

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Return whether the point lies in the region or on its border."""
        return bool(shapely.intersects_xy(self._shape, longitude, latitude))

    def has_area(self, geometry: Geometry) -> bool:
        """Return whether the whole area lies in the region."""
        return bool(self._shape.covers(shape(geometry)))

    def place_inside(self) -> tuple[float, float]:
        """Return longitude and latitude of a point well inside the region, whatever the region's shape."""
        inside = self._shape.representative_point()
        return inside.x, inside.y

    def metres_to(self, longitude: float, latitude: float) -> float:
        """Return the distance in metres from a point to the region's border; 0 for a point inside."""
        narrow = math.cos(math.radians(latitude))
        flat = shapely.transform(self._shape, lambda degrees: degrees * [narrow, 1])
        return float(flat.distance(Point(longitude * narrow, latitude))) * METRES_PER_DEGREE


def overlap(one: Geometry, other: Geometry) -> float:
    """Return the fraction, from 0 to 1, of the smaller of two GeoJSON areas that lies in the other area."""
    first, second = shape(one), shape(other)
    return float(first.intersection(second).area / min(first.area, second.area))


def touch(one: Geometry, other: Geometry) -> bool:
    """Return whether two GeoJSON areas have at least a point in common."""
    return bool(shape(one).intersects(shape(other)))


def circle(longitude: float, latitude: float, metres: float) -> Geometry:
    """Return a GeoJSON Polygon of 32 corners around a place, each at this distance in metres."""
    narrow = math.cos(math.radians(latitude))
    flat = Point(longitude * narrow, latitude).buffer(metres / METRES_PER_DEGREE, quad_segs=8)
    around = shapely.transform(flat, lambda degrees: (degrees / [narrow, 1]).round(6))
    return {"type": "Polygon", "coordinates": [[(float(x), float(y)) for x, y in around.exterior.coords]]}


class Municipality:
    """The territory of one municipality; it tells whether points and areas lie in it."""

    def __init__(self, area: Path, nis: str) -> None:
        """Read the territory with this NIS code from a GeoJSON file; raise ValueError that says what is wrong."""
        self.nis = nis
        self._territory = Region.of_municipality(area, nis)

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Return whether a point lies in the municipality."""
        return self._territory.has_point(longitude, latitude)

    def has_area(self, area: Geometry) -> bool:
        """Return whether an area (GeoJSON) lies within the municipality."""
        return self._territory.has_area(area)

    def is_in(self, area: Geometry, longitude: float, latitude: float) -> bool:
        """Return whether a point lies in an area (GeoJSON)."""
        return Region(area).has_point(longitude, latitude)


def _municipality(document: Any, nis: str) -> BaseGeometry:
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        features = [document]
    ours = [feature for feature in features if nis in _codes(feature)]
    if not ours and (len(features) != 1 or _codes(features[0])):
        raise NoArea(f"none of its {len(features)} features has the NIS code {nis}", "", "")
    return _belgian(shapely.union_all([drawn(feature) for feature in ours or features]))


def _codes(feature: Any) -> set[str]:
    """Return all five-digit NIS codes in a GeoJSON feature's properties: municipality, province and region."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    named = properties.items() if isinstance(properties, dict) else ()
    values = {str(value) for name, value in named if "nis" in str(name).lower()}
    return {value for value in values if len(value) == 5 and value.isdigit()}  # noqa: PLR2004 - REFNIS


def _belgian(borders: BaseGeometry) -> BaseGeometry:
    if not all(is_belgian(*corner) for corner in shapely.get_coordinates(borders)):
        raise NoArea("it lies outside Belgium", "", "")
    return borders


def _widened(borders: BaseGeometry, metres: float) -> BaseGeometry:
    narrow = math.cos(math.radians(borders.centroid.y))
    flat = shapely.transform(borders, lambda degrees: degrees * [narrow, 1])
    return shapely.transform(flat.buffer(metres / METRES_PER_DEGREE), lambda degrees: degrees / [narrow, 1])


def _usable(path: Path, info: ValidationInfo) -> Path:
    if "nis" in info.data:
        Region.of_municipality(path, info.data["nis"])
    return path


MunicipalityFile = Annotated[Path, AfterValidator(_usable)]
"""Annotates a setting with the path of a GeoJSON file. When the settings are loaded, the file is read and must
contain the municipality of the setting `nis`, which must be declared before this one."""
