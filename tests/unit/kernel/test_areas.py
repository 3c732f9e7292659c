"""Areas that people or their tools draw are cleaned, or refused with a reason."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LinearRing, shape

from buurtsein_contracts.events.geography import MAX_AREA_PARTS, MAX_AREA_POINTS, Area
from buurtsein_kernel.areas import MOST_PARTS, MOST_POINTS, NoArea, cleaned

DATA = Path(__file__).parents[2] / "data" / "neighbourhoods"
FILES = [json.loads((DATA / f"{name}.geojson").read_text()) for name in ("aalst", "flanders")]
NEIGHBOURHOODS = [feature for file in FILES for feature in file["features"]]
SQUARE = [[4.02, 50.94], [4.03, 50.94], [4.03, 50.95], [4.02, 50.95], [4.02, 50.94]]
ISLAND = [[x + 0.02, y] for x, y in SQUARE]
HOLE = [[4.022, 50.942], [4.024, 50.942], [4.024, 50.944], [4.022, 50.942]]
SPIKE = [
    *([4.02, 50.956], [4.023, 50.956], [4.023, 50.957], [4.0235, 50.9570002]),
    *([4.023, 50.9570004], [4.023, 50.958], [4.02, 50.958], [4.02, 50.956]),
]
BOW = [[4.03, 50.93], [4.05, 50.95], [4.05, 50.93], [4.03, 50.95], [4.03, 50.93]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def parts(*polygons: Any) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": list(polygons)}


def star(points: int) -> list[list[float]]:
    """Return a star-shaped border, which cannot be simplified."""
    turns = [(2 * math.pi * i / points, 0.004 if i % 2 else 0.002) for i in range(points)]
    ring = [[4.04 + r * math.cos(turn), 50.94 + r * math.sin(turn)] for turn, r in turns]
    return [*ring, ring[0]]


def circle(points: int) -> list[list[float]]:
    turns = [2 * math.pi * i / points for i in range(points)]
    ring = [[4.04 + 0.003 * math.cos(turn), 50.94 + 0.002 * math.sin(turn)] for turn in turns]
    return [*ring, ring[0]]


def check(area: dict[str, Any]) -> Area:
    """Assert that an area is valid, with six decimals and with its borders in the right direction."""
    known = Area.model_validate(area)
    assert shape(area).is_valid
    assert cleaned(area) == area
    for outer, *holes in known.polygons:
        assert LinearRing(outer).is_ccw
        assert not any(LinearRing(hole).is_ccw for hole in holes)
        assert all(round(x, 6) == x and round(y, 6) == y for ring in (outer, *holes) for x, y in ring)
    return known


@pytest.mark.parametrize("feature", NEIGHBOURHOODS, ids=lambda feature: feature["properties"]["code"])
def test_every_real_neighbourhood_is_accepted_and_stays_where_it_is(feature: dict[str, Any]) -> None:
    area = cleaned(feature)
    check(area)
    real = shape(feature["geometry"])
    assert shape(area).symmetric_difference(real).area < real.area / 1000


@pytest.mark.parametrize(
    "document",
    [
        polygon(SQUARE[::-1]),
        polygon([[*position, 12.5] for position in SQUARE]),
        polygon(SQUARE) | {"bbox": [4.02, 50.94, 4.03, 50.95]},
        {"type": "Feature", "properties": {"name": "x"}, "geometry": polygon(SQUARE)},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon(SQUARE)}]},
        parts([SQUARE]),
        polygon([SQUARE[0], *SQUARE]),
    ],
    ids=["clockwise", "heights", "bbox", "feature", "collection of one", "one part", "a point twice"],
)
def test_the_same_area_in_another_form_is_the_same_area(document: dict[str, Any]) -> None:
    assert shape(check(cleaned(document)).model_dump()).equals(shape(polygon(SQUARE)))


def test_islands_and_holes_are_kept() -> None:
    area = check(cleaned(parts([SQUARE, HOLE], [ISLAND])))
    assert [len(rings) for rings in area.polygons] == [2, 1]


def test_parts_that_share_a_border_become_one() -> None:
    beside = [[x + 0.01, y] for x, y in SQUARE]
    assert len(check(cleaned(parts([SQUARE], [beside]))).polygons) == 1


def test_a_spike_that_closes_at_six_decimals_is_left_out() -> None:
    area = cleaned(polygon(SPIKE))
    check(area)
    assert shape(area).bounds == (4.02, 50.956, 4.023, 50.958)


def test_a_smooth_border_with_too_many_points_is_made_simpler() -> None:
    area = check(cleaned(polygon(circle(601))))
    assert len(area.polygons[0][0]) <= MOST_POINTS
    assert shape(area.model_dump()).symmetric_difference(shape(polygon(circle(601)))).area < 1e-7


REFUSED: dict[str, tuple[Any, str]] = {
    "too many points": (polygon(star(601)), "601|602"),
    "crossing lines": (polygon(BOW), "kruist"),
    "a hole outside": (polygon(SQUARE, ISLAND), "kruist"),
    "one place": (polygon([[4.04, 50.93]] * 4), "omsluit niets"),
    "some centimetres": (polygon([[4.02, 50.94], [4.0200001, 50.94], [4.02, 50.9400001], [4.02, 50.94]]), "te klein"),
    "not closed": (polygon(SQUARE[:-1]), "niet gesloten"),
    "three points": (polygon(SQUARE[:3]), "4 punten"),
    "no ring": (polygon(), "rand"),
    "no part": (parts(), "omsluit niets"),
    "several areas": ({"type": "FeatureCollection", "features": [polygon(SQUARE)] * 2}, "Geef er één"),
    "Lambert 72": (polygon([[127000.0 + x, 181000.0 + y] for x, y in SQUARE]), "Lambert"),
    "swapped axes": (polygon([[y, x] for x, y in SQUARE]), "verwisseld"),
    "a line": ({"type": "LineString", "coordinates": SQUARE}, "Polygon of MultiPolygon"),
    "a text": ("POLYGON((0 0, 1 1))", "Polygon of MultiPolygon"),
    "a feature of nothing": ({"type": "Feature", "geometry": None}, "Polygon of MultiPolygon"),
    "texts as numbers": (polygon([["4.02", "50.94"]] * 4), "getallen"),
    "yes and no as numbers": (polygon([[True, 50.94]] * 4), "getallen"),
    "deep lists": (polygon([[[[4.02]]]] * 4), "getallen"),
    "many parts": (parts(*[[[[x + n / 100, y] for x, y in HOLE]] for n in range(51)]), "51 delen"),
}


@pytest.mark.parametrize(("document", "said"), REFUSED.values(), ids=REFUSED)
def test_an_unusable_area_is_refused_with_the_reason_in_dutch(document: Any, said: str) -> None:
    with pytest.raises(NoArea) as caught:
        cleaned(document)
    assert any(part in caught.value.dutch for part in said.split("|"))


def test_the_limits_are_those_of_the_events() -> None:
    assert (MOST_POINTS, MOST_PARTS) == (MAX_AREA_POINTS, MAX_AREA_PARTS)


near = st.tuples(st.floats(4.0, 4.0005), st.floats(50.9, 50.9005)).map(list)


@given(st.lists(st.lists(near, min_size=3, max_size=12).map(lambda ring: [*ring, ring[0]]), min_size=1, max_size=3))
def test_every_accepted_area_is_clean(rings: list[Any]) -> None:
    """All points lie within 50 metres, so that many borders touch or cross after rounding to six decimals."""
    try:
        area = cleaned(parts(*[[ring] for ring in rings]))
    except NoArea:
        return
    check(area)
