"""A report's place must be in the municipality, with the same tolerance at the border as for networks."""

import json
from pathlib import Path

import pytest
from unit.kernel.test_places import METRE_EAST, NIS, SQUARE, feature

from buurtsein_kernel.places import BORDER_METRES, Municipality, Region


@pytest.fixture
def area(tmp_path: Path) -> Path:
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(feature(SQUARE)))
    return path


@pytest.mark.parametrize(
    ("metres", "inside"), [(-1, True), (41, True), (BORDER_METRES - 2, True), (BORDER_METRES + 5, False)]
)
def test_a_member_just_over_the_line_can_report(area: Path, metres: float, inside: bool) -> None:
    municipality = Municipality(area, NIS)
    east = 4.1 + metres * METRE_EAST
    assert municipality.has_point(east, 50.95) is inside


def test_members_can_report_wherever_a_network_may_be(area: Path) -> None:
    edge = 4.1 + (BORDER_METRES - 2) * METRE_EAST
    network = [[4.09, 50.94], [edge, 50.94], [edge, 50.96], [4.09, 50.96], [4.09, 50.94]]
    geometry = {"type": "Polygon", "coordinates": [network]}
    assert Region.of_municipality(area, NIS).has_area(geometry)
    municipality = Municipality(area, NIS)
    assert all(municipality.has_point(*point) for point in network)
