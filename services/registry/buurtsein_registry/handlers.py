"""One function for each command: load under lock, call the domain, save, record what happened."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, missing
from buurtsein_registry import commands
from buurtsein_registry.domain.facts import Coordinator, Recognition
from buurtsein_registry.domain.member import Member, require_enterprise, require_sayable
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Erasure, Known
from buurtsein_registry.domain.rules import Rules, require_version
from buurtsein_registry.domain.screening import Screening


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, and which version of the network they read."""

    actor: str
    seen: int


class Store(Protocol):
    """What the handlers need kept, in one transaction."""

    async def network(self, network_id: UUID) -> Network:
        """The network, locked; DomainError `network_unknown`."""

    async def next_code(self, kind: str, place: str) -> str:
        """A code that no network has; DomainError `network_numbers_used_up`."""

    async def open_applications(self, applicant: str) -> int:
        """How many applications of a person wait for somebody; one request of that person at a time."""

    async def add_network(self, network: Network) -> None:
        """A new one."""

    async def save_network(self, network: Network) -> None:
        """Its new state; raises the version."""

    async def member(self, member_id: UUID) -> Member:
        """The membership, locked; DomainError `member_unknown`."""

    async def coordinates(self, person: str, network_id: UUID) -> bool:
        """Whether somebody is a coordinator of a network."""

    async def add_member(self, member: Member, person: commands.JoinNetwork) -> None:
        """A new membership, and the person in the vault; DomainError `already_member`."""

    async def save_member(self, member: Member) -> None:
        """Its new status."""

    async def known(self, person: str) -> Known:
        """What is kept of a person, who cannot join in the meantime."""

    async def forget(self, person: str) -> None:
        """The vault's row and the ended memberships go."""

    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        """That somebody was erased, and which official did it; None: the person."""

    async def record(self, *events: EventData) -> None:
        """Into the event log and the outbox."""


class Municipality(Protocol):
    """The municipality this registry is for: what its map can tell, and what it decided."""

    nis: str
    network_code: str
    police_zone: str
    rules: Rules

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
    most = municipality.rules.max_open_applications
    if await store.open_applications(actor) >= most:
        raise conflict("too_many_applications", f"U hebt al {most} lopende aanvragen. Werk er eerst een af.")
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


async def sign_charter(network_id: UUID, command: commands.SignCharter, by: By, store: Store) -> Network:
    """A new version of the charter."""
    network = await _own(network_id, by, store)
    network.sign_charter(command.communication_plan, command.budget_plan, by.actor, _today())
    await store.save_network(network)
    return network


async def submit(network_id: UUID, by: By, store: Store) -> Network:
    """To korpschef and burgemeester."""
    network = await _own(network_id, by, store)
    network.submit(by.actor, datetime.now(UTC))
    await store.save_network(network)
    return network


async def decide(network_id: UUID, command: commands.Decide, role: ApproverRole, by: By, store: Store) -> Network:
    """Approve or reject; NetworkApproved on the second approval."""
    network = await _seen(network_id, by, store)
    if command.decision == "approve":
        await store.record(*network.approve(role, by.actor, datetime.now(UTC)))
    elif command.reason is None:
        raise DomainError("reason_missing", "Geef een reden voor de weigering.")
    else:
        network.reject(role, by.actor, command.reason, datetime.now(UTC))
    await store.save_network(network)
    return network


async def send_to_fod(network_id: UUID, by: By, store: Store) -> Network:
    """The signed charter left for the FOD."""
    network = await _seen(network_id, by, store)
    network.send_to_fod(by.actor, datetime.now(UTC))
    await store.save_network(network)
    return network


async def recognise(network_id: UUID, command: commands.Recognise, by: By, store: Store) -> Network:
    """The FOD's yes; NetworkRecognised."""
    network = await _seen(network_id, by, store)
    recognition = Recognition(**command.model_dump())
    await store.record(*network.recognise(recognition, by.actor, datetime.now(UTC)))
    await store.save_network(network)
    return network


async def return_charter(network_id: UUID, command: commands.ReturnCharter, by: By, store: Store) -> Network:
    """The FOD's no."""
    network = await _seen(network_id, by, store)
    network.return_charter(command.reason, by.actor, datetime.now(UTC))
    await store.save_network(network)
    return network


