"""Handles the erasure of a person: funding deletes what it may and confirms that it did."""

from uuid import UUID

from buurtsein_funding.domain.erasure import confirmed
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.stores import Store


async def forget(person: str, erasure_id: UUID, given: Dependencies, store: Store) -> None:
    """Remove an erased person from applications that were not granted, and record ErasureConfirmed.

    The accounts of those that the person requested are deleted. `erasure_id` is the id of the event PersonErased.
    """
    for application in await store.applications_of(person):
        requested = application.requester == person
        if application.forget(person):
            await store.save_application(application)
            if requested:
                await store.forget_account(application.application_id)
    await store.record(confirmed(erasure_id, given.clock.now()))
