"""Handles measures against members: a warning, a suspension, and the three steps of an exclusion."""

from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_registry import commands
from buurtsein_registry.domain import exclusion, membership
from buurtsein_registry.domain.member import Member, unknown
from buurtsein_registry.domain.network import not_mandated
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import MemberStore


async def warn(member_id: UUID, command: commands.Warn, by: By, given: Dependencies, store: MemberStore) -> Member:
    """Store a written warning by the police."""
    member = await _seen(member_id, by, store)
    membership.warn(member, command.reason, by.actor, given.clock.now())
    await store.save_member(member)
    return member


async def suspend_member(
    member_id: UUID, command: commands.SuspendMember, by: By, given: Dependencies, store: MemberStore
) -> Member:
    """Suspend a member until a day; record MemberSuspended."""
    member = await _seen(member_id, by, store)
    events = membership.suspend(member, command.reason, command.until, by.actor, given.clock.now())
    await store.save_member(member)
    await store.record(*events)
    return member


async def propose_exclusion(
    member_id: UUID, command: commands.ProposeExclusion, by: By, given: Dependencies, store: MemberStore
) -> Member:
    """Propose to exclude a member, as the network's coordinator; raise `member_unknown` for other callers."""
    member = await store.member(member_id)
    if not await store.coordinates(by.actor, member.network_id):
        raise unknown()
    member.require_seen(by.seen)
    exclusion.propose(member, command.reason, by.actor, given.clock.now())
    await store.save_member(member)
    return member


async def sign_exclusion(member_id: UUID, by: By, given: Dependencies, store: MemberStore) -> Member:
    """Sign a proposed exclusion, as a mandated officer of the network; raise `not_mandated` for another officer."""
    member = await store.member(member_id)
    if not await store.is_mandated(by.actor, member.network_id):
        raise not_mandated()
    member.require_seen(by.seen)
    exclusion.sign(member, by.actor, given.clock.now())
    await store.save_member(member)
    return member


async def confirm_exclusion(member_id: UUID, by: By, given: Dependencies, store: MemberStore) -> Member:
    """Confirm a signed exclusion, as korpschef (chief of police); record MemberExcluded."""
    member = await _seen(member_id, by, store)
    events = exclusion.confirm(member, by.actor, given.clock.now())
    await store.save_member(member)
    await store.record(*events)
    return member


async def _seen(member_id: UUID, by: By, store: MemberStore) -> Member:
    """Load a membership for the police; raise DomainError when it has changed since the officer read it."""
    member = await store.member(member_id)
    member.require_seen(by.seen)
    return member
