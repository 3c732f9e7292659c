"""Checks an area that somebody drew as GeoJSON, and cleans it so that it can be stored, compared and sent.

Invariant: `cleaned` returns a valid Polygon or MultiPolygon with at most 500 points, six decimals (about 10 cm), closed
rings and counterclockwise outer rings (RFC 7946). Cleaning it a second time changes nothing.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from buurtsein_kernel.problems import Value, Word

DECIMALS = 6
MOST_POINTS = 500
MOST_PARTS = 50
SIMPLER_METRES = (1.0, 2.0, 5.0)
"""Distances in metres by which a border may be moved to remove points; they are tried from small to large."""
METRES_PER_DEGREE = 111_320.0

_FEWEST_POINTS = 4
_GRID = 10.0**-DECIMALS
_BELGIUM = (2.4, 49.4, 6.5, 51.6)

type Geometry = dict[str, Any]
type _Positions = Iterable[tuple[float, float]]


class NoArea(ValueError):
    """Raised for an unusable area; the message is for the log, and `dutch` or `why` is for the user."""

    def __init__(self, english: str, dutch: str, name: str, **values: Value) -> None:
        """Make the error from its reason: in English, in Dutch, and its name in the table `area` of the catalogues."""
        super().__init__(english)
        self.dutch, self.why = dutch, Word("area", name, values)


def drawn(document: Any) -> BaseGeometry:
    """Return the shape of a GeoJSON Polygon, MultiPolygon, Feature, or FeatureCollection with one feature.

    Heights, `bbox` and properties are ignored. Parts that touch each other are merged.

    Raises:
        NoArea: the document is something else, its coordinates are not longitude and latitude, or its border
            crosses itself.
    """
    geometry = _geometry(document)
    match geometry:
        case {"type": "Polygon", "coordinates": rings}:
            polygons: Any = [rings]
        case {"type": "MultiPolygon", "coordinates": list(polygons)}:
            pass
        case _:
            raise NoArea("no Polygon or MultiPolygon", "Een gebied is een Polygon of MultiPolygon in GeoJSON.", "form")
    return _united([_polygon(rings) for rings in polygons])


def cleaned(document: Any) -> Geometry:
    """Return the cleaned area as GeoJSON: valid, closed, with a limited number of points and rounded coordinates.

    It takes the same documents as `drawn`.

    Raises:
        NoArea: the area cannot be used; the exception says why.
    """
    exact = drawn(document)
    shape = _on_grid(exact)
    if _points(shape) > MOST_POINTS:
        shape = _simpler(exact)
    parts = max(len(_polygons(shape)), *(len(polygon.interiors) + 1 for polygon in _polygons(shape)))
    if parts > MOST_PARTS:
        dutch = f"Dit gebied telt {parts} delen of gaten. Hoogstens {MOST_PARTS} kan."
        raise NoArea(f"{parts} parts, {MOST_PARTS} at most", dutch, "parts", number=parts, most=MOST_PARTS)
    return _written(shape)


def _geometry(document: Any) -> Any:
    match document:
        case {"type": "FeatureCollection", "features": [feature]}:
            return _geometry(feature)
        case {"type": "FeatureCollection", "features": list(features)}:
            dutch = f"Dit zijn {len(features)} gebieden. Geef er één."
            raise NoArea(f"{len(features)} features instead of one", dutch, "several", number=len(features))
        case {"type": "Feature", "geometry": geometry}:
            return geometry
        case _:
            return document


def _polygon(rings: Any) -> shapely.Polygon:
    if not isinstance(rings, list) or not rings:
        raise NoArea("a polygon without a ring", "Een gebied heeft een rand nodig.", "no_border")
    outer, *holes = (_ring(ring) for ring in rings)
    polygon = shapely.Polygon(outer, holes)
    if not polygon.is_valid:
        reason = shapely.is_valid_reason(polygon)
        place = reason.partition("[")[2].rstrip("]")
        dutch = f"De rand van het gebied kruist of raakt zichzelf, of omsluit niets (bij {place})."
        raise NoArea(f"the border is not valid: {reason}", dutch, "border", place=place)
    return polygon


def _ring(ring: Any) -> list[tuple[float, float]]:
    positions = [_position(position) for position in ring] if isinstance(ring, list) else []
    if len(positions) < _FEWEST_POINTS:
        raise NoArea(
            "a ring of fewer than 4 points", "De rand van een gebied heeft minstens 4 punten nodig.", "few_points"
        )
    _check_degrees(positions)
    if positions[0] != positions[-1]:
        dutch = "De rand van het gebied is niet gesloten: het laatste punt moet het eerste zijn."
        raise NoArea("a ring that does not end where it begins", dutch, "open_border")
    return positions


def _position(position: Any) -> tuple[float, float]:
    match position:
        case [int() | float() as x, int() | float() as y, *_] if _finite(x) and _finite(y):
            return float(x), float(y)
        case _:
            dutch = "Een punt bestaat uit lengte en breedte: getallen."
            raise NoArea("a position that is no pair of numbers", dutch, "position")


def _finite(number: float) -> bool:
    return not isinstance(number, bool) and math.isfinite(number)


def _check_degrees(positions: _Positions) -> None:
    if any(abs(x) > 180 or abs(y) > 90 for x, y in positions):  # noqa: PLR2004 - degrees
        raise NoArea(
            "coordinates that are no longitude and latitude (Lambert 72?): convert them to WGS84 (EPSG:4326)",
            "De coördinaten zijn geen lengte en breedte in graden (WGS84). Zijn het Lambertcoördinaten? Zet ze om.",
            "degrees",
        )
    if all(is_belgian(y, x) for x, y in positions):
        raise NoArea(
            "latitude and longitude are swapped: GeoJSON puts longitude first",
            "Lengte en breedte zijn verwisseld. GeoJSON zet de lengte eerst.",
            "swapped",
        )


def is_belgian(longitude: float, latitude: float) -> bool:
    """Return whether a point lies in the rectangle around Belgium."""
    west, south, east, north = _BELGIUM
    return west <= longitude <= east and south <= latitude <= north


def _united(polygons: list[shapely.Polygon]) -> BaseGeometry:
    parts = shapely.MultiPolygon(polygons)
    if parts.area == 0:
        raise NoArea("no surface", "Het gebied omsluit niets.", "empty")
    return parts if parts.is_valid else shapely.union_all(polygons)


def _on_grid(shape: BaseGeometry) -> BaseGeometry:
    """Round a shape to six decimals and keep it valid; spikes and narrow necks that would collapse are removed."""
    rounded = shapely.transform(shape, lambda degrees: degrees.round(DECIMALS))
    if rounded.is_valid and rounded.area > 0:
        return shapely.remove_repeated_points(rounded)
    snapped = shapely.set_precision(shape, _GRID)
    if snapped.is_empty:
        raise NoArea("no surface", "Het gebied is te klein.", "small")
    return snapped


def _simpler(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with fewer points, moved by at most 5 metres; raise NoArea if it still has too many points."""
    for metres in SIMPLER_METRES:
        simple = _on_grid(shapely.simplify(shape, metres / METRES_PER_DEGREE))
        if _points(simple) <= MOST_POINTS:
            return simple
    points = _points(shape)
    dutch = f"Dit gebied telt {points} punten. Hoogstens {MOST_POINTS} kan. Teken de grens eenvoudiger."
    raise NoArea(f"{points} points, {MOST_POINTS} at most", dutch, "points", number=points, most=MOST_POINTS)


def _points(shape: BaseGeometry) -> int:
    return int(shapely.get_num_coordinates(shape))


def _polygons(shape: BaseGeometry) -> list[Any]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]


def _written(shape: BaseGeometry) -> Geometry:
    polygons = [_rings(shapely.orient_polygons(polygon)) for polygon in _polygons(shape)]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _rings(polygon: Any) -> list[list[list[float]]]:
    return [list(_rounded(ring.coords)) for ring in (polygon.exterior, *polygon.interiors)]


def _rounded(positions: _Positions) -> Iterator[list[float]]:
    yield from ([round(x, DECIMALS), round(y, DECIMALS)] for x, y in positions)
