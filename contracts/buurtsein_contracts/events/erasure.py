"""Defines `bin.erasures`, whose events name pseudonyms that every reader of personal data must delete."""

from enum import StrEnum
from typing import ClassVar

from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import ERASURES, Topic


class ErasureReason(StrEnum):
    """Why a person was erased from the registry."""

    REQUESTED = "requested"
    RETENTION_ENDED = "retention_ended"
    DECEASED = "deceased"


class PersonErased(EventData):
    """The registry no longer knows who a person was: delete all that you keep under this pseudonym.

    It is sent once; it is sent again only when the person came back and is erased again.
    """

    PURPOSE_NL: ClassVar[str] = "Het register vergat wie een persoon was: wis wat u onder dit pseudoniem bewaart."
    TYPE: ClassVar[str] = "be.bin.person.erased.v1"
    TOPIC: ClassVar[Topic] = ERASURES

    person_ref: Pseudonym = described("The person.", "De persoon.", Privacy.PSEUDONYM)
    reason: ErasureReason = described("Why.", "Waarom.")
    erased_at: Timestamp = described("When.", "Wanneer.")
