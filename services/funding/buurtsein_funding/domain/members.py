"""Counts the members of a network from the events of the registry, without knowing who they are.

Invariant: only the id of a membership is stored, and it is removed when the membership ends.
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
        """Return the members after one more event; call this once for each event, in order."""
        match event.data:
            case MemberJoined(member_id=member):
                return self.model_copy(update={"members": self.members | {member}})
            case MemberLeft(member_id=member) | MemberExcluded(member_id=member):
                return self.model_copy(update={"members": self.members - {member}})
        return self
