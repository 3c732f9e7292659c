"""Defines `bin.members`: who joined and left a network, by pseudonym; names and addresses stay in the registry."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import MEMBERS, Topic


class MemberKind(StrEnum):
    """Why somebody may be a member: lives, works or trades in the area."""

    RESIDENT = "RESIDENT"
    WORKER = "WORKER"
    TRADER = "TRADER"


class Language(StrEnum):
    """The languages in which members can get messages."""

    NL = "nl"
    FR = "fr"
    DE = "de"
    EN = "en"


class Channel(StrEnum):
    """How a member wants to be reached."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


class LeavingReason(StrEnum):
    """Why a membership ended."""

    LEFT = "LEFT"
    MOVED = "MOVED"
    DECEASED = "DECEASED"
    NETWORK_ENDED = "NETWORK_ENDED"
    """The network stopped, merged or was withdrawn."""


class MemberJoined(EventData):
    """Somebody became an active member of a network."""

    PURPOSE_NL: ClassVar[str] = "Iemand werd actief lid van een netwerk."
    TYPE: ClassVar[str] = "be.bin.member.joined.v1"
    TOPIC: ClassVar[Topic] = MEMBERS
    SUBJECT: ClassVar[str | None] = "member_id"

    member_id: UUID = described("The membership.", "Het lidmaatschap.", Privacy.PSEUDONYM)
    network_id: UUID = described("The network.", "Het netwerk.")
    person_ref: Pseudonym = described("The person.", "De persoon.", Privacy.PSEUDONYM)
    member_kind: MemberKind = described("Resident, worker or trader.", "Bewoner, werknemer of handelaar.")
    enterprise_number: str | None = described(
        "KBO number, ten digits, of a legal person only.",
        "KBO-nummer, tien cijfers, enkel van een rechtspersoon.",
        default=None,
        pattern=r"^[01][0-9]{9}$",
    )
    language: Language = described("Language of messages.", "Taal van berichten.")
    channels: list[Channel] = described("Channels chosen.", "Gekozen kanalen.", min_length=1, max_length=3)
    consent_version: str = described("Version of the house rules agreed to.", "Versie huisreglement.", max_length=20)
    joined_at: Timestamp = described("When.", "Wanneer.")


class MemberLeft(EventData):
    """A membership ended: the member left, moved or died, or the network ended."""

    PURPOSE_NL: ClassVar[str] = (
        "Een lidmaatschap is beëindigd: het lid vertrok, verhuisde of overleed, of het netwerk hield op."
    )
    TYPE: ClassVar[str] = "be.bin.member.left.v1"
    TOPIC: ClassVar[Topic] = MEMBERS
    SUBJECT: ClassVar[str | None] = "member_id"

    member_id: UUID = described("The membership.", "Het lidmaatschap.", Privacy.PSEUDONYM)
    network_id: UUID = described("The network.", "Het netwerk.")
    reason: LeavingReason = described("Why.", "Waarom.")
    left_at: Timestamp = described("When.", "Wanneer.")


class SanctionReason(StrEnum):
    """Why a member was suspended or excluded; it never says of what somebody is suspected."""

    HOUSE_RULES_BREACHED = "house_rules_breached"
    MISUSE_OF_MESSAGES = "misuse_of_messages"
    PATROLLED = "patrolled"
    FALSE_REPORTS = "false_reports"


class MemberSuspended(EventData):
    """A member gets no messages for a number of days."""

    PURPOSE_NL: ClassVar[str] = "Een lid krijgt tot een bepaalde dag geen berichten."
    TYPE: ClassVar[str] = "be.bin.member.suspended.v1"
    TOPIC: ClassVar[Topic] = MEMBERS
    SUBJECT: ClassVar[str | None] = "member_id"

    member_id: UUID = described("The membership.", "Het lidmaatschap.", Privacy.PSEUDONYM)
    network_id: UUID = described("The network.", "Het netwerk.")
    reason: SanctionReason = described("Why.", "Waarom.")
    until: date = described("Last day of the suspension.", "Laatste dag van de schorsing.")
    actor: Pseudonym = described("Who suspended.", "Wie schorste.", Privacy.PSEUDONYM)
    suspended_at: Timestamp = described("When.", "Wanneer.")


class MemberExcluded(EventData):
    """A member was excluded by the coordinator and the mandated officer together, and the korpschef knows of it."""

    PURPOSE_NL: ClassVar[str] = "Coördinator en officier beëindigden samen een lidmaatschap; de korpschef weet ervan."
    TYPE: ClassVar[str] = "be.bin.member.excluded.v1"
    TOPIC: ClassVar[Topic] = MEMBERS
    SUBJECT: ClassVar[str | None] = "member_id"

    member_id: UUID = described("The membership.", "Het lidmaatschap.", Privacy.PSEUDONYM)
    network_id: UUID = described("The network.", "Het netwerk.")
    reason: SanctionReason = described("Why.", "Waarom.")
    coordinator: Pseudonym = described("Coordinator who signed.", "Coördinator die tekende.", Privacy.PSEUDONYM)
    officer: Pseudonym = described("Mandated officer who signed.", "Gemandateerde die tekende.", Privacy.PSEUDONYM)
    seen_on: date = described("Day the korpschef saw it.", "Dag waarop de korpschef kennis nam.")
    excluded_at: Timestamp = described("When.", "Wanneer.")