async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, by: By, rules: Rules, store: Store
) -> Network:
    """Keeps the outcome of the screening, and appoints who was found suitable; CoordinatorAppointed."""
    network, now = await _seen(network_id, by, store), datetime.now(UTC)
    screening = Screening(
        person=command.candidate,
        outcome=command.screening_outcome,
        screened_on=command.screened_on,
        actor=by.actor,
        noted_at=now,
    )
    network.screen(screening, rules.screening_valid_days)
    if command.screening_outcome == "OK":
        coordinator = Coordinator(
            person=command.candidate, role=command.role, screened_on=command.screened_on, appointed_on=_today()
        )
        await store.record(*network.appoint_coordinator(coordinator, by.actor, now))
    await store.save_network(network)
    return network


async def remove_coordinator(
    network_id: UUID, person: str, command: commands.RemoveCoordinator, by: By, store: Store
) -> Network:
    """Somebody is coordinator no longer; CoordinatorRemoved."""
    network = await _seen(network_id, by, store)
    await store.record(*network.remove_coordinator(person, command.reason, by.actor, datetime.now(UTC)))
    await store.save_network(network)
    return network


async def join_be_alert(
    network_id: UUID, command: commands.JoinBeAlert, actor: str, rules: Rules, store: Store
) -> Network:
    """The coordinator agrees; BeAlertJoined."""
    network = await store.network(network_id)
    events = network.join_be_alert(command.agreement_version, actor, datetime.now(UTC))
    require_version(command.agreement_version, rules.be_alert_versions)
    await store.record(*events)
    await store.save_network(network)
    return network


async def join(
    network_id: UUID, command: commands.JoinNetwork, actor: str, municipality: Municipality, store: Store
) -> Member:
    """A person becomes a member of the network of their address; MemberJoined."""
    network = await store.network(network_id)
    network.require_open(actor, _today())
    address = command.address
    if not municipality.is_in(network.area, address.longitude, address.latitude):
        raise DomainError("outside_area", "Dit adres ligt niet in het gebied van het netwerk.")
    require_enterprise(command.kind, command.enterprise_number)
    require_version(command.consent_version, municipality.rules.consent_versions)
    member = Member(
        network_id=network_id,
        person=actor,
        kind=command.kind,
        enterprise_number=command.enterprise_number if command.legal_person else None,
        language=command.language,
        channels=command.channels,
        consent_version=command.consent_version,
    )
    events = member.join(datetime.now(UTC))
    await store.add_member(member, command)
    await store.record(*events)
    return member


async def leave(member_id: UUID, command: commands.Leave, actor: str, store: Store, *, police: bool) -> Member:
    """A member's own wish, or their death as police or a coordinator say it; MemberLeft.

    Another's membership does not exist for anybody else.
    """
    member = await store.member(member_id)
    own = member.person == actor
    if not own and not police and not await store.coordinates(actor, member.network_id):
        raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")
    require_sayable(command.reason, of_oneself=own)
    await store.record(*member.leave(command.reason, datetime.now(UTC)))
    await store.save_member(member)
    return member


async def erase(person: str, reason: ErasureReason, store: Store, *, official: str | None) -> Erasure:
    """The registry forgets who somebody was and of what they were a member; PersonErased.

    `official` is who does it for the person; None: the person does.
    """
    known, now = await store.known(person), datetime.now(UTC)
    await store.record(*known.erase(reason, now))
    await store.forget(person)
    erasure = Erasure(erased_at=now, reason=reason)
    await store.note_erasure(erasure, official)
    return erasure


async def _seen(network_id: UUID, by: By, store: Store) -> Network:
    network = await store.network(network_id)
    network.require_seen(by.seen)
    return network


async def _own(network_id: UUID, by: By, store: Store) -> Network:
    """The network of who acts; somebody else does not learn its version."""
    network = await store.network(network_id)
    network.require_own(by.actor)
    network.require_seen(by.seen)
    return network


def _today() -> date:
    return brussels_day(datetime.now(UTC))
