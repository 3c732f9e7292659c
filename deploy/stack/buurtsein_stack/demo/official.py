"""Finds official addresses of the installation for the people of demo, rehearsals and tests."""

import csv
from collections import Counter
from functools import cache
from typing import Any

from buurtsein_stack.installation import Installation

type Row = tuple[float, float, dict[str, Any]]


def nearest_address(longitude: float, latitude: float) -> dict[str, Any]:
    """Return the official address nearest to a point, with the fields of a request to join a network.

    Addresses that several houses share are skipped. Longitude and latitude are in degrees.
    """
    east, north, address = min(_addresses(), key=lambda row: (row[0] - longitude) ** 2 + (row[1] - latitude) ** 2)
    return address | {"longitude": east, "latitude": north}


@cache
def _addresses() -> list[Row]:
    installation = Installation.load()
    path = installation.folder / installation.facts["address_file"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    times = Counter(map(_house, rows))
    return [(float(row["longitude"]), float(row["latitude"]), _sent(row)) for row in rows if times[_house(row)] == 1]


def _house(row: dict[str, str]) -> tuple[str, str, str]:
    return row["postcode"], row["street"], row["house_number"]


def _sent(row: dict[str, str]) -> dict[str, Any]:
    return {name: row[name] for name in ("street", "house_number", "box", "postcode") if row[name]}
