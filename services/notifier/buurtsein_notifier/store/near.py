"""Makes SQL that finds facts (things that happened) near a place and a moment, by category, cell of a grid, and time.

Reports that are closer to each other than the rules' `same_fact` are one fact. This limits how many facts one cell can
hold, and so how many rows are read.
"""

import math
from dataclasses import dataclass
from typing import Any

import asyncpg

from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_notifier.domain.facts import Fact, Incident

CELL_EAST, CELL_NORTH = 0.005, 0.003
"""The size of a cell of the grid in degrees, as in the migration that made the table of facts."""

COLUMNS = "f.fact_id, f.category, f.severity, f.longitude, f.latitude, f.happened_at, f.reports"
OWN = """i.severity as own_severity, i.longitude as own_longitude, i.latitude as own_latitude,
    i.happened_at as own_happened_at, i.channel as own_channel"""
"""The SQL columns of a report, which are selected in addition to those of its fact (what happened)."""
METRES = f"""sqrt(power((f.longitude - $1::float8) * $3::float8, 2) + power(f.latitude - $2::float8, 2))
    * {METRES_PER_DEGREE}"""
"""The distance in metres from the given place to a fact; computed on a plane, exact to a metre within a
municipality."""
CELLS = "generate_series($5::int, $6::int) east cross join generate_series($7::int, $8::int) north"
IN_CELL = f"f.cell_east = east and f.cell_north = north and {METRES} <= $4::float8"


@dataclass(frozen=True, slots=True)
class Around:
    """A place in degrees (WGS84), and a distance in metres around the place."""

    longitude: float
    latitude: float
    metres: int

    @property
    def arguments(self) -> tuple[float | int, ...]:
        """Return the arguments `$1` to `$8` for SQL that finds incidents within the distance around the place.

        They are the place, the length of a degree of longitude in degrees of latitude, the distance in metres, and the
        first and last cell to the east and to the north.
        """
        narrow = math.cos(math.radians(self.latitude))
        high = self.metres / METRES_PER_DEGREE
        east, north = _cells(self.longitude, high / narrow, CELL_EAST), _cells(self.latitude, high, CELL_NORTH)
        return (self.longitude, self.latitude, narrow, self.metres, *east, *north)


def _cells(middle: float, reach: float, size: float) -> tuple[int, int]:
    return math.floor((middle - reach) / size), math.floor((middle + reach) / size)


def fact_of(row: Any) -> Fact:
    """Return the fact (what happened) in a row with COLUMNS."""
    return Fact(**{name: row[name] for name in Fact.model_fields})


def own_of(row: asyncpg.Record) -> Incident:
    """Return the report in a row with its id, its category and OWN."""
    own = {name: row[f"own_{name}"] for name in ("severity", "longitude", "latitude", "happened_at", "channel")}
    return Incident(report_id=row["report_id"], category=row["category"], **own)
