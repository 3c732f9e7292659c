"""Converts shapes to CAP's notation, `lat,lon lat,lon ...` and `lat,lon km`, in WGS84 degrees.

Invariant: CAP puts latitude first and GeoJSON longitude first; only this module converts between them.
"""

import re
from collections.abc import Iterator, Sequence

import shapely

from buurtsein_notifier.cap.violation import Violation, when

_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]+)?"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})")
_CIRCLE = re.compile(rf"({_NUMBER},{_NUMBER}) +([0-9]+(?:\.[0-9]+)?)")
_FEWEST_POINTS = 4

_OUT_OF_RANGE = "Breedte ligt tussen -90 en 90, lengte tussen -180 en 180."

type Point = tuple[float, float]


def polygon_text(ring: Sequence[Sequence[float]]) -> str:
    """Return a closed GeoJSON ring of `[lon, lat]` as a CAP polygon, to six decimals (about 10 cm)."""
    return " ".join(f"{position[1]:.6f},{position[0]:.6f}" for position in ring)


def circle_text(longitude: float, latitude: float, radius_km: float) -> str:
    """Return a CAP circle around a point in degrees; the radius is in kilometres, to three decimals (1 m)."""
    return f"{latitude:.6f},{longitude:.6f} {radius_km:.3f}"


def polygon_violations(text: str) -> Iterator[Violation]:
    """Yield the first error of a CAP polygon, if any."""
    points = [_point(pair) for pair in text.split()]
    if not points or None in points:
        yield Violation("cap_polygon_malformed", "Een polygoon bestaat uit paren breedte,lengte.")
    else:
        yield from _ring_violations([point for point in points if point])


def _ring_violations(points: list[Point]) -> Iterator[Violation]:
    if len(points) < _FEWEST_POINTS:
        yield Violation("cap_polygon_too_few_points", "Een polygoon heeft minstens 4 punten nodig.")
    elif points[0] != points[-1]:
        yield Violation("cap_polygon_open", "Een polygoon moet eindigen op haar eerste punt.")
    elif not all(map(_on_earth, points)):
        yield Violation("cap_polygon_out_of_range", _OUT_OF_RANGE)
    elif not shapely.Polygon([(lon, lat) for lat, lon in points]).is_valid:
        yield Violation("cap_polygon_self_intersecting", "De rand van een polygoon mag zichzelf niet raken.")


def circle_violations(text: str) -> Iterator[Violation]:
    """Yield the first error of a CAP circle, if any."""
    match = _CIRCLE.fullmatch(text.strip())
    point = match and _point(match[1])
    if not point:
        yield Violation("cap_circle_malformed", "Een cirkel heeft de vorm breedte,lengte straal (km).")
    else:
        yield from when(not _on_earth(point), "cap_circle_out_of_range", _OUT_OF_RANGE)


def _point(pair: str) -> Point | None:
    match = _POINT.fullmatch(pair)
    return (float(match[1]), float(match[2])) if match else None


def _on_earth(point: Point) -> bool:
    return abs(point[0]) <= 90 and abs(point[1]) <= 180  # noqa: PLR2004 - degrees
