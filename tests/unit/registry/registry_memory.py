"""Defines a store in memory for the registry's handlers, and example requests for their tests."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, override
from uuid import UUID

from unit.registry.registry_contacts_memory import ContactsInMemory
from unit.registry.registry_enquiries_memory import EnquiriesInMemory
from unit.registry.registry_erasures_memory import ErasuresInMemory
from unit.registry.registry_members_memory import MembersInMemory
from unit.registry.registry_rows import RowsInMemory

from buurtsein_chassis.address_sources.address_file import AddressFile
from buurtsein_contracts.events import NetworkAtRisk
from buurtsein_contracts.events.member import Channel
from buurtsein_contracts.events.network import ApproverRole, NetworkRisk
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.places import Municipality
from buurtsein_kernel.problems import missing
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Known, PersonData
from buurtsein_registry.domain.rules import Acceptance, Rules
from buurtsein_registry.domain.states import LIVING, OPEN
from buurtsein_registry.domain.tasks import Task, TaskKind
from buurtsein_registry.domain.vault_read import Reader, VaultRead
from buurtsein_registry.handlers import Dependencies

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
APPLICANT, OFFICER, MAYOR, CHIEF, FEDERAL, NEIGHBOUR = ("p" + letter * 32 for letter in "abcdef")
SECRET = "een geheim van de kluis, lang genoeg"
CLOCK = StandingClock(NOW)
GIVEN = Dependencies(
    clock=CLOCK,
    rules=Rules(
        ("2026-1",),
        ("2026-1",),
        screening_valid_days=365,
        max_open_applications=2,
        acceptance=Acceptance.AT_ONCE,
        most_members_per_address=3,
        inform_fod_days=30,
    ),
    addresses=AddressFile(Path(__file__).with_name("addresses.csv")),
    municipality=Municipality(Path(__file__).with_name("municipality.geojson"), "41002"),
    network_code="AALST",
    police_zone="PZ Proef",
    keyring=Keyring(SECRET),
)


class InMemory(RowsInMemory, EnquiriesInMemory, ContactsInMemory, MembersInMemory, ErasuresInMemory, handlers.Store):
    """The registry's store, which keeps all rows in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.networks: dict[UUID, Network] = {}
        self.vault: dict[str, PersonData] = {}
        self.failing: set[tuple[UUID, Channel]] = set()
        self.addresses_of: dict[UUID, tuple[str, commands.Address]] = {}
        self.tasks: dict[UUID, Task] = {}
        self.numbers = 0

    @override
    async def network(self, network_id: UUID) -> Network:
        if network_id not in self.networks:
            raise missing("network_unknown", "")
        return self.networks[network_id].model_copy(deep=True)

    @override
    async def next_code(self, kind: str, place: str) -> str:
        self.numbers += 1
        return f"{kind.replace('-', '')}-{place}-{self.numbers:04d}"

    @override
    async def open_applications(self, applicant: str) -> int:
        return sum(one.applicant == applicant and one.state in OPEN for one in self.networks.values())

    @override
    async def add_network(self, network: Network) -> None:
        self.networks[network.network_id] = network.model_copy(deep=True)

    @override
    async def save_network(self, network: Network) -> None:
        network.version += 1
        await self.add_network(network)
        self.delete_contacts(network)

    @override
    async def told_risks(self, network_id: UUID, since: datetime) -> set[NetworkRisk]:
        told = [one for one in self.events if isinstance(one, NetworkAtRisk) and one.network_id == network_id]
        return {risk for one in told if one.found_at >= since for risk in one.risks}

    @override
    async def network_of(self, member: Member) -> Network:
        return await self.network(member.network_id)

    @override
    async def coordinates(self, person: str, network_id: UUID) -> bool:
        return person in self.networks[network_id].coordinating

    @override
    async def is_mandated(self, person: str, network_id: UUID) -> bool:
        return person in self.networks[network_id].mandated_officers

    @override
    async def lock_person(self, person: str) -> None:
        pass

    @override
    async def put_person(self, person: str, data: PersonData) -> None:
        self.vault[person] = data

    @override
    async def put_address(self, member_id: UUID, person: str, address: commands.Address) -> None:
        self.addresses_of[member_id] = person, address

    @override
    async def read_person(self, person: str, reader: Reader) -> PersonData | None:
        if person in self.vault:
            noted = VaultRead(read_at=NOW, reader=reader.person, role=reader.role, reason=reader.reason)
            self.reads.setdefault(person, []).append(noted)
        return self.vault.get(person)

    @override
    async def vault_reads(self, person: str) -> list[VaultRead]:
        return self.reads.get(person, [])

    @override
    async def offices(self, person: str) -> list[tuple[UUID, str]]:
        applied = [(one.network_id, "applicant") for one in self.networks.values() if one.applicant == person]
        held = [one.network_id for one in self.networks.values() if person in {c.person for c in one.coordinators}]
        return sorted(applied + [(network_id, "coordinator") for network_id in held])

    @override
    async def addresses(self, person: str) -> dict[UUID, commands.Address]:
        return {member: address for member, (owner, address) in self.addresses_of.items() if owner == person}

    @override
    async def members_at(self, network_id: UUID, address: commands.Address) -> int:
        there = [one for one, (_, kept) in self.addresses_of.items() if kept.places[0] in address.places]
        live = [one for one in self.members.values() if one.left_at is None]
        return sum(one.network_id == network_id and one.member_id in there for one in live)

    @override
    async def known(self, person: str) -> Known:
        ended = [one.left_at is not None for one in self.members.values() if one.person == person]
        living = [network for network in self.networks.values() if network.state in LIVING]
        coordinators = {one.person for network in living for one in network.coordinators}
        return Known(
            person=person,
            in_vault=person in self.vault,
            is_member=False in ended,
            was_member=True in ended,
            is_coordinator=person in coordinators,
        )

    @override
    async def forget(self, person: str) -> None:
        self.vault.pop(person, None)
        self.shown = {key: one for key, one in self.shown.items() if key[1] != person}
        self.planned.pop(person, None)
        self.addresses_of = {member: kept for member, kept in self.addresses_of.items() if kept[0] != person}
        kept = self.members.values()
        left = [one for one in kept if one.person != person or one.left_at is None]
        self.members = {one.member_id: one for one in left}
        mine = {key: one for key, one in self.tasks.items() if one.about and one.about.split()[0] == person}
        needless = {TaskKind.ASK_OTHERWISE, TaskKind.REPLACE_COORDINATOR}
        for key, task in mine.items():
            if task.done_at is None and task.kind in needless:
                del self.tasks[key]
            else:
                self.tasks[key] = task.model_copy(update={"about": None})

    @override
    async def open_tasks(self, kind: TaskKind, about: str) -> list[Task]:
        wanted = (one for one in self.tasks.values() if (one.kind, one.about, one.done_at) == (kind, about, None))
        return [one.model_copy(deep=True) for one in wanted]

    @override
    async def channel_fails(self, member_id: UUID, channel: Channel, now: datetime) -> bool:
        known = (member_id, channel) in self.failing
        self.failing.add((member_id, channel))
        return not known

    @override
    async def channels_work(self, person: str) -> None:
        own = {one.member_id for one in await self.memberships(person)}
        self.failing = {one for one in self.failing if one[0] not in own}

    @override
    async def open_task(self, task: Task) -> None:
        self.tasks[task.task_id] = task.model_copy(deep=True)

    @override
    async def task(self, task_id: UUID) -> Task:
        if task_id not in self.tasks:
            raise missing("task_unknown", "")
        return self.tasks[task_id].model_copy(deep=True)

    @override
    async def save_task(self, task: Task) -> None:
        await self.open_task(task)


