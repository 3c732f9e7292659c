"""Handles the erasure of a person's data: at once, or on a planned day while the person is member or coordinator."""

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_kernel.problems import missing
from buurtsein_registry.domain import membership
from buurtsein_registry.domain.person import Erasure, ErasureRequest, Known
from buurtsein_registry.domain.tasks import TaskKind, task_due
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import Store


async def erase(
    person: str, reason: ErasureReason, given: Dependencies, store: Store, *, official: str | None
) -> Erasure:
    """Delete a person's data and record PersonErased; plan the deletion if the person is a member or coordinator.

    `official` is the official who requests the deletion, or None when the person requests it.
    """
    known, now = await store.known(person), given.clock.now()
    known.require_something()
    if known.is_bound:
        return await _planned(known, ErasureRequest.made(person, reason, official, now, given.rules), given, store)
    return await _erased(known, reason, official, given, store)


async def erase_planned(person: str, given: Dependencies, store: Store) -> Erasure | None:
    """Erase a person as planned; return None for a coordinator, and for a member whose planned day has not come.

    On the planned day the memberships end too. A coordinator is not erased before somebody else takes over the role.
    """
    request, known = await store.erasure_request(person), await store.known(person)
    if request is None or known.is_coordinator or (known.is_member and given.today < request.due_on):
        return None
    for member in [one for one in await store.memberships(person) if not one.left_at]:
        events = membership.leave(member, LeavingReason.LEFT, person, given.clock.now())
        await store.save_member(member)
        await store.record(*events)
    return await _erased(await store.known(person), request.reason, request.official, given, store)


async def withdraw_erasure(person: str, given: Dependencies, store: Store) -> None:
    """Cancel the planned erasure of a person, and close the tasks to replace the person as coordinator.

    Raises DomainError `erasure_not_planned` when no erasure is planned, such as after the person was erased.
    """
    if await store.erasure_request(person) is None:
        raise missing("erasure_not_planned", "Er is geen wissing gepland.")
    await store.cancel_erasure(person)
    for task in await store.open_tasks(TaskKind.REPLACE_COORDINATOR, person):
        task.complete(person, given.clock.now())
        await store.save_task(task)


async def _planned(known: Known, request: ErasureRequest, given: Dependencies, store: Store) -> Erasure:
    earlier = await store.erasure_request(known.person)
    if earlier is None:
        await store.plan_erasure(request)
        for network_id, part in await store.offices(known.person):
            if part == "coordinator":
                days = given.rules.erasure_days
                await store.open_task(
                    task_due(TaskKind.REPLACE_COORDINATOR, network_id, days, request.requested_at, known.person)
                )
    return Erasure(reason=request.reason, planned_on=(earlier or request).due_on)


async def _erased(
    known: Known, reason: ErasureReason, official: str | None, given: Dependencies, store: Store
) -> Erasure:
    now = given.clock.now()
    events = known.erase(reason, now)
    erasure = Erasure(erased_at=now, reason=reason)
    await store.forget(known.person)
    await store.note_erasure(erasure, official)
    await store.record(*events)
    return erasure
