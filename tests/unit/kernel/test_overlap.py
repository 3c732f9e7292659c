"""Tests the overlap of two areas, given as a part of the smaller area."""

from typing import Any

import pytest

from buurtsein_kernel.places import overlap


def square(west: float, size: float) -> dict[str, Any]:
    ring = [[west, 50.0], [west + size, 50.0], [west + size, 50.0 + size], [west, 50.0 + size], [west, 50.0]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize(
    ("other", "part"),
    [(square(4.0, 1.0), 1.0), (square(4.25, 0.5), 1.0), (square(4.5, 1.0), 0.5), (square(5.0, 1.0), 0.0)],
    ids=["the same", "inside", "half", "only the border"],
)
def test_the_overlap_is_the_part_of_the_smaller_area(other: dict[str, Any], part: float) -> None:
    assert overlap(square(4.0, 1.0), other) == pytest.approx(part)
    assert overlap(other, square(4.0, 1.0)) == pytest.approx(part)
