"""Makes the responses that show silences: which alerts are held back, by whom, why and until when."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.lists import Condition, Listing, ListQuery, Order, condition
from buurtsein_notifier.domain import silence as domain
from buurtsein_notifier.store.silences import IN_FORCE, silence_of


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
    """The value for `If-Match`, to end the silence."""

    @classmethod
    def of(cls, silence: domain.Silence, now: datetime) -> Self:
        """Return a silence in the form of the list."""
        return cls(**silence.model_dump(), is_on=silence.is_on(now), version=silence.version)


class SilenceQuery(ListQuery):
    """The filters of the list of silences."""

    order: Literal["newest", "oldest"] = "newest"
    in_force: bool = Field(default=False, description="Only those that hold alerts now.")


SILENCE_LIST = Listing[SilenceShown](
    name="silences",
    table="silence",
    select="*",
    key="silence_id",
    orders={
        "newest": Order("begins_at", "timestamptz", descending=True),
        "oldest": Order("begins_at", "timestamptz"),
    },
    cells={
        "silence_id": lambda one: one.silence_id,
        "rule": lambda one: one.rule,
        "category": lambda one: one.category,
        "network_id": lambda one: one.network_id,
        "reason": lambda one: one.reason,
        "begins_at": lambda one: one.begins_at,
        "ends_at": lambda one: one.ends_at,
        "ended_at": lambda one: one.ended_at,
        "is_on": lambda one: one.is_on,
    },
    version="coalesce(ended_at, ends_at)",
)


def listed_silence(now: datetime) -> Callable[[asyncpg.Record], SilenceShown]:
    """Return a function that converts a row to a silence of the list, with its state at the moment `now`."""
    return lambda row: SilenceShown.of(silence_of(row), now)


def silences_asked(query: SilenceQuery, now: datetime) -> Sequence[Condition]:
    """Return the SQL condition for silences in force at a moment, if the request asks for these only."""
    return [condition(IN_FORCE, now, now)] if query.in_force else []
