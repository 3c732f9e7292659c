"""Handles the commands: each handler loads under a row lock, calls the domain, saves, and records events."""

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
from buurtsein_registry.domain.member import Member, require_enterprise
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Recognition
from buurtsein_registry.domain.person import Erasure, Known
from buurtsein_registry.domain.rules import Rules, require_version
from buurtsein_registry.domain.screening import Screening


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that the handlers need besides the store."""

    clock: Clock
    rules: Rules
    """The rules that the installation sets for networks and members."""
    municipality: Municipality
    network_code: str
    """The municipality's part of network codes."""
    police_zone: str

    @property
    def today(self) -> date:
        """Return the present day in Belgium."""
        return brussels_day(self.clock.now())


class Store(Protocol):
    """A Protocol: reads and writes the tables that the handlers use, in one transaction."""

    async def network(self, network_id: UUID) -> Network:
        """Return the network and lock its row; raise DomainError `network_unknown`."""

    async def next_code(self, kind: str, place: str) -> str:
        """Return a code that no network has; raise DomainError `network_numbers_used_up`."""

    async def open_applications(self, applicant: str) -> int:
        """Return how many applications of a person are open.

        The person's applications stay locked until the transaction ends.
        """

    async def add_network(self, network: Network) -> None:
        """Insert a new network."""

    async def save_network(self, network: Network) -> None:
        """Update a network, and add 1 to its version."""

    async def member(self, member_id: UUID) -> Member:
        """Return the membership and lock its row; raise DomainError `member_unknown`."""

    async def coordinates(self, person: str, network_id: UUID) -> bool:
        """Return whether a person is a coordinator of a certain network."""

    async def add_member(self, member: Member, person: commands.JoinNetwork) -> None:
        """Insert a membership, and the person's data in the vault; raise DomainError `already_member`."""

    async def save_member(self, member: Member) -> None:
        """Update a membership."""

    async def known(self, person: str) -> Known:
        """Return what is stored about a person; lock the person's row in the vault, so that the person cannot join."""

    async def forget(self, person: str) -> None:
        """Delete the personal data of a person in the vault, and the memberships that have ended."""

    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        """Insert the record of an erasure.

        `official` is the official who did it, or None when the person did it.
        """

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


async def apply_for_network(
    command: commands.ApplyForNetwork, actor: str, given: Dependencies, store: Store
) -> Network:
    """Insert a new network in state DRAFT, for which a resident applies."""
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
    """Add a new version of the charter, signed by the applicant or a coordinator."""
    network = await _own(network_id, by, store)
    today = given.today
    network.sign_charter(command.communication_plan, command.budget_plan, by.actor, today)
    await store.save_network(network)
    return network


async def submit(network_id: UUID, by: By, given: Dependencies, store: Store) -> Network:
    """Submit the charter to korpschef and burgemeester for approval."""
    network = await _own(network_id, by, store)
    network.submit(by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def decide(
    network_id: UUID, command: commands.Decide, office: ApproverRole, by: By, given: Dependencies, store: Store
) -> Network:
    """Approve or reject, as korpschef or burgemeester; record NetworkApproved on the second approval."""
    network = await _seen(network_id, by, store)
    approved = command.decision == "approve"
    events = network.decide(office, by.actor, command.reason, given.clock.now(), approved=approved)
    await store.save_network(network)
    await store.record(*events)
    return network


async def send_to_fod(network_id: UUID, by: By, given: Dependencies, store: Store) -> Network:
    """Store that the signed charter was sent to the FOD."""
    network = await _seen(network_id, by, store)
    network.send_to_fod(by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def recognise(
    network_id: UUID, command: commands.Recognise, by: By, given: Dependencies, store: Store
) -> Network:
    """Store the recognition by the FOD; record NetworkRecognised."""
    network = await _seen(network_id, by, store)
    recognition = Recognition(start=command.start, end=command.end, reference=command.reference)
    events = network.recognise(recognition, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, by: By, given: Dependencies, store: Store
) -> Network:
    """Store that the FOD returned the charter, with the reason."""
    network = await _seen(network_id, by, store)
    network.return_charter(command.reason, by.actor, given.clock.now())
    await store.save_network(network)
    return network


async def appoint_coordinator(
    network_id: UUID, command: commands.AppointCoordinator, by: By, given: Dependencies, store: Store
) -> Network:
    """Store the outcome of a screening, and appoint a suitable candidate; record CoordinatorAppointed."""
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
    """Remove a coordinator; record CoordinatorRemoved."""
    network = await _seen(network_id, by, store)
    events = network.remove_coordinator(person, command.reason, by.actor, given.clock.now())
    await store.save_network(network)
    await store.record(*events)
    return network


async def join_be_alert(
    network_id: UUID, command: commands.JoinBeAlert, actor: str, given: Dependencies, store: Store
) -> Network:
    """Accept the conditions of BE-Alert, as a coordinator of the network; record BeAlertJoined."""
    network = await store.network(network_id)
    events = network.join_be_alert(command.agreement_version, actor, given.clock.now())
    require_version(command.agreement_version, given.rules.be_alert_versions)
    await store.save_network(network)
    await store.record(*events)
    return network


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
    await store.add_member(member, command)
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


async def erase(
    person: str, reason: ErasureReason, given: Dependencies, store: Store, *, official: str | None
) -> Erasure:
    """Delete a person's data and ended memberships; record PersonErased.

    `official` is the official who does it for the person, or None when the person does.
    """
    known, now = await store.known(person), given.clock.now()
    events = known.erase(reason, now)
    erasure = Erasure(erased_at=now, reason=reason)
    await store.forget(person)
    await store.note_erasure(erasure, official)
    await store.record(*events)
    return erasure


async def _seen(network_id: UUID, by: By, store: Store) -> Network:
    """Load a network for a decision; raise DomainError when it has changed since the person read it."""
    network = await store.network(network_id)
    require_seen(by.seen, network.version)
    return network


async def _own(network_id: UUID, by: By, store: Store) -> Network:
    """Load a network for its applicant or a coordinator; raise DomainError if it changed since that person read it.

    The person is checked first, so that others do not learn the version of the network.
    """
    network = await store.network(network_id)
    network.require_own(by.actor)
    require_seen(by.seen, network.version)
    return network
