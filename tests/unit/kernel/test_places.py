"""A file with a municipality's border is accepted when it is valid, else refused with one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from buurtsein_kernel.places import BORDER_METRES, Region

NIS = "41002"
SQUARE = [[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 51.0], [4.0, 50.9]]
EAST = [[x + 0.2, y] for x, y in SQUARE]
INSIDE, IN_EAST = (4.05, 50.95), (4.25, 50.95)
METRE_EAST = 1 / (111_320 * 0.6293)


def feature(ring: list[Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def region(folder: Path, document: Any) -> Region:
    path = folder / "municipality.geojson"
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return Region.of_municipality(path, NIS)


@pytest.mark.parametrize(
    "document",
    [
        feature(SQUARE)["geometry"],
        feature(SQUARE, name="Aalst"),
        collection(feature(SQUARE)),
        collection(feature(EAST, nis="41003"), feature(SQUARE, nis="41002")),
        collection(feature(EAST, cd_munty_refnis=41003), feature(SQUARE, cd_munty_refnis=41002, cd_prov_refnis=40000)),
        b"\xef\xbb\xbf" + json.dumps(feature(SQUARE)).encode(),
    ],
    ids=["geometry", "feature", "collection of one", "by its NIS code", "Statbel's names", "byte order mark"],
)
def test_the_municipality_is_found_in_files_of_any_make(tmp_path: Path, document: Any) -> None:
    there = region(tmp_path, document)
    assert [there.has_point(*place) for place in (INSIDE, IN_EAST)] == [True, False]


def test_features_of_the_same_municipality_are_merged(tmp_path: Path) -> None:
    there = region(tmp_path, collection(feature(SQUARE, nis=NIS), feature(EAST, nis=NIS)))
    assert there.has_point(*INSIDE)
    assert there.has_point(*IN_EAST)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (feature([[x * 31_000, y * 3_500] for x, y in SQUARE]), "Lambert 72"),
        (feature([[y, x] for x, y in SQUARE]), "swapped"),
        (feature([[x + 10, y] for x, y in SQUARE]), "outside Belgium"),
        (collection(feature(SQUARE), feature(EAST)), "none of its 2 features has the NIS code 41002"),
        (feature(SQUARE, nis="41003"), "none of its 1 features has the NIS code 41002"),
        (collection(), "none of its 0 features"),
        ({"type": "Point", "coordinates": [4, 51]}, "no Polygon or MultiPolygon"),
        ([1, 2], "no Polygon or MultiPolygon"),
        (b"{", "no JSON"),
        (b"\xff\xfe{\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, document: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        region(tmp_path, document)
    assert "\n" not in str(caught.value)
    assert "municipality.geojson" in str(caught.value)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        Region.of_municipality(tmp_path / "none.geojson", NIS)


def test_areas_and_places_have_the_same_tolerance_at_the_border(tmp_path: Path) -> None:
    there = region(tmp_path, feature(SQUARE))
    near, far = (4.1 + metres * METRE_EAST for metres in (BORDER_METRES - 10, BORDER_METRES + 10))
    assert [there.has_point(longitude, 50.95) for longitude in (near, far)] == [True, False]
    for longitude, inside in ((near, True), (far, False)):
        ring = [[4.05, 50.94], [longitude, 50.94], [longitude, 50.96], [4.05, 50.94]]
        assert there.has_area({"type": "Polygon", "coordinates": [ring]}) is inside


@pytest.mark.parametrize(
    ("point", "metres"),
    [(INSIDE, 0), ((4.1, 50.95), 0), ((4.1 + 100 * METRE_EAST, 50.95), 100), ((4.05, 51.0 + 100 / 111_320), 100)],
)
def test_the_distance_from_a_place_to_an_area_is_in_metres(point: tuple[float, float], metres: float) -> None:
    area = Region({"type": "Polygon", "coordinates": [SQUARE]})
    assert area.metres_to(*point) == pytest.approx(metres, abs=1)


def test_a_place_inside_lies_in_an_area_whose_centre_is_outside() -> None:
    hook = [[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.09, 51.0], [4.09, 50.91], [4.0, 50.91], [4.0, 50.9]]
    region = Region({"type": "Polygon", "coordinates": [hook]})
    assert region.has_point(*region.place_inside())
    assert not region.has_point(4.03, 50.95)
