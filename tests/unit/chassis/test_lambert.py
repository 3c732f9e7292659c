"""Converts points of Lambert 72 and Lambert 2008 and compares them with the conversion of the library PROJ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from buurtsein_chassis.address_sources.lambert import PROJECTIONS

EARTH = Geod(ellps="WGS84")
PROJ = {epsg: Transformer.from_crs(epsg, 4326, always_xy=True) for epsg in PROJECTIONS}
IN_METRES = {epsg: Transformer.from_crs(4326, epsg, always_xy=True) for epsg in PROJECTIONS}


@pytest.mark.parametrize("epsg", PROJECTIONS)
@given(longitude=st.floats(2.5, 6.4), latitude=st.floats(49.5, 51.5))
def test_a_point_anywhere_in_belgium_is_where_proj_puts_it(epsg: int, longitude: float, latitude: float) -> None:
    point = IN_METRES[epsg].transform(longitude, latitude)
    ours, theirs = PROJECTIONS[epsg].degrees(*point), PROJ[epsg].transform(*point)
    assert EARTH.inv(*ours, *theirs)[2] < 0.001


@pytest.mark.parametrize("epsg", PROJECTIONS)
@pytest.mark.parametrize("point", [(0.0, 0.0), (1e9, 1e9), (150_000.013, 5_400_088.438)])
def test_a_point_far_from_belgium_gets_coordinates_of_the_earth(epsg: int, point: tuple[float, float]) -> None:
    longitude, latitude = PROJECTIONS[epsg].degrees(*point)
    assert -180 <= longitude <= 180
    assert -90 <= latitude <= 90
