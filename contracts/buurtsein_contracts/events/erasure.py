"""Defines the events about erased persons: the pseudonym that readers must delete, and each service's confirmation."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import ERASURES, FUNDING_CONFIRMATIONS, Topic


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


class ErasureConfirmed(EventData):
    """A service of Buurtsein has deleted what it kept of an erased person; the person is named by the erasure only."""

    PURPOSE_NL: ClassVar[str] = "Een dienst van Buurtsein wiste wat ze van een gewiste persoon bewaarde."
    TYPE: ClassVar[str] = "be.bin.erasure.confirmed.v1"
    TOPIC: ClassVar[Topic] = FUNDING_CONFIRMATIONS

    erasure_id: UUID = described("The id of the event PersonErased.", "Het id van de gebeurtenis PersonErased.")
    service: str = described("The service.", "De dienst.", pattern="^[a-z][a-z0-9]{1,30}$")
    confirmed_at: Timestamp = described("When.", "Wanneer.")
