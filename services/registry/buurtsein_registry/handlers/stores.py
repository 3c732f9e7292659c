"""Declares what the handlers need from the tables of the registry; all methods run in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events.member import Channel
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_registry import commands
from buurtsein_registry.domain.enquiry import Asked, Enquiry, EnquiryPlace
from buurtsein_registry.domain.evaluation import Counted
from buurtsein_registry.domain.imports import Imported
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Erasure, ErasureRequest, Known, PersonData
from buurtsein_registry.domain.public_contact import ConsentedContact
from buurtsein_registry.domain.tasks import Task, TaskKind
from buurtsein_registry.domain.vault_read import Reader, VaultRead


class Recording(Protocol):
    """A Protocol: appends events to the event log."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


class NetworkStore(Recording, Protocol):
    """A Protocol: reads and writes the table of networks."""

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

    async def told_risks(self, network_id: UUID, since: datetime) -> set[NetworkRisk]:
        """Return the risks of a network about which NetworkAtRisk was recorded since a moment."""


class MemberStore(Recording, Protocol):
    """A Protocol: reads and writes the table of memberships."""

    async def member(self, member_id: UUID) -> Member:
        """Return the membership and lock its row; raise DomainError `member_unknown` when it does not exist."""

    async def network_of(self, member: Member) -> Network:
        """Return the network of a membership without a lock, so that it may change before the transaction ends."""

    async def memberships(self, person: str) -> list[Member]:
        """Return all memberships of a person, also those that have ended, the earliest first."""

    async def live_members(self, network_id: UUID) -> list[Member]:
        """Return the memberships of a network that have not ended, and lock their rows."""

    async def members_in(self, network_id: UUID, year: int) -> Counted:
        """Return how many members a network had at the end of a calendar year, and how many joined and left in it."""

    async def active_persons(self, network_id: UUID) -> list[str]:
        """Return the pseudonyms of persons whose membership in a network has not ended, the oldest membership first."""

    async def offices(self, person: str) -> list[tuple[UUID, str]]:
        """Return the networks in which a person is `applicant` or `coordinator`, each with that role of the person."""

    async def coordinates(self, person: str, network_id: UUID) -> bool:
        """Return whether a person is a coordinator of a certain network."""

    async def is_mandated(self, person: str, network_id: UUID) -> bool:
        """Return whether a person is a mandated police officer of a certain network."""

    async def add_member(self, member: Member) -> None:
        """Insert a membership; raise DomainError `already_member`."""

    async def save_member(self, member: Member) -> None:
        """Update a membership."""


class PersonStore(Recording, Protocol):
    """A Protocol: reads and writes the vault, the tables with the encrypted personal data."""

    async def lock_person(self, person: str) -> None:
        """Lock a person's row in the vault until the transaction ends; call `put_person` after it for a new person."""

    async def put_person(self, person: str, data: PersonData) -> None:
        """Store the data of a person in the vault; earlier data is overwritten."""

    async def put_address(self, member_id: UUID, person: str, address: commands.Address) -> None:
        """Store the address of one membership in the vault, after the data of the person and the membership."""

    async def addresses(self, person: str) -> dict[UUID, commands.Address]:
        """Return the address of each membership of a person, by the id of the membership."""

    async def members_at(self, network_id: UUID, address: commands.Address) -> int:
        """Return how many memberships of a network that have not ended have this address."""

    async def known(self, person: str) -> Known:
        """Return what is stored about a person; lock the person's row in the vault, so that the person cannot join."""

    async def forget(self, person: str) -> None:
        """Delete a person's data in the vault, public contacts, memberships that have ended, and a planned erasure.

        Open tasks to reach or replace the person are deleted too, and the pseudonym is removed from all other tasks.
        """

    async def plan_erasure(self, request: ErasureRequest) -> None:
        """Insert a request to erase a person on a later day."""

    async def erasure_request(self, person: str) -> ErasureRequest | None:
        """Return the planned request to erase a person, or None."""

    async def cancel_erasure(self, person: str) -> None:
        """Delete the planned request to erase a person."""

    async def confirm_erasures(self, consumer: str, events: Sequence[UUID], actor: str | None) -> int:
        """Store that a consumer confirms the erasures of these events; return how many of the events exist."""

    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        """Insert the record of an erasure.

        `official` is the official who requested the erasure, or None when the person requested it.
        """


