"""Handles the personal data of people: erasure."""

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_registry.domain.person import Erasure
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import PersonStore


async def erase(
    person: str, reason: ErasureReason, given: Dependencies, store: PersonStore, *, official: str | None
) -> Erasure:
    """Delete a person's data and ended memberships; record PersonErased.

    `official` is the official who does it for the person, or None when the person does.
    """
    known, now = await store.known(person), given.clock.now()
    events = known.erase(reason, now)
    erasure = Erasure(erased_at=now, reason=reason)
    await store.forget(person)
    await store.note_erasure(erasure, official)
    await store.record(*events)
    return erasure
