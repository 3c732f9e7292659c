"""One function for each command: load under lock, decide in the domain, save, record what happened."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.places import Municipality
from buurtsein_kernel.problems import DomainError, conflict, require_seen
from buurtsein_registry import commands
from buurtsein_registry.domain.facts import Recognition
from buurtsein_registry.domain.member import Member, require_enterprise
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Erasure, Known
from buurtsein_registry.domain.rules import Rules, require_version
from buurtsein_registry.domain.screening import Screening


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the handlers need besides the store."""

    clock: Clock
    rules: Rules
    """What the installation decides about networks and members."""
    municipality: Municipality
    network_code: str
    """The municipality's part of network codes."""
    police_zone: str

    @property
    def today(self) -> date:
        """The day it is in Belgium."""
        return brussels_day(self.clock.now())


class Store(Protocol):
    """What the handlers need kept, in one transaction."""

    async def network(self, network_id: UUID) -> Network:
        """Return the network, locked; raise DomainError `network_unknown`."""

    async def next_code(self, kind: str, place: str) -> str:
        """Return a code that no network has; raise DomainError `network_numbers_used_up`."""

    async def open_applications(self, applicant: str) -> int:
        """Count a person's applications that wait for somebody; that person's other requests wait until the end."""

    async def add_network(self, network: Network) -> None:
        """Keep a new network."""

    async def save_network(self, network: Network) -> None:
        """Keep its new state, and raise its version."""

    async def member(self, member_id: UUID) -> Member:
        """Return the membership, locked; raise DomainError `member_unknown`."""

    async def coordinates(self, person: str, network_id: UUID) -> bool:
        """Tell whether somebody is a coordinator of a network."""

    async def add_member(self, member: Member, person: commands.JoinNetwork) -> None:
        """Keep a new membership, and the person in the vault; raise DomainError `already_member`."""

    async def save_member(self, member: Member) -> None:
        """Keep its new status."""

    async def known(self, person: str) -> Known:
        """Return what is kept of a person, who cannot join in the meantime."""

    async def forget(self, person: str) -> None:
        """Delete the person from the vault, and their ended memberships."""

    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        """Keep that somebody was erased, and which official did it; None: the person."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


async def apply_for_network(
    command: commands.ApplyForNetwork, actor: str, given: Dependencies, store: Store
) -> Network:
    """A neighbourhood asks to become a network; its state is DRAFT."""
    if not given.municipality.has_area(command.area.model_dump()):
        raise DomainError("outside_area", "Het gebied ligt niet binnen de gemeente.")
    most = given.rules.max_open_applications
    if await store.open_applications(actor) >= most:
        raise conflict("too_many_applications", f"U hebt al {most} lopende aanvragen. Werk er eerst een af.")
    network = Network(
        code=await store.next_code(command.kind, given.network_code),
        kind=command.kind,
        name=command.name,
        nis=given.municipality.nis,
        postcodes=command.postcodes,
        police_zone=given.police_zone,
        area=command.area,
        applicant=actor,
    )
    await store.add_network(network)
    return network


async def sign_charter(
    network_id: UUID, command: commands.SignCharter, by: By, given: Dependencies, store: Store
) -> Network:
    """The neighbourhood signs a new version of its charter."""
    network = await _own(network_id, by, store)
    today = given.today
    network.sign_charter(command.communication_plan, command.budget_plan, by.actor, today)
    await store.save_network(network)
    return network


async def submit(network_id: UUID, by: By, given: Dependencies, store: Store) -> Network:
    """The neighbourhood offers its charter to korpschef and burgemeester."""
    network = await _own(network_id, by, store)
    network.submit(by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def decide(
    network_id: UUID, command: commands.Decide, office: ApproverRole, by: By, given: Dependencies, store: Store
) -> Network:
    """Korpschef or burgemeester approves or rejects; NetworkApproved on the second approval."""
    network = await _seen(network_id, by, store)
    approved = command.decision == "approve"
    events = network.decide(office, by.actor, command.reason, given.clock.now(), approved=approved)
    await store.save_network(network)
    await store.record(*events)
    return network


async def send_to_fod(network_id: UUID, by: By, given: Dependencies, store: Store) -> Network:
    """The signed charter left for the FOD."""
    network = await _seen(network_id, by, store)
    network.send_to_fod(by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def recognise(
    network_id: UUID, command: commands.Recognise, by: By, given: Dependencies, store: Store
) -> Network:
    """The FOD recognises the network; NetworkRecognised."""
    network = await _seen(network_id, by, store)
    recognition = Recognition(start=command.start, end=command.end, reference=command.reference)
    events = network.recognise(recognition, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, by: By, given: Dependencies, store: Store
) -> Network:
    """The FOD sends the charter back."""
    network = await _seen(network_id, by, store)
    network.return_charter(command.reason, by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, by: By, given: Dependencies, store: Store
) -> Network:
    """Police keep the outcome of a screening, and appoint who was found suitable; CoordinatorAppointed."""
    network = await _seen(network_id, by, store)
    screening = Screening(
        person=command.candidate,
        outcome=command.screening_outcome,
        screened_on=command.screened_on,
        actor=by.actor,
        noted_at=given.clock.now(),
    )
    events = network.assess_candidate(screening, command.role, given.rules.screening_valid_days)
    await store.save_network(network)
    await store.record(*events)
    return network


async def remove_coordinator(
    network_id: UUID, person: str, command: commands.RemoveCoordinator, by: By, given: Dependencies, store: Store
) -> Network:
    """Somebody is coordinator no longer; CoordinatorRemoved."""
    network = await _seen(network_id, by, store)
    events = network.remove_coordinator(person, command.reason, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def join_be_alert(
    network_id: UUID, command: commands.JoinBeAlert, actor: str, given: Dependencies, store: Store
) -> Network:
    """A coordinator agrees to communicate through BE-Alert; BeAlertJoined."""
    network = await store.network(network_id)
    events = network.join_be_alert(command.agreement_version, actor, given.clock.now())
    require_version(command.agreement_version, given.rules.be_alert_versions)
    await store.save_network(network)
    await store.record(*events)
    return network


async def join(
    network_id: UUID, command: commands.JoinNetwork, actor: str, given: Dependencies, store: Store
) -> Member:
    """A person becomes a member of the network of their address; MemberJoined."""
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
    await store.add_member(member, command)
    await store.record(*events)
    return member


async def leave(
    member_id: UUID, command: commands.Leave, actor: str, given: Dependencies, store: Store, *, police: bool
) -> Member:
    """A member leaves, or police or a coordinator of the network report a death; MemberLeft."""
    member = await store.member(member_id)
    member.require_reporter(actor, may_report_others=police or await store.coordinates(actor, member.network_id))
    events = member.leave(command.reason, actor, given.clock.now())
    await store.save_member(member)
    await store.record(*events)
    return member


async def erase(
    person: str, reason: ErasureReason, given: Dependencies, store: Store, *, official: str | None
) -> Erasure:
    """The registry forgets who somebody was and of what they were a member; PersonErased.

    `official` is who does it for the person; None: the person does.
    """
    known, now = await store.known(person), given.clock.now()
    events = known.erase(reason, now)
    erasure = Erasure(erased_at=now, reason=reason)
    await store.forget(person)
    await store.note_erasure(erasure, official)
    await store.record(*events)
    return erasure


async def _seen(network_id: UUID, by: By, store: Store) -> Network:
    """Load the network; refuse when it is not as somebody read it."""
    network = await store.network(network_id)
    require_seen(by.seen, network.version)
    return network


async def _own(network_id: UUID, by: By, store: Store) -> Network:
    """The same for the network of who acts; somebody else does not learn its version."""
    network = await store.network(network_id)
    network.require_own(by.actor)
    require_seen(by.seen, network.version)
    return network
