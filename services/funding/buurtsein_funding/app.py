"""Composes funding."""

from buurtsein_chassis.service import Service
from buurtsein_funding import api
from buurtsein_funding.consumers import SUBSCRIPTIONS
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.schemes import read_schemes
from buurtsein_funding.settings import Settings
from buurtsein_kernel.clock import SystemClock


def compose(settings: Settings) -> Service:
    """Funding has an API, a relay, and one thing it listens to."""
    given = Dependencies(SystemClock(), read_schemes(settings.schemes_file))
    return Service("funding", settings, routers=[api.router], subscriptions=SUBSCRIPTIONS, provides=[given])
