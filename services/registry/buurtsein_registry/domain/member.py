"""A membership: one person in one network. Who the person is, is kept apart, in the vault.

Invariant: events carry the person's pseudonym and nothing else about the person.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import MemberJoined, MemberLeft
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_contracts.problems import DomainError, conflict


class MemberStatus(StrEnum):
    """Where a membership stands."""

    ACTIVE = "ACTIVE"
    LEFT = "LEFT"


class Enterprise(BaseModel):
    """The business of a trader; a natural person's number says who it is and stays here."""

    number: str
    legal_person: bool


class Member(BaseModel):
    """One membership."""

    member_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    person: str
    kind: MemberKind
    enterprise: Enterprise | None = None
    language: Language
    channels: list[Channel]
    consent_version: str
    status: MemberStatus = MemberStatus.ACTIVE

    def join(self, network_kind: NetworkKind, now: datetime) -> Sequence[EventData]:
        """Become an active member."""
        self._check_enterprise(network_kind)
        return [
            MemberJoined(
                member_id=self.member_id,
                network_id=self.network_id,
                person_ref=self.person,
                member_kind=self.kind,
                enterprise_number=self.enterprise.number if self.enterprise and self.enterprise.legal_person else None,
                language=self.language,
                channels=self.channels,
                consent_version=self.consent_version,
                joined_at=now,
            )
        ]

    def leave(self, reason: LeavingReason, now: datetime) -> Sequence[EventData]:
        """A member may leave at any time."""
        if self.status is not MemberStatus.ACTIVE:
            raise conflict("transition_refused", "Dit lidmaatschap is al beëindigd.")
        self.status = MemberStatus.LEFT
        return [MemberLeft(member_id=self.member_id, network_id=self.network_id, reason=reason, left_at=now)]

    def _check_enterprise(self, network_kind: NetworkKind) -> None:
        if self.kind is MemberKind.TRADER and self.enterprise is None:
            raise DomainError("enterprise_missing", "Een handelaar geeft het ondernemingsnummer op.")
        if self.kind is MemberKind.TRADER and network_kind is not NetworkKind.BIN_Z:
            raise DomainError("not_for_traders", "Handelaars sluiten aan bij een BIN-Z.")
