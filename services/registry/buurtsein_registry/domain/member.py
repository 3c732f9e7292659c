"""Defines a membership: one person in one network. The person's data is stored in the vault.

Invariant: events and memberships contain the person's pseudonym and no other personal data. The functions that change a
membership are in the modules `membership` and `exclusion`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.member import Channel, Language, MemberKind, SanctionReason
from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import DomainError, Word, missing, require_seen
from buurtsein_kernel.versions import Versioned


class MemberStatus(StrEnum):
    """The status of a membership; ACTIONS says which action each status allows."""

    REQUESTED = "REQUESTED"
    REFUSED = "REFUSED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    """The member asked for no messages until further notice."""
    SUSPENDED = "SUSPENDED"
    """The police decided that the member gets no messages until a day; on the day after it the member is active."""
    EXCLUDED = "EXCLUDED"
    LEFT = "LEFT"


M = MemberStatus
LIVE = frozenset({M.REQUESTED, M.ACTIVE, M.PAUSED, M.SUSPENDED})
"""The statuses of a membership that has not ended; a person has one such membership in a network at most."""
JOINED = LIVE - {M.REQUESTED}

ACTIONS: dict[str, frozenset[MemberStatus]] = {
    "accept": frozenset({M.REQUESTED}),
    "refuse": frozenset({M.REQUESTED}),
    "pause": frozenset({M.ACTIVE}),
    "resume": frozenset({M.PAUSED}),
    "warn": JOINED,
    "suspend": frozenset({M.ACTIVE, M.PAUSED}),
    "propose_exclusion": JOINED,
    "sign_exclusion": JOINED,
    "confirm_exclusion": JOINED,
    "change": LIVE,
    "leave": LIVE,
}
"""The statuses of a membership in which each action is possible; in others it is refused, without an event."""

IN_DUTCH: dict[MemberStatus, str] = {
    M.REQUESTED: "de aanvraag is nog niet aanvaard",
    M.REFUSED: "de aanvraag is geweigerd",
    M.ACTIVE: "het lidmaatschap is actief",
    M.PAUSED: "het lidmaatschap is gepauzeerd",
    M.SUSPENDED: "het lidmaatschap is geschorst",
    M.EXCLUDED: "het lid is uitgesloten",
    M.LEFT: "het lidmaatschap is al beëindigd",
}
"""The words for each status, as the end of a Dutch sentence that begins with `Dit kan nu niet:`."""


class QuietHours(BaseModel):
    """The hours of each day, in Belgian time, in which a member wants no message that is not urgent."""

    start: time
    end: time


class Absence(BaseModel):
    """A period of days in which a member is away and wants no messages."""

    start: date
    end: date

    def includes(self, day: date) -> bool:
        """Return whether the member is away on this day."""
        return self.start <= day <= self.end


class Preferences(BaseModel):
    """How and when a member wants to get messages."""

    language: Language
    channels: list[Channel]
    quiet_hours: QuietHours | None = None
    absence: Absence | None = None


class Warned(BaseModel):
    """A written warning to a member; a warned member stays active."""

    reason: SanctionReason
    actor: str
    warned_on: date


class Exclusion(BaseModel):
    """A proposal to exclude a member, with the pseudonym of each person who has signed it."""

    reason: SanctionReason
    coordinator: str
    officer: str | None = None


class Member(Versioned, BaseModel):
    """The membership of one person in one network."""

    told_as: ClassVar[Mapping[str, Sequence[str]]] = dict.fromkeys(
        ("person", "needs_police", "entered_by", "accepted_by", "reason"), ()
    )

    member_id: UUID = Field(default_factory=uuid7)
    network_id: UUID
    person: str
    kind: MemberKind
    enterprise_number: str | None = None
    """The enterprise number of a legal person. That of a natural person is personal data, and stored in the vault."""
    language: Language
    channels: list[Channel]
    quiet_hours: QuietHours | None = None
    absence: Absence | None = None
    consent_version: str
    consented_at: datetime | None = None
    """When the person accepted the texts and stated to be an adult; None in rows of an earlier release."""
    status: MemberStatus = MemberStatus.REQUESTED
    needs_police: bool = False
    """Whether only the police may accept the request, because the address does not lie in the network's area."""
    entered_by: str | None = None
    """Who entered a member from a list on paper. Others report when such members leave, as they have no account."""
    accepted_by: str | None = None
    reason: str | None = None
    """The reason that the police gave for a member whose address is elsewhere, or why a request was refused."""
    warnings: list[Warned] = []
    suspended_until: date | None = None
    exclusion: Exclusion | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None

    def on(self, day: date) -> MemberStatus:
        """Return the status of the membership on a day; a suspension ends after its last day."""
        over = self.status is M.SUSPENDED and self.suspended_until is not None and self.suspended_until < day
        return M.ACTIVE if over else self.status

    def gets_messages(self, day: date) -> bool:
        """Return whether the member wants and may get messages on a day."""
        return self.on(day) is M.ACTIVE and not (self.absence and self.absence.includes(day))

    def allowed(self, day: date) -> list[str]:
        """Return the actions on this membership that are possible on a day."""
        return allowed(ACTIONS, self.on(day))

    def require(self, action: str, day: date) -> None:
        """Raise DomainError `transition_refused` unless an action is possible on a day; end an expired suspension."""
        self.status = self.on(day)
        said = f"Dit kan nu niet: {IN_DUTCH[self.status]}."
        require_allowed(ACTIONS, action, self.status, said, Word("membership", self.status))

    def require_seen(self, seen: str) -> None:
        """Raise `version_changed`, with what changed, unless `seen` is the membership's present version."""
        since = {"changed": self.changed_since(seen)}
        require_seen(seen, self.version, self.status, IN_DUTCH[self.status], since)

    def require_own(self, actor: str) -> None:
        """Raise `member_unknown` for everybody but the member, so that others cannot learn that a membership exists."""
        if actor != self.person:
            raise unknown()


def unknown() -> DomainError:
    """Return the error `member_unknown`, for a membership that does not exist or that the caller may not see."""
    return missing("member_unknown", "Dit lidmaatschap bestaat niet.")


def outside_area() -> DomainError:
    """Return the error `outside_area`, for an address that is not in the area of the network."""
    values = {"what": Word("outside", "address")}
    return DomainError("outside_area", "Dit adres ligt niet in het gebied van het netwerk.", values=values)


def require_enterprise(kind: MemberKind, number: str | None) -> None:
    """Check that a trader gave an enterprise or establishment number; raise `enterprise_missing`."""
    if kind is MemberKind.TRADER and number is None:
        raise DomainError("enterprise_missing", "Een handelaar geeft het ondernemings- of vestigingsnummer op.")
