"""Composes the registry."""

from buurtsein_chassis.service import Service
from buurtsein_registry import api
from buurtsein_registry.municipality import MappedMunicipality
from buurtsein_registry.retention import bounds
from buurtsein_registry.settings import Settings


def compose(settings: Settings) -> Service:
    """The registry has an API and a relay; it listens to nobody."""
    return Service(
        "registry",
        settings,
        routers=[api.router],
        state={"municipality": MappedMunicipality(settings)},
        bounds=bounds(settings),
    )
