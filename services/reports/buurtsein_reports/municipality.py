"""The municipality on the map."""

from typing import Any

from buurtsein_kernel.places import Region
from buurtsein_reports.settings import Settings


class MappedMunicipality:
    """Answers the handlers' questions with the territory from the settings."""

    def __init__(self, settings: Settings) -> None:
        """Reads the territory; ValueError when the file holds no area."""
        self.nis = settings.nis
        self._territory = Region.of_municipality(settings.municipality_area, settings.nis)

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in the municipality."""
        return self._territory.has_point(longitude, latitude)

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area (GeoJSON)."""
        return Region(area).has_point(longitude, latitude)
