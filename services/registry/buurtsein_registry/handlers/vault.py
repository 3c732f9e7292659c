"""Handles requests to read the data of a person in the vault, and requests of persons to correct their own data.

Invariant: `read_person` of the store is the only way to personal data, and notes who reads.
"""

from dataclasses import dataclass
from uuid import UUID

from buurtsein_contracts.events.member import MemberKind
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError, missing, require_seen
from buurtsein_registry import commands
from buurtsein_registry.domain.member import Member, outside_area, require_enterprise
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.public_contact import ConsentedContact
from buurtsein_registry.domain.vault_read import OWN, Reader, VaultRead
from buurtsein_registry.handlers.addresses import is_inside, require_room
from buurtsein_registry.handlers.channels import live_memberships, require_kept
from buurtsein_registry.handlers.dependencies import Dependencies
from buurtsein_registry.handlers.stores import Store

MOST_REGISTERED = 2_000
"""The most members whose data one request exports; networks have some hundreds."""


@dataclass(frozen=True, slots=True)
class Personal:
    """The vault's data about one person, with the person's memberships."""

    person: str
    data: PersonData
    addresses: dict[UUID, commands.Address]
    memberships: list[Member]


@dataclass(frozen=True, slots=True)
class Everything:
    """All that the registry stores about one person."""

    person: str
    data: PersonData | None
    addresses: dict[UUID, commands.Address]
    memberships: list[Member]
    offices: list[tuple[UUID, str]]
    """The networks in which the person has or had a role, with the role: `applicant` or `coordinator`."""
    reads: list[VaultRead]
    public_contacts: dict[UUID, ConsentedContact]
    """The contacts that the person shows to everybody, by network."""


async def read_person(person: str, reader: Reader, store: Store) -> Personal:
    """Return the personal data of one person, and note who reads it; raise DomainError `person_unknown`."""
    data = await store.read_person(person, reader)
    if data is None:
        raise missing("person_unknown", "Van deze persoon worden geen gegevens bewaard.")
    return Personal(person, data, await store.addresses(person), await store.memberships(person))


async def read_contacts(network_id: UUID, coordinator: str, store: Store) -> list[Personal]:
    """Return the active members of a network for one of its coordinators; each read is noted.

    Raises DomainError `network_unknown` when the reader does not coordinate this network.
    """
    if not await store.coordinates(coordinator, network_id):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    reader = Reader(coordinator, "coordinator")
    return [await read_person(person, reader, store) for person in await store.active_persons(network_id)]


async def read_register(network_id: UUID, reader: Reader, store: Store) -> tuple[str, list[Personal]]:
    """Return a network's code and its members, each person once; each read of personal data is recorded.

    Raises:
        DomainError: `network_unknown`; `register_too_long` for more than MOST_REGISTERED members.
    """
    network = await store.network(network_id)
    persons = dict.fromkeys(await store.active_persons(network_id))
    if len(persons) > MOST_REGISTERED:
        detail = f"Dit zijn meer dan {MOST_REGISTERED} leden. Vraag de gegevens per persoon."
        raise DomainError("register_too_long", detail, values={"most": MOST_REGISTERED})
    return network.code, [await read_person(person, reader, store) for person in persons]


async def everything(person: str, store: Store) -> Everything:
    """Return all data that the registry stores about a person, at that person's own request; the read is recorded."""
    data = await store.read_person(person, Reader(person, OWN))
    return Everything(
        person,
        data,
        await store.addresses(person),
        await store.memberships(person),
        await store.offices(person),
        await store.vault_reads(person),
        await store.contacts_of(person),
    )


async def correct_person(command: commands.CorrectPerson, by: By, store: Store) -> None:
    """Replace a person's name, e-mail and mobile by the values that the person gives.

    Raises:
        DomainError: `person_unknown`, `version_changed` when the data changed since the person read them, or
            `channel_not_possible` when a channel of a membership that has not ended would no longer work.
    """
    data = await store.read_person(by.actor, Reader(by.actor, OWN))
    if data is None:
        raise missing("person_unknown", "Van deze persoon worden geen gegevens bewaard.")
    require_seen(by.seen, data.tag)
    corrected = data.model_copy(update=command.model_dump())
    require_kept(await live_memberships(by.actor, store), data, corrected)
    await store.put_person(by.actor, corrected)
    await store.channels_work(by.actor)


async def correct_address(
    member_id: UUID, address: commands.Address, by: By, given: Dependencies, store: Store
) -> Member:
    """Replace the address of the caller's own membership, and return the membership with its new version.

    Raises:
        DomainError: `member_unknown` for a membership of somebody else or one that has ended, `outside_area`,
            `enterprise_missing` for a trader who would have no number left, `address_full`, or `version_changed` when
            the membership changed since the person read it.
    """
    member = await store.member(member_id)
    member.require_own(by.actor)
    if member.left_at:
        raise missing("member_unknown", "Dit lidmaatschap is beëindigd.")
    member.require_seen(by.seen)
    if not is_inside(address, await store.network(member.network_id), given):
        raise outside_area()
    await _require_number(member, address, store)
    await _require_room(member, address, given, store)
    await store.put_address(member_id, by.actor, address)
    await store.save_member(member)
    return member


async def _require_number(member: Member, address: commands.Address, store: Store) -> None:
    """Raise `enterprise_missing` for a trader who has no number in the membership, the vault or the address."""
    number = member.enterprise_number or address.establishment_number
    if number is None and member.kind is MemberKind.TRADER:
        data = await store.read_person(member.person, Reader(member.person, OWN))
        number = data.enterprise_number if data else None
    require_enterprise(member.kind, number)


async def _require_room(member: Member, address: commands.Address, given: Dependencies, store: Store) -> None:
    """Raise `address_full` if the member moves to an address that has as many members as the installation allows.

    Lock the network before this call, so that two members cannot move to one address at the same time.
    """
    before = (await store.addresses(member.person)).get(member.member_id)
    if before is None or before.places[0] not in address.places:
        await require_room(member.network_id, address, given, store)
