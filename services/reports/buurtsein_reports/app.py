"""Builds the service reports from its settings."""

from datetime import timedelta

from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import in_one_line
from buurtsein_chassis.tasks import Task
from buurtsein_kernel.clock import SystemClock
from buurtsein_kernel.places import Municipality
from buurtsein_reports import api, consumers
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.emergency import Emergencies
from buurtsein_reports.domain.emergency.proof import require_good
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.domain.tracking import Tracking
from buurtsein_reports.handlers import Complaints, Dependencies
from buurtsein_reports.settings import Settings


def compose(settings: Settings) -> Service:
    """Return the service, with its routes and its subscription to the events of networks."""
    return Service(
        "reports",
        settings,
        routers=[api.router],
        facades=[api.FACADE],
        subscriptions=[consumers.networks],
        provides=[_given(settings)] if Task.API in settings.tasks else [],
    )


def _given(settings: Settings) -> Dependencies:
    """Return the dependencies of the handlers that answer requests."""
    return Dependencies(
        SystemClock(),
        CategoryTable.shipped(),
        Catalogue.shipped(),
        _emergencies(settings),
        Municipality(settings.municipality_area, settings.nis),
        Tracking(settings.tracking_key.get_secret_value()),
        Complaints(str(settings.formal_complaint_url), str(settings.police_on_web_url)),
        timedelta(settings.reopening_days),
        settings.likeness_metres,
        settings.likeness_hours,
        settings.jurisdiction_id or settings.nis,
    )


def _emergencies(settings: Settings) -> Emergencies:
    """Return the police zone's lists of emergency words, or this package's; raise ValueError if unusable."""
    if settings.emergencies_file is None:
        return Emergencies.shipped()
    try:
        return require_good(Emergencies.load(settings.emergencies_file))
    except (OSError, ValueError) as error:
        raise ValueError(f"setting REPORTS_EMERGENCIES_FILE: {in_one_line(error)}") from error
