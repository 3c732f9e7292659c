"""Defines the routes that show personal data; each read is recorded: who, in which role, why and when."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.reading import Reading
from buurtsein_contracts.model import Pseudonym
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import (
    OFFICIALS,
    DecidedByResident,
    Given,
    ReadByAnybody,
    ReadByCoordinator,
    ReadByOfficials,
    ReadByResident,
)
from buurtsein_registry.domain.vault_read import OWN, Reader, require_reason
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])

Reason = Annotated[
    str | None, Header(alias="X-Reason", max_length=200, description="Why these data are read; it is kept.")
]


@router.get("/me", response_model_exclude_none=True)
async def me(reading: ReadByAnybody, given: Given) -> views.Me:
    """Return the caller's pseudonym, name, roles, networks and memberships; the read of the name is recorded."""
    actor, roles = reading.caller.actor, reading.caller.roles
    data = await noted(reading, given, lambda s: s.read_person(actor, Reader(actor, OWN)))
    return await views.me(reading.connection, actor, given.today, roles, data.name if data else None)


@router.get("/persons/me/data", response_model_exclude_none=True)
async def own_data(reading: ReadByResident, given: Given) -> views.OwnData:
    """Return all data that the registry stores about the caller, including who has read the caller's data."""
    found = await noted(reading, given, lambda s: handlers.everything(reading.caller.actor, s))
    if found.data:
        reading.show_tag(found.data.tag)
    return views.everything_of(found)


@router.get("/persons/{person}", response_model_exclude_none=True)
async def person(person: Pseudonym, reading: ReadByOfficials, given: Given, reason: Reason = None) -> views.PersonShown:
    """Return a member's personal data to police or city, who must give a reason; the member can see each read."""
    reader = Reader(reading.caller.actor, role_of(reading.caller, OFFICIALS), require_reason(reason))
    return views.person_of(await noted(reading, given, lambda s: handlers.read_person(person, reader, s)))


@router.get("/networks/{network_id}/contacts", response_model_exclude_none=True)
async def contacts(network_id: UUID, reading: ReadByCoordinator, given: Given) -> views.Contacts:
    """Return name, mobile number and e-mail of a network's active members to its coordinators, without addresses."""
    actor = reading.caller.actor
    found = await noted(reading, given, lambda s: handlers.read_contacts(network_id, actor, s))
    return views.contacts_of(found, network_id, given.keyring)


@router.put("/persons/me/data", response_model=views.Corrected)
async def correct_person(command: commands.CorrectPerson, decision: DecidedByResident, given: Given) -> Response:
    """Correct the caller's name, e-mail and mobile; `If-Match` must be the ETag of `GET /v1/persons/me/data`."""

    async def done(uow: UnitOfWork) -> Reply:
        await handlers.correct_person(command, decision.by, RegistryStore(uow, given.keyring))
        return Reply(views.Corrected())

    return await decision.once(done)


@router.put("/members/{member_id}/address", response_model=views.Corrected)
async def correct_address(
    member_id: UUID, command: commands.CorrectAddress, decision: DecidedByResident, given: Given
) -> Response:
    """Correct the address of the caller's membership, which must lie in the area of the network.

    `If-Match` is the ETag of `GET /v1/members/{member_id}`.
    """
    address = await handlers.find_address(command.address, given)

    async def done(uow: UnitOfWork) -> Reply:
        store = RegistryStore(uow, given.keyring)
        member = await handlers.correct_address(member_id, address, decision.by, given, store)
        return Reply(views.Corrected(), member.version)

    return await decision.once(done)


async def noted[T](reading: Reading[Caller], given: Dependencies, read: Callable[[RegistryStore], Awaitable[T]]) -> T:
    """Read personal data and record the read in one transaction; the response tells browsers not to store it."""
    reading.keep_private()
    async with reading.connection.transaction():
        return await read(RegistryStore(UnitOfWork(reading.connection, ""), given.keyring))


def role_of(caller: Caller, allowed: Sequence[str]) -> str:
    """Return the first role in a list of allowed roles that the caller has."""
    return next(role for role in allowed if role in caller.roles)
