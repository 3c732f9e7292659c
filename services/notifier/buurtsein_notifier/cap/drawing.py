"""Converts areas to CAP polygons, which have no holes and a limited number of points.

Invariant: the polygons cover the area without its holes, apart from what simplification changes.
"""

from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from buurtsein_notifier.cap.geometry import polygon_text, polygon_violations

_GRID = 1e-6
_FIRST_TOLERANCE = 1e-5
"""The first tolerance of the simplification, in degrees (about 1 m); it doubles until there are few enough points."""

type Rings = Sequence[Sequence[tuple[float, float]]]


def drawn_area(polygons: Sequence[Rings], most_points: int) -> tuple[str, ...]:
    """Return CAP polygons for GeoJSON polygons (an outer ring and its holes), cut into pieces around the holes.

    The number of points is reduced to about `most_points`; pieces that become too small are left out.
    """
    area = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons])
    pieces = (piece for part in _polygons(_simplified(area, most_points)) for piece in _without_holes(part))
    texts = (polygon_text(list(part.exterior.coords)) for piece in pieces for part in _polygons(_on_grid(piece)))
    return tuple(text for text in texts if not any(polygon_violations(text)))


def _simplified(area: BaseGeometry, most_points: int) -> BaseGeometry:
    tolerance, simpler = _FIRST_TOLERANCE, area
    while shapely.get_num_coordinates(simpler) > most_points and not simpler.is_empty:
        simpler, tolerance = area.simplify(tolerance), tolerance * 2
        if tolerance > 1:
            break
    return simpler


def _without_holes(polygon: shapely.Polygon) -> Iterator[shapely.Polygon]:
    """Yield the pieces of a polygon, cut through its holes so that no piece has a hole."""
    if not polygon.interiors:
        yield polygon
        return
    middle = polygon.interiors[0].centroid.x
    west, south, east, north = polygon.bounds
    for half in (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)):
        for part in _polygons(polygon.intersection(half)):
            yield from _without_holes(part)


def _on_grid(polygon: shapely.Polygon) -> BaseGeometry:
    return shapely.set_precision(polygon, _GRID)


def _polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon) and not part.is_empty]
