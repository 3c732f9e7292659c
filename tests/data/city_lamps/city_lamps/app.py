"""Makes the service of street lamps from its parts."""

from buurtsein_chassis.service import Service
from city_lamps import api
from city_lamps.consumers import SUBSCRIPTIONS
from city_lamps.settings import Settings


def compose(settings: Settings) -> Service:
    """Make the service from its settings."""
    return Service("lamps", settings, routers=[api.router], subscriptions=SUBSCRIPTIONS)
