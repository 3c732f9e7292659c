"""Converts points in the Belgian projections Lambert 72 and Lambert 2008 to longitude and latitude (WGS84).

The formulas are those of Lambert's conformal conic projection with two standard parallels, and of a transformation
with seven parameters between two ellipsoids (IOGP, Guidance Note 7-2, methods 9802 and 9606). The parameters are
those of the EPSG register: 31370, 3812, and transformation 15929 with an accuracy of 1 metre.
"""

from dataclasses import dataclass
from functools import cached_property
from math import atan, atan2, cos, degrees, hypot, log, pi, radians, sin, sqrt, tan

_CLOSE_ENOUGH = 1e-12
"""Radians between two rounds of a calculation: a hundredth of a millimetre on the ground."""


@dataclass(frozen=True)
class Ellipsoid:
    """The ellipsoid of a coordinate system: the length of its semi-major axis in metres, and its flattening."""

    semi_major: float
    inverse_flattening: float

    @cached_property
    def eccentricity(self) -> float:
        """Return the eccentricity of the ellipsoid."""
        flattening = 1 / self.inverse_flattening
        return sqrt(2 * flattening - flattening**2)


@dataclass(frozen=True)
class Shift:
    """The seven parameters of a datum shift to WGS84: metres, seconds of arc, and scale in millionths."""

    moves: tuple[float, float, float]
    turns: tuple[float, float, float]
    scale: float

    def apply(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Return a geocentric point, in metres, after the datum shift."""
        (dx, dy, dz), (rx, ry, rz) = self.moves, (radians(turn / 3600) for turn in self.turns)
        scale = 1 + self.scale * 1e-6
        return (
            dx + scale * (x - rz * y + ry * z),
            dy + scale * (rz * x + y - rx * z),
            dz + scale * (-ry * x + rx * y + z),
        )


@dataclass(frozen=True)
class Projection:
    """A Lambert projection: its ellipsoid, angles in degrees, the metres at its origin, and its shift to WGS84."""

    ellipsoid: Ellipsoid
    origin: tuple[float, float]
    parallels: tuple[float, float]
    false_east: float
    false_north: float
    shift: Shift | None = None

    def degrees(self, east: float, north: float) -> tuple[float, float]:
        """Return longitude and latitude (WGS84) of a projected point in metres."""
        longitude, latitude = self._on_ellipsoid(east, north)
        if self.shift:
            longitude, latitude = _angles(*self.shift.apply(*_centred(self.ellipsoid, longitude, latitude)))
        return degrees(longitude), degrees(latitude)

    def _on_ellipsoid(self, east: float, north: float) -> tuple[float, float]:
        """Return longitude and latitude in radians on the projection's own ellipsoid."""
        cone, factor = self._cone
        at_origin = self._radius(radians(self.origin[1]))
        right, up = east - self.false_east, at_origin - (north - self.false_north)
        longitude = atan2(right, up) / cone + radians(self.origin[0])
        spread = (hypot(right, up) / (self.ellipsoid.semi_major * factor)) ** (1 / cone)
        return longitude, _latitude(spread, self.ellipsoid.eccentricity)

    @cached_property
    def _cone(self) -> tuple[float, float]:
        """Return the cone's exponent and factor: n and F of the EPSG guidance note on Lambert Conic Conformal."""
        first, second = (radians(parallel) for parallel in self.parallels)
        e = self.ellipsoid.eccentricity
        m1, m2 = (cos(one) / sqrt(1 - (e * sin(one)) ** 2) for one in (first, second))
        t1, t2 = _spread(first, e), _spread(second, e)
        cone = (log(m1) - log(m2)) / (log(t1) - log(t2))
        return cone, m1 / (cone * t1**cone)

    def _radius(self, latitude: float) -> float:
        """Return the distance in metres from the cone's tip to a latitude in radians."""
        cone, factor = self._cone
        return float(self.ellipsoid.semi_major * factor * _spread(latitude, self.ellipsoid.eccentricity) ** cone)


def _spread(latitude: float, e: float) -> float:
    """Return t, as the EPSG guidance note on Lambert Conic Conformal defines it, for a latitude in radians."""
    return float(tan(pi / 4 - latitude / 2) / ((1 - e * sin(latitude)) / (1 + e * sin(latitude))) ** (e / 2))


def _latitude(spread: float, e: float) -> float:
    """Return the latitude in radians for a value of t (EPSG guidance note), computed by iteration."""
    before, latitude = 0.0, pi / 2 - 2 * atan(spread)
    while abs(latitude - before) > _CLOSE_ENOUGH:
        before = latitude
        latitude = pi / 2 - 2 * atan(spread * ((1 - e * sin(before)) / (1 + e * sin(before))) ** (e / 2))
    return latitude


def _centred(ellipsoid: Ellipsoid, longitude: float, latitude: float) -> tuple[float, float, float]:
    """Convert longitude and latitude in radians to geocentric metres."""
    squared = ellipsoid.eccentricity**2
    radius = ellipsoid.semi_major / sqrt(1 - squared * sin(latitude) ** 2)
    across = radius * cos(latitude)
    return across * cos(longitude), across * sin(longitude), radius * (1 - squared) * sin(latitude)


def _angles(x: float, y: float, z: float) -> tuple[float, float]:
    """Convert geocentric metres to longitude and latitude in radians on WGS84."""
    squared, across = WGS84.eccentricity**2, hypot(x, y)
    before, latitude = 0.0, atan2(z, across * (1 - squared))
    while abs(latitude - before) > _CLOSE_ENOUGH:
        before = latitude
        radius = WGS84.semi_major / sqrt(1 - squared * sin(before) ** 2)
        latitude = atan2(z + squared * radius * sin(before), across)
    return atan2(y, x), latitude


WGS84 = Ellipsoid(6_378_137, 298.257223563)
GRS80 = Ellipsoid(6_378_137, 298.257222101)
HAYFORD = Ellipsoid(6_378_388, 297)

LAMBERT_72 = Projection(
    HAYFORD,
    origin=(4 + 22 / 60 + 2.952 / 3600, 90),
    parallels=(49 + 50 / 60 + 0.00204 / 3600, 51 + 10 / 60 + 0.00204 / 3600),
    false_east=150_000.013,
    false_north=5_400_088.438,
    shift=Shift((-106.8686, 52.2978, -103.7239), (0.3366, -0.457, 1.8422), -1.2747),
)
LAMBERT_2008 = Projection(
    GRS80,
    origin=(4 + 21 / 60 + 33.177 / 3600, 50 + 47 / 60 + 52.134 / 3600),
    parallels=(49 + 50 / 60, 51 + 10 / 60),
    false_east=649_328.0,
    false_north=665_262.0,
)
PROJECTIONS = {31370: LAMBERT_72, 3812: LAMBERT_2008}
"""The projections by their number in the EPSG register."""
