"""Loads an application for a coordinator of its network."""

from uuid import UUID

from buurtsein_funding.domain.application import Application, unknown
from buurtsein_funding.handlers.networks import coordinates
from buurtsein_funding.handlers.stores import Store


async def own_application(application_id: UUID, actor: str, store: Store) -> Application:
    """Return an application and lock its row; raise `application_unknown` unless the actor coordinates its network."""
    application = await store.application(application_id)
    if not coordinates(await store.network(application.network_id), actor):
        raise unknown()
    return application
