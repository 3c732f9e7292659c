"""The municipality on the map."""

from typing import Any

from buurtsein_kernel import places
from buurtsein_reports.settings import Settings


class MappedMunicipality:
    """Answers the handlers' questions with the territory from the settings."""

    def __init__(self, settings: Settings) -> None:
        """Reads the territory; ValueError when the file holds no area."""
        self.nis = settings.nis
        self._territory = places.Region.read(settings.municipality_area)

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in the municipality."""
        return self._territory.has_point(longitude, latitude)

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area (GeoJSON)."""
        return places.Region(area).has_point(longitude, latitude)
