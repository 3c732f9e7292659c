"""Loads an application for a step of the city, and refuses the people who wrote it or coordinate its network."""

from uuid import UUID

from buurtsein_funding.domain.application import Application, unknown
from buurtsein_funding.handlers.stores import Store


async def application_for_city(application_id: UUID, actor: str, store: Store) -> Application:
    """Return an application for a step of the city, and lock its row.

    Raises:
        DomainError: `application_unknown`, also when the application was never submitted; `same_person` for everybody
            who wrote or requested it, and for the present coordinators of its network.
    """
    application = await store.application(application_id)
    if application.requested_at is None:
        raise unknown()
    network = await store.network(application.network_id)
    application.require_other(actor, *(network.present_coordinators if network else ()))
    return application
