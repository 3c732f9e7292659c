"""Handles memberships: the request to join, the decision on it, and what members do with their own membership."""

from datetime import date
from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_registry import commands
from buurtsein_registry.domain import membership
from buurtsein_registry.domain.member import Member, Preferences, outside_area, require_enterprise, unknown
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.rules import Acceptance, require_version
from buurtsein_registry.domain.vault_read import OWN, Reader
from buurtsein_registry.handlers.addresses import is_inside, require_room
from buurtsein_registry.handlers.channels import require_reachable, with_known
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import MemberStore, Store


async def join(
    network_id: UUID, command: commands.JoinAtAddress, actor: str, given: Dependencies, store: Store
) -> Member:
    """Store a request to become a member, or accept it at once where the installation says so.

    An address outside the area, or without a point, is refused unless the person asks the police for an exception.

    Raises:
        DomainError: `network_unknown`, `outside_area`, `enterprise_missing`, `version_unknown`, `address_full`,
            `already_member`, `channel_not_possible`, and the refusals of `Network.require_open`.
    """
    member = await requested(network_id, command, actor, given, store)
    at_once = given.rules.acceptance is Acceptance.AT_ONCE and not member.needs_police
    events = membership.join(member, given.clock.now()) if at_once else []
    await store_request(member, command, store)
    await store.record(*events)
    return member


async def requested(
    network_id: UUID, command: commands.JoinAtAddress, person: str, given: Dependencies, store: Store
) -> Member:
    """Check a request to become a member, and return the requested membership; raise the errors of `join`."""
    network = await store.network(network_id)
    network.require_open(person, brussels_day(given.clock.now()))
    member = _request(network, command, person, given)
    require_enterprise(command.kind, command.enterprise_number or command.address.establishment_number)
    require_version(command.consent_version, given.rules.consent_versions)
    await require_room(network_id, command.address, given, store)
    return member


async def store_request(member: Member, command: commands.JoinAtAddress, store: Store) -> None:
    """Insert a requested membership, and store the personal data of the requester in the vault.

    E-mail and enterprise number of other memberships stay. Raises `channel_not_possible` as `with_known` does.
    """
    await store.add_member(member)
    await store.put_person(member.person, await with_known(member, personal_data(command), store))
    await store.put_address(member.member_id, member.person, command.address)


async def decide_on_member(
    member_id: UUID, command: commands.DecideOnMember, by: By, given: Dependencies, store: Store, *, police: bool
) -> Member:
    """Accept or refuse a request, as a coordinator of the network or as police; record MemberJoined.

    Raises the errors of `Network.require_in_force` for an acceptance while people cannot join the network.
    """
    member = await _for_others(member_id, by, store, police=police)
    now = given.clock.now()
    if command.decision == "refuse":
        membership.refuse(member, by.actor, command.reason, now)
        return await _saved(member, store)
    await _require_in_force(member, given.today, store)
    events = membership.accept(member, by.actor, command.reason, now, police=police)
    await store.save_member(member)
    await store.record(*events)
    return member


async def change_preferences(
    member_id: UUID, command: commands.ChangePreferences, by: By, given: Dependencies, store: Store
) -> Member:
    """Store how and when a member wants to get messages; raise `channel_not_possible` for e-mail without an address."""
    member = await _own(member_id, by, store)
    require_reachable(command.channels, await store.read_person(by.actor, Reader(by.actor, OWN)))
    membership.change(member, Preferences.model_validate(command.model_dump()), given.clock.now())
    return await _saved(member, store)


async def pause(member_id: UUID, by: By, given: Dependencies, store: Store) -> Member:
    """Stop all messages to the member until the member resumes."""
    member = await _own(member_id, by, store)
    membership.pause(member, given.clock.now())
    return await _saved(member, store)


async def resume(member_id: UUID, by: By, given: Dependencies, store: Store) -> Member:
    """Let a member who paused get messages again."""
    member = await _own(member_id, by, store)
    membership.resume(member, given.clock.now())
    return await _saved(member, store)


async def leave(
    member_id: UUID, command: commands.Leave, actor: str, given: Dependencies, store: Store, *, police: bool
) -> Member:
    """End a membership; record MemberLeft.

    The member leaves, or police or a coordinator of the network report that the member has died.
    """
    member = await store.member(member_id)
    if actor != member.person and not (police or await store.coordinates(actor, member.network_id)):
        raise unknown()
    events = membership.leave(member, command.reason, actor, given.clock.now())
    await store.save_member(member)
    await store.record(*events)
    return member


async def _require_in_force(member: Member, day: date, store: MemberStore) -> None:
    """Raise the errors of `Network.require_in_force`; they name the other actions that are possible on the request.

    The network is not locked: a suspension may follow directly after the acceptance.
    """
    possible = [action for action in member.allowed(day) if action != "accept"]
    (await store.network_of(member)).require_in_force(day, possible)


def _request(network: Network, command: commands.JoinAtAddress, actor: str, given: Dependencies) -> Member:
    """Return a requested membership; raise `outside_area` unless the address is in the area or needs an exception."""
    inside = is_inside(command.address, network, given)
    if not (inside or command.asks_exception):
        raise outside_area()
    chosen = command.model_dump(include={"kind", "language", "channels", "quiet_hours", "consent_version"})
    return Member(
        network_id=network.network_id,
        person=actor,
        enterprise_number=command.enterprise_number if command.legal_person else None,
        consented_at=given.clock.now(),
        needs_police=not inside,
        **chosen,
    )


async def leave_by_token(member_id: UUID, command: commands.LeaveByToken, given: Dependencies, store: Store) -> Member:
    """End the membership of somebody without an account, who shows the token; record MemberLeft."""
    member = await store.member(member_id)
    events = membership.leave_by_token(member, command.leaving_token, given.keyring, given.clock.now())
    await store.save_member(member)
    await store.record(*events)
    return member


async def _own(member_id: UUID, by: By, store: MemberStore) -> Member:
    """Load the caller's own membership; raise DomainError when it has changed since the caller read it."""
    member = await store.member(member_id)
    member.require_own(by.actor)
    member.require_seen(by.seen)
    return member


async def _for_others(member_id: UUID, by: By, store: MemberStore, *, police: bool) -> Member:
    """Load a membership for the police or the network's coordinator; raise `member_unknown` for other callers."""
    member = await store.member(member_id)
    if not (police or await store.coordinates(by.actor, member.network_id)):
        raise unknown()
    member.require_seen(by.seen)
    return member


async def _saved(member: Member, store: MemberStore) -> Member:
    await store.save_member(member)
    return member


def personal_data(command: commands.JoinNetwork) -> PersonData:
    """Return the part of a request to join that is stored in the vault, without the address."""
    return PersonData(
        name=command.name,
        email=command.email,
        mobile=command.mobile,
        enterprise_number=None if command.legal_person else command.enterprise_number,
    )
