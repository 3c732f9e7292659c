"""How far a place is from an area; the kernel knows the rest of geometry."""

import math

import shapely
from shapely.geometry import Point, shape

from buurtsein_contracts.events.geography import Area
from buurtsein_kernel.areas import METRES_PER_DEGREE


def metres_to(area: Area, longitude: float, latitude: float) -> float:
    """Metres from a place to the nearest border; 0 inside. Exact to a metre within one municipality."""
    narrow = math.cos(math.radians(latitude))
    flat = shapely.transform(shape(area.model_dump()), lambda degrees: degrees * [narrow, 1])
    return float(flat.distance(Point(longitude * narrow, latitude))) * METRES_PER_DEGREE
