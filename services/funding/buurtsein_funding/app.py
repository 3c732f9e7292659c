"""Builds the service funding from its settings."""

from buurtsein_chassis.service import Service
from buurtsein_funding import api
from buurtsein_funding.consumers import subscriptions
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.schemes import read_schemes
from buurtsein_funding.settings import Settings
from buurtsein_kernel.clock import SystemClock


def compose(settings: Settings) -> Service:
    """Return the service, with its routes and its subscriptions to networks, erasures and alerts."""
    given = Dependencies(SystemClock(), read_schemes(settings.schemes_file), settings.keyring, settings.payer)
    return Service("funding", settings, routers=[api.router], subscriptions=subscriptions(given), provides=[given])