class ReadStore(Protocol):
    """A Protocol: reads personal data on behalf of a caller, and records each read."""

    async def read_person(self, person: str, reader: Reader) -> PersonData | None:
        """Return a person's data, or None when the vault has none; record who reads the data."""

    async def vault_reads(self, person: str) -> list[VaultRead]:
        """Return each time that a person's data was read, the earliest first."""


class FailureStore(Protocol):
    """A Protocol: reads and writes the table of channels by which members cannot be reached."""

    async def channel_fails(self, member_id: UUID, channel: Channel, now: datetime) -> bool:
        """Mark a channel of a member as failing; return False when it was marked already."""

    async def channels_work(self, person: str) -> None:
        """Delete the marks of all channels of a person, who gave another number or address."""


class TaskStore(Protocol):
    """A Protocol: reads and writes the table of tasks."""

    async def open_task(self, task: Task) -> None:
        """Insert a task that must be done."""

    async def open_tasks(self, kind: TaskKind, about: str) -> list[Task]:
        """Return the tasks of a kind about a person or reference that are not done, and lock their rows."""

    async def task(self, task_id: UUID) -> Task:
        """Return the task and lock its row; raise DomainError `task_unknown`."""

    async def save_task(self, task: Task) -> None:
        """Store who did a task and when."""


class ImportStore(Protocol):
    """A Protocol: reads and writes the table of rows that were imported from other lists."""

    async def imported(self, scope: str, system: str, number: str) -> UUID | None:
        """Return the id of the network or member made from a row, or None; our own export's rows contain code or id."""

    async def note_import(self, record: Imported) -> None:
        """Insert the record of an imported row; raise ConcurrentWrite when another request imported it meanwhile."""


class EnquiryStore(Protocol):
    """A Protocol: reads and writes enquiries to the coordinators of networks."""

    async def count_enquiries(self, network_id: UUID, since: datetime) -> tuple[int, int]:
        """Return how many enquiries of a network are open, and how many were sent after a moment."""

    async def add_enquiry(self, enquiry: Enquiry, asked: Asked) -> None:
        """Insert an enquiry; what was asked is encrypted."""

    async def enquiry(self, enquiry_id: UUID) -> Enquiry:
        """Return the enquiry and lock its row; raise DomainError `enquiry_unknown`."""

    async def save_enquiry(self, enquiry: Enquiry) -> None:
        """Update an enquiry, and add 1 to its version."""

    async def delete_enquiry(self, enquiry_id: UUID) -> None:
        """Delete an enquiry, with its text and the sender's contact data."""

    async def read_enquiries(
        self, network_id: UUID, reader: Reader, most: int, after: EnquiryPlace | None
    ) -> list[tuple[Enquiry, Asked]]:
        """Return at most `most` enquiries of a network that come after a place; note who reads each of them.

        Open enquiries come first, then the newest first.
        """


class ContactStore(Protocol):
    """A Protocol: reads and writes the public contacts of coordinators.

    When a network is saved, the contacts of persons who are no longer its coordinators are deleted; when the network
    has ended, all its contacts are deleted.
    """

    async def put_contact(self, network_id: UUID, person: str, contact: ConsentedContact) -> None:
        """Store the public contact of a coordinator, encrypted; an earlier one is overwritten."""

    async def withdraw_contact(self, network_id: UUID, person: str) -> bool:
        """Delete the public contact of a coordinator; return whether there was one."""

    async def contacts_of(self, person: str) -> dict[UUID, ConsentedContact]:
        """Return the public contacts of a person, by the id of the network."""


class NetworksAndTasks(NetworkStore, TaskStore, Protocol):
    """A Protocol: reads and writes the tables of networks and of tasks."""


class Store(
    NetworkStore,
    MemberStore,
    PersonStore,
    ReadStore,
    FailureStore,
    TaskStore,
    ImportStore,
    EnquiryStore,
    ContactStore,
    Protocol,
):
    """A Protocol: reads and writes all tables that the handlers use."""
