"""Defines the aggregate of a membership: one person in one network. The person's data is stored in the vault.

Invariant: events and memberships contain the person's pseudonym and no other personal data.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import MemberJoined, MemberLeft
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_kernel.problems import DomainError, conflict, missing


class MemberStatus(StrEnum):
    """The status of a membership: active, or left, which means that it has ended."""

    ACTIVE = "ACTIVE"
    LEFT = "LEFT"


class Member(BaseModel):
    """The membership of one person in one network."""

    member_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    person: str
    kind: MemberKind
    enterprise_number: str | None = None
    """The enterprise number of a legal person. That of a natural person is personal data, and stored in the vault."""
    language: Language
    channels: list[Channel]
    consent_version: str
    status: MemberStatus = MemberStatus.ACTIVE
    joined_at: datetime | None = None
    left_at: datetime | None = None

    def join(self, now: datetime) -> Sequence[EventData]:
        """Begin the membership and return MemberJoined."""
        self.joined_at = now
        return [
            MemberJoined(
                member_id=self.member_id,
                network_id=self.network_id,
                person_ref=self.person,
                member_kind=self.kind,
                enterprise_number=self.enterprise_number,
                language=self.language,
                channels=self.channels,
                consent_version=self.consent_version,
                joined_at=now,
            )
        ]

    def require_reporter(self, actor: str, *, may_report_others: bool) -> None:
        """Check that `actor` may end this membership; else raise `member_unknown`, as if it did not exist."""
        if actor != self.person and not may_report_others:
            raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")

    def leave(self, reason: LeavingReason, actor: str, now: datetime) -> Sequence[EventData]:
        """End the membership and return MemberLeft.

        Raises:
            DomainError: `reason_not_possible` when the member reports the own death, or another person gives another
                reason; `transition_refused` when it has ended already.
        """
        if (actor == self.person) is (reason is LeavingReason.DECEASED):
            raise DomainError("reason_not_possible", "Deze reden past niet: een overlijden meldt iemand anders.")
        if self.status is not MemberStatus.ACTIVE:
            raise conflict("transition_refused", "Dit lidmaatschap is al beëindigd.")
        self.status, self.left_at = MemberStatus.LEFT, now
        return [MemberLeft(member_id=self.member_id, network_id=self.network_id, reason=reason, left_at=now)]


def require_enterprise(kind: MemberKind, number: str | None) -> None:
    """Check that a trader gave an enterprise number, in a BIN as well as in a BIN-Z; raise `enterprise_missing`."""
    if kind is MemberKind.TRADER and number is None:
        raise DomainError("enterprise_missing", "Een handelaar geeft het ondernemingsnummer op.")
