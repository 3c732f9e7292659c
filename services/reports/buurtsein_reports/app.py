"""Composes reports."""

from buurtsein_chassis.service import Service
from buurtsein_reports import api, consumers
from buurtsein_reports.domain.category import Catalogue
from buurtsein_reports.domain.tracking import Tracking
from buurtsein_reports.handlers import Desk
from buurtsein_reports.municipality import MappedMunicipality
from buurtsein_reports.retention import bounds
from buurtsein_reports.settings import Settings


def compose(settings: Settings) -> Service:
    """Reports has an API and a relay, and listens to what becomes of networks."""
    desk = Desk(
        Catalogue.shipped(),
        MappedMunicipality(settings),
        Tracking(settings.pseudonym_key.get_secret_value()),
        str(settings.formal_complaint_url),
    )
    return Service(
        "reports",
        settings,
        routers=[api.router],
        subscriptions=[consumers.networks],
        state={"desk": desk},
        bounds=bounds(settings),
    )
