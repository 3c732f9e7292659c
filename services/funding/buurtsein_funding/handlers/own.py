"""Loads an application for a coordinator of its network."""

from uuid import UUID

from buurtsein_funding.domain.application import Application
from buurtsein_funding.handlers.networks import coordinates
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.problems import missing


async def own_application(application_id: UUID, actor: str, store: Store) -> Application:
    """Return an application and lock its row; raise `application_unknown` unless the actor coordinates its network."""
    application = await store.application(application_id)
    if not coordinates(await store.network(application.network_id), actor):
        raise missing("application_unknown", "Deze aanvraag bestaat niet.")
    return application
