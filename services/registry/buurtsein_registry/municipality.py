"""The municipality on the map."""

from buurtsein_contracts.events.geography import Area
from buurtsein_kernel.places import Region
from buurtsein_registry.settings import Settings


class MappedMunicipality:
    """Answers the handlers' questions with the territory from the settings."""

    def __init__(self, settings: Settings) -> None:
        """Reads the territory; ValueError when the file holds no area."""
        self.nis = settings.nis
        self.network_code = settings.network_code
        self.police_zone = settings.police_zone
        self.rules = settings.rules
        self._territory = Region.of_municipality(settings.municipality_area, settings.nis)

    def has_area(self, area: Area) -> bool:
        """Whether an area lies within the municipality."""
        return self._territory.has_area(area.model_dump())

    def is_in(self, area: Area, longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area."""
        return Region(area.model_dump()).has_point(longitude, latitude)
