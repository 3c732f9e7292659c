"""Builds the service registry from its settings."""

from functools import partial

from buurtsein_chassis.service import Service
from buurtsein_kernel.clock import SystemClock
from buurtsein_kernel.places import Municipality
from buurtsein_registry import api
from buurtsein_registry.consumers import confirmations
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.jobs import jobs
from buurtsein_registry.settings import Settings
from buurtsein_registry.store.vault_keys import require_keys
from buurtsein_registry.table_gauges import refresh_at_risk, refresh_unconfirmed, refresh_waiting


def compose(settings: Settings) -> Service:
    """Return the service, with its routes, two jobs, and its subscription to confirmations of erasures."""
    given = Dependencies(
        clock=SystemClock(),
        rules=settings.rules,
        addresses=settings.address_source(),
        municipality=Municipality(settings.municipality_area, settings.nis),
        network_code=settings.network_code,
        police_zone=settings.police_zone,
        keyring=settings.keyring,
    )
    return Service(
        "registry",
        settings,
        routers=[api.router],
        subscriptions=[confirmations(given)],
        jobs=jobs(given),
        provides=[given],
        table_gauges=[refresh_waiting(settings.step_days), refresh_unconfirmed(settings.rules), refresh_at_risk(given)],
        checks=[partial(require_keys, settings.keyring)],
    )
