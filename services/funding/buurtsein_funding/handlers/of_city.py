"""Loads an application for a person of the city, who must not be of its network."""

from uuid import UUID

from buurtsein_funding.domain.application import Application
from buurtsein_funding.handlers.stores import Store


async def application_for_city(application_id: UUID, actor: str, store: Store) -> Application:
    """Return an application for a step of the city, and lock its row.

    Raises:
        DomainError: `application_unknown`, and `same_person` for everybody who wrote or requested the application and
            for the present coordinators of its network.
    """
    application = await store.application(application_id)
    network = await store.network(application.network_id)
    application.require_other(actor, *(network.present_coordinators if network else ()))
    return application
