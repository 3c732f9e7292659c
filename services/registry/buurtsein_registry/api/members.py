"""Defines the routes with which people join a network, change their membership, and leave the network."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.callers import (
    POLICE,
    REACHING,
    ByAll,
    ByDeparting,
    ByResident,
    DecidedByAcceptor,
    DecidedByResident,
    Given,
    ReadByAcceptor,
    ReadByReach,
    own_reader,
)
from buurtsein_registry.domain.member import Member
from buurtsein_registry.handlers import Dependencies
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])

type Handler = Callable[[Dependencies, RegistryStore], Awaitable[Member]]
"""A function that handles one request with the dependencies and the store; its other arguments are given already."""


@router.post("/networks/{network_id}/members", status_code=201, response_model=views.Membership)
async def join(network_id: UUID, command: commands.JoinNetwork, call: ByResident, given: Given) -> Response:
    """Ask to become a member of the network whose area contains the person's address, after a check of the address."""
    request = await handlers.with_address(command, given)
    return await answered(call, partial(handlers.join, network_id, request, call.caller.actor), given, 201)


@router.get("/members/{member_id}", response_model_exclude_none=True)
async def membership(member_id: UUID, reading: ReadByAcceptor, given: Given) -> views.MemberFile:
    """Return one membership, with the ETag that a change needs.

    The member, the police, and the coordinators and mandated officers of the network may see it; others get 404.
    """
    found = await views.member_file(reading.connection, member_id)
    police = not reading.caller.roles.isdisjoint(POLICE)
    if not police and reading.caller.actor != found.person:
        await views.require_concerned(reading.connection, found.network_id, reading.caller.actor)
    reading.show_tag(found.version)
    return views.member_file_of(found, given.today)


@router.post("/members/{member_id}/decision", response_model=views.Membership)
async def decide_on_member(
    member_id: UUID, command: commands.DecideOnMember, decision: DecidedByAcceptor, given: Given
) -> Response:
    """Accept or refuse a membership request; only police may accept an address outside the area, with a reason."""
    police = not decision.caller.roles.isdisjoint(POLICE)
    handle = partial(handlers.decide_on_member, member_id, command, decision.by, police=police)
    return await answered(decision, handle, given)


@router.put("/members/{member_id}/preferences", response_model=views.Membership)
async def change_preferences(
    member_id: UUID, command: commands.ChangePreferences, decision: DecidedByResident, given: Given
) -> Response:
    """Change language, channels, quiet hours and absence of the caller's membership."""
    return await answered(decision, partial(handlers.change_preferences, member_id, command, decision.by), given)


@router.post("/members/{member_id}/pause", response_model=views.Membership)
async def pause(member_id: UUID, decision: DecidedByResident, given: Given) -> Response:
    """Stop all messages to the caller's membership until the caller resumes it."""
    return await answered(decision, partial(handlers.pause, member_id, decision.by), given)


@router.post("/members/{member_id}/resumption", response_model=views.Membership)
async def resume(member_id: UUID, decision: DecidedByResident, given: Given) -> Response:
    """Resume the messages to the caller's membership, which the caller had paused."""
    return await answered(decision, partial(handlers.resume, member_id, decision.by), given)


@router.post("/members/{member_id}/departure", response_model=views.Membership)
async def leave(member_id: UUID, command: commands.Leave, call: ByDeparting, given: Given) -> Response:
    """End a membership: the member leaves, or police or a coordinator report that the member has died."""
    police = not call.caller.roles.isdisjoint(POLICE)
    return await answered(call, partial(handlers.leave, member_id, command, call.caller.actor, police=police), given)


@router.post("/members/{member_id}/unsubscription", response_model=views.Unsubscribed)
async def leave_by_token(member_id: UUID, command: commands.LeaveByToken, call: ByAll, given: Given) -> Response:
    """End the membership of somebody without an account, with the token in a message of the network; this is public."""

    async def done(uow: UnitOfWork) -> Reply:
        await handlers.leave_by_token(member_id, command, given, RegistryStore(uow, given.keyring))
        return Reply(views.Unsubscribed())

    return await call.once(done)


@router.get("/networks/{network_id}/reach")
async def reach(network_id: UUID, reading: ReadByReach, given: Given) -> views.Reach:
    """Count the members who get messages today, by channel and language; coordinators see only their own network."""
    await views.readable_network(reading.connection, network_id, own_reader(reading, REACHING))
    return await views.reach(reading.connection, network_id, given.today)


async def answered(call: Call[Caller], handle: Handler, given: Dependencies, status: int = 200) -> Response:
    """Call a handler in one transaction and return the membership as response, with its ETag."""

    async def done(uow: UnitOfWork) -> Reply:
        changed = await handle(given, RegistryStore(uow, given.keyring))
        return Reply(views.membership_of(changed, given.today), changed.version, status)

    return await call.once(done)
