"""Shows silences: what is held, by whom, why and until when."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain import silence as domain
from buurtsein_notifier.store import silences as store


class SilenceShown(BaseModel):
    """A silence, with its author and who ended it (pseudonyms), and whether it holds alerts now."""

    silence_id: UUID
    rule: str | None = None
    category: str | None = None
    network_id: UUID | None = None
    reason: str
    author: str
    begins_at: datetime
    ends_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    is_on: bool
    version: int
    """What `If-Match` names to end it."""

    @classmethod
    def of(cls, silence: domain.Silence, now: datetime) -> Self:
        """Return a silence in the form of the list."""
        return cls(**silence.model_dump(), is_on=silence.is_on(now), version=silence.version)


class Silences(BaseModel):
    """The newest silences, at most 200, also those that are over."""

    items: list[SilenceShown]


async def silences(connection: Connection, now: datetime) -> Silences:
    """Return the newest silences, the newest first."""
    return Silences(items=[SilenceShown.of(one, now) for one in await store.newest(connection)])
