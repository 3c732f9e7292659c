"""`bin.members`: who joined and left a network, by pseudonym; names and addresses stay in the registry."""

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
    """Languages of messages."""

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


class MemberJoined(EventData):
    """Somebody became an active member of a network."""

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
    """A membership ended at the member's own wish."""

    TYPE: ClassVar[str] = "be.bin.member.left.v1"
    TOPIC: ClassVar[Topic] = MEMBERS
    SUBJECT: ClassVar[str | None] = "member_id"

    member_id: UUID = described("The membership.", "Het lidmaatschap.", Privacy.PSEUDONYM)
    network_id: UUID = described("The network.", "Het netwerk.")
    reason: LeavingReason = described("Why.", "Waarom.")
    left_at: Timestamp = described("When.", "Wanneer.")