def application(**changes: Any) -> commands.ApplyForNetwork:
    ring = [[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 51.0], [4.0, 50.9]]
    area = {"type": "Polygon", "coordinates": [ring]}
    asked = {"name": "BIN Proef", "kind": "BIN", "area": area, "postcodes": ["9300"]}
    return commands.ApplyForNetwork.model_validate(asked | changes)


def joining(**changes: Any) -> commands.JoinAtAddress:
    address = {"street": "Molenstraat", "house_number": "1", "postcode": "9300", "latitude": 50.94, "longitude": 4.04}
    form = {
        "kind": "RESIDENT",
        "name": "Ann Voorbeeld",
        "mobile": "0470123456",
        "address": address,
        "adult": True,
        "consent_version": "2026-1",
        "channels": ["sms"],
    }
    return commands.JoinAtAddress.model_validate(form | changes)


def charter(**changes: Any) -> commands.SignCharter:
    contacts = [{"role": "coordinator", "person": APPLICANT}, {"role": "police"}]
    plans = {"communication_plan": "Dringend nieuws per sms.", "budget_plan": "De stad betaalt."}
    return commands.SignCharter.model_validate({"contacts": contacts} | plans | changes)


ROLES = {OFFICER: "officer", MAYOR: "burgemeester", CHIEF: "korpschef", FEDERAL: "fod"}


async def by(store: handlers.Store, network: Network, actor: str) -> By:
    """Return who gives a command, with the current version of the network as the value of If-Match."""
    roles = frozenset({ROLES.get(actor, "coordinator")})
    return By(actor, str((await store.network(network.network_id)).version), roles)


async def applied(store: handlers.Store, actor: str = APPLICANT, **changes: Any) -> Network:
    """Store a network that was just applied for, and return it."""
    return await handlers.apply_for_network(application(**changes), actor, GIVEN, store)


async def under_review(store: handlers.Store) -> Network:
    """Store a network that waits for the approvals of korpschef and burgemeester, and return it."""
    made = await applied(store)
    await handlers.sign_charter(made.network_id, charter(), await by(store, made, APPLICANT), GIVEN, store)
    return await handlers.submit(made.network_id, await by(store, made, APPLICANT), GIVEN, store)


async def approved(store: handlers.Store) -> Network:
    """Store a network that both authorities approved, and return it."""
    made, yes = await under_review(store), commands.Decide(decision="approve")
    await handlers.appoint_coordinator(made.network_id, appointment(), await by(store, made, OFFICER), GIVEN, store)
    for office, actor in ((ApproverRole.KORPSCHEF, CHIEF), (ApproverRole.BURGEMEESTER, MAYOR)):
        made = await handlers.decide(made.network_id, yes, office, await by(store, made, actor), GIVEN, store)
    return made


async def recognised(store: handlers.Store, start: date = date(2026, 11, 1)) -> Network:
    """Store a recognised network, which members can join, and return it."""
    made = await approved(store)
    made = await handlers.send_to_fod(made.network_id, await by(store, made, OFFICER), GIVEN, store)
    answer = commands.Recognise(start=start, reference="VP/1")
    return await handlers.recognise(made.network_id, answer, await by(store, made, FEDERAL), GIVEN, store)


def appointment(candidate: str = APPLICANT, **changes: Any) -> commands.AppointCoordinator:
    found = {"candidate": candidate, "adult": True, "screening_outcome": "OK", "screened_on": date(2026, 11, 2)}
    return commands.AppointCoordinator.model_validate(found | changes)
