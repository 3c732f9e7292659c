"""Handles memberships: join and leave."""

from uuid import UUID

from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands
from buurtsein_registry.domain.member import Member, require_enterprise
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.rules import require_version
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import Store


async def join(
    network_id: UUID, command: commands.JoinNetwork, actor: str, given: Dependencies, store: Store
) -> Member:
    """Add a member whose address lies in the network's area; record MemberJoined."""
    network, now = await store.network(network_id), given.clock.now()
    network.require_open(actor, brussels_day(now))
    if not given.municipality.is_in(network.area.model_dump(), command.address.longitude, command.address.latitude):
        raise DomainError("outside_area", "Dit adres ligt niet in het gebied van het netwerk.")
    require_enterprise(command.kind, command.enterprise_number)
    require_version(command.consent_version, given.rules.consent_versions)
    member = Member(
        network_id=network_id,
        person=actor,
        kind=command.kind,
        enterprise_number=command.enterprise_number if command.legal_person else None,
        language=command.language,
        channels=command.channels,
        consent_version=command.consent_version,
    )
    events = member.join(now)
    await store.add_member(member)
    await store.put_person(actor, personal_data(command))
    await store.put_address(member.member_id, actor, command.address)
    await store.record(*events)
    return member


async def leave(
    member_id: UUID, command: commands.Leave, actor: str, given: Dependencies, store: Store, *, police: bool
) -> Member:
    """End a membership; record MemberLeft.

    The member leaves, or police or a coordinator of the network report that the member has died.
    """
    member = await store.member(member_id)
    member.require_reporter(actor, may_report_others=police or await store.coordinates(actor, member.network_id))
    events = member.leave(command.reason, actor, given.clock.now())
    await store.save_member(member)
    await store.record(*events)
    return member


def personal_data(command: commands.JoinNetwork) -> PersonData:
    """Return the part of a request to join that is stored in the vault, without the address."""
    return PersonData(
        name=command.name,
        email=command.email,
        mobile=command.mobile,
        enterprise_number=None if command.legal_person else command.enterprise_number,
    )
