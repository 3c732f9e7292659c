"""One function for each command: load under lock, call the domain, save, record what happened."""

from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from buurtsein_contracts import EventData
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_contracts.problems import DomainError, missing
from buurtsein_registry import commands
from buurtsein_registry.domain.member import Enterprise, Member
from buurtsein_registry.domain.network import Coordinator, Network, Recognition

BRUSSELS = ZoneInfo("Europe/Brussels")


class Store(Protocol):
    """What the handlers need kept, in one transaction."""

    async def network(self, network_id: UUID) -> Network:
        """The network, locked; DomainError `network_unknown`."""

    async def next_code(self, kind: str, place: str) -> str:
        """A code that no network has."""

    async def add_network(self, network: Network) -> None:
        """A new one."""

    async def save_network(self, network: Network) -> None:
        """Its new state; raises the version."""

    async def member(self, member_id: UUID) -> Member:
        """The membership, locked; DomainError `member_unknown`."""

    async def add_member(self, member: Member, person: commands.JoinNetwork) -> None:
        """A new membership, and the person in the vault; DomainError `already_member`."""

    async def save_member(self, member: Member) -> None:
        """Its new status."""

    async def record(self, *events: EventData) -> None:
        """Into the event log and the outbox."""


class Municipality(Protocol):
    """The municipality this registry is for, and what its map can tell."""

    nis: str
    network_code: str
    police_zone: str

    def has_area(self, area: Area) -> bool:
        """Whether an area lies within the municipality."""

    def is_in(self, area: Area, longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area."""


async def apply_for_network(
    command: commands.ApplyForNetwork, actor: str, municipality: Municipality, store: Store
) -> Network:
    """A network in state DRAFT."""
    if not municipality.has_area(command.area):
        raise DomainError("outside_area", "Het gebied ligt niet binnen de gemeente.")
    network = Network(
        code=await store.next_code(command.kind, municipality.network_code),
        kind=command.kind,
        name=command.name,
        nis=municipality.nis,
        postcodes=command.postcodes,
        police_zone=municipality.police_zone,
        area=command.area,
        applicant=actor,
    )
    await store.add_network(network)
    return network


async def sign_charter(network: Network, command: commands.SignCharter, actor: str, store: Store) -> Network:
    """A new version of the charter; the network was loaded by the caller, who checked its version."""
    network.sign_charter(command.communication_plan, command.budget_plan, actor, _today())
    await store.save_network(network)
    return network


async def submit(network_id: UUID, actor: str, store: Store) -> Network:
    """To korpschef and burgemeester."""
    network = await store.network(network_id)
    network.submit(actor, datetime.now(UTC))
    await store.save_network(network)
    return network


async def decide(network_id: UUID, command: commands.Decide, role: ApproverRole, actor: str, store: Store) -> Network:
    """Approve or reject; NetworkApproved on the second approval."""
    network = await store.network(network_id)
    if command.decision == "approve":
        await store.record(*network.approve(role, actor, datetime.now(UTC)))
    elif command.reason is None:
        raise DomainError("reason_missing", "Geef een reden voor de weigering.")
    else:
        network.reject(role, actor, command.reason, datetime.now(UTC))
    await store.save_network(network)
    return network


async def send_to_fod(network_id: UUID, actor: str, store: Store) -> Network:
    """The signed charter left for the FOD."""
    network = await store.network(network_id)
    network.send_to_fod(actor, datetime.now(UTC))
    await store.save_network(network)
    return network


async def recognise(network_id: UUID, command: commands.Recognise, actor: str, store: Store) -> Network:
    """The FOD's yes; NetworkRecognised."""
    network = await store.network(network_id)
    recognition = Recognition(**command.model_dump())
    await store.record(*network.recognise(recognition, actor, datetime.now(UTC)))
    await store.save_network(network)
    return network


async def return_charter(network_id: UUID, command: commands.ReturnCharter, actor: str, store: Store) -> Network:
    """The FOD's no."""
    network = await store.network(network_id)
    network.return_charter(command.reason, actor, datetime.now(UTC))
    await store.save_network(network)
    return network


async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, actor: str, store: Store
) -> Network:
    """Only who was found suitable; CoordinatorAppointed."""
    if command.screening_outcome != "OK":
        raise DomainError("screening_unfavourable", "De screening was niet gunstig. Kies een andere kandidaat.")
    network = await store.network(network_id)
    coordinator = Coordinator(
        person=command.candidate, role=command.role, screened_on=command.screened_on, appointed_on=_today()
    )
    await store.record(*network.appoint_coordinator(coordinator, actor, datetime.now(UTC)))
    await store.save_network(network)
    return network


async def join_be_alert(network_id: UUID, command: commands.JoinBeAlert, actor: str, store: Store) -> Network:
    """The coordinator agrees; BeAlertJoined."""
    network = await store.network(network_id)
    await store.record(*network.join_be_alert(command.agreement_version, actor, datetime.now(UTC)))
    await store.save_network(network)
    return network


async def join(
    network_id: UUID, command: commands.JoinNetwork, actor: str, municipality: Municipality, store: Store
) -> Member:
    """A person becomes a member of the network of their address; MemberJoined."""
    network = await store.network(network_id)
    network.require_open()
    address = command.address
    if not municipality.is_in(network.area, address.longitude, address.latitude):
        raise DomainError("outside_area", "Dit adres ligt niet in het gebied van het netwerk.")
    member = Member(
        network_id=network_id,
        person=actor,
        kind=command.kind,
        enterprise=_enterprise(command),
        language=command.language,
        channels=command.channels,
        consent_version=command.consent_version,
    )
    events = member.join(network.kind, datetime.now(UTC))
    await store.add_member(member, command)
    await store.record(*events)
    return member


def _enterprise(command: commands.JoinNetwork) -> Enterprise | None:
    if command.enterprise_number is None:
        return None
    return Enterprise(number=command.enterprise_number, legal_person=command.legal_person)


async def leave(member_id: UUID, command: commands.Leave, actor: str, store: Store) -> Member:
    """A member's own wish; MemberLeft. Somebody else's membership does not exist for you."""
    member = await store.member(member_id)
    if member.person != actor:
        raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")
    await store.record(*member.leave(command.reason, datetime.now(UTC)))
    await store.save_member(member)
    return member


def _today() -> date:
    return datetime.now(BRUSSELS).date()
