"""Builds the list of the members of a network from the network's events; it names no person.

Invariant: for a member, only the id of the membership, the language, the channels and a suspension are kept, and
nothing after the membership has ended. This module imports only libraries of the contracts, because `buurtsein verify`
loads the module where the service's libraries are not installed.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts import Event
from buurtsein_contracts.events import MemberExcluded, MemberJoined, MemberLeft, MemberSuspended


class Reached(BaseModel):
    """How one member gets messages."""

    model_config = ConfigDict(frozen=True)

    language: str
    channels: tuple[str, ...]
    suspended_until: date | None = None
    """The last day on which the member gets no messages."""


class NetworkMembers(BaseModel):
    """The members of one network according to the events, by the id of their membership."""

    model_config = ConfigDict(frozen=True)

    network_id: UUID
    members: dict[str, Reached] = {}

    def with_next(self, event: Event[Any]) -> Self:
        """Return the members after the next event; the caller applies each event once, in order."""
        members = dict(self.members)
        match event.data:
            case MemberJoined(member_id=member, language=language, channels=channels):
                members[str(member)] = Reached(language=language, channels=tuple(map(str, channels)))
            case MemberLeft(member_id=member) | MemberExcluded(member_id=member):
                members.pop(str(member), None)
            case MemberSuspended(member_id=member, until=until) if known := members.get(str(member)):
                members[str(member)] = known.model_copy(update={"suspended_until": until})
        return self.model_copy(update={"members": members})

    def receivers(self, channels: Sequence[str], today: date) -> Counter[tuple[str, str]]:
        """Return how many members get a message by each of these channels, by channel and language."""
        return Counter(
            (channel, one.language)
            for one in self.members.values()
            if one.suspended_until is None or one.suspended_until < today
            for channel in map(str, channels)
            if channel in one.channels
        )
