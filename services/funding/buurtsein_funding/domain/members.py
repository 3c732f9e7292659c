"""Counts the members of a network by the events of the registry; never names a person.

Invariant: of a member only the id of the membership is kept, and nothing after the membership has ended.
"""

from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts import Event
from buurtsein_contracts.events import MemberExcluded, MemberJoined, MemberLeft


class NetworkMembers(BaseModel):
    """The ids of the memberships of one network, also of members who are suspended or pause."""

    model_config = ConfigDict(frozen=True)

    network_id: UUID
    members: frozenset[UUID] = frozenset()

    def with_next(self, event: Event[Any]) -> Self:
        """Return the members after one more event, each event once and in order."""
        match event.data:
            case MemberJoined(member_id=member):
                return self.model_copy(update={"members": self.members | {member}})
            case MemberLeft(member_id=member) | MemberExcluded(member_id=member):
                return self.model_copy(update={"members": self.members - {member}})
        return self
