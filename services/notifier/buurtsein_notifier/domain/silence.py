"""Defines silences: for some hours, alerts of a rule or a category, or to a network, are not proposed.

Invariant: a silence names its author, its reason and its end; the wider it is, the shorter it may last.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_kernel.days import BRUSSELS, in_words
from buurtsein_kernel.problems import DomainError, conflict
from buurtsein_notifier.domain.rule import Rule

LONGEST = {1: timedelta(days=1), 2: timedelta(days=7), 3: timedelta(days=31)}
"""How long a silence may last, by how many of rule, category and network it names (to confirm)."""


class Silence(BaseModel):
    """A silence: it holds back the alerts that match all of rule, category and network that the silence names."""

    silence_id: UUID = Field(default_factory=uuid7)
    rule: str | None = None
    category: str | None = None
    network_id: UUID | None = None
    reason: str
    author: str
    begins_at: datetime
    ends_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def version(self) -> int:
        """Return the version for `If-Match`: 1, or 2 after somebody ended the silence before its time."""
        return 1 if self.ended_at is None else 2

    @property
    def breadth(self) -> int:
        """Return how many of rule, category and network the silence names."""
        return sum(one is not None for one in (self.rule, self.category, self.network_id))

    @property
    def in_dutch(self) -> str:
        """Return the end and the reason of the silence in Dutch words."""
        end = self.ends_at.astimezone(BRUSSELS)
        return f"stilte tot {in_words(end.date())} om {end:%H:%M} ({self.reason.rstrip('.')})"

    def holds(self, rule: Rule, categories: AbstractSet[str], network_id: UUID) -> bool:
        """Return whether the silence holds back an alert of a rule about facts of these categories to a network.

        A silence of one category does not hold back an alert that is also about another category.
        """
        return (
            self.rule in {None, rule.id}
            and (self.category is None or categories == {self.category})
            and self.network_id in {None, network_id}
        )

    def is_on(self, now: datetime) -> bool:
        """Return whether the silence is in force at a moment."""
        return self.begins_at <= now < self.ends_at and self.ended_at is None

    def end(self, actor: str, now: datetime) -> None:
        """End the silence before its time; raise `transition_refused` when the silence is over."""
        if self.ended_at or now >= self.ends_at:
            raise conflict("transition_refused", "Deze stilte is al voorbij.")
        self.ended_by, self.ended_at = actor, now


def begun(silence: Silence) -> Silence:
    """Return a new silence when it is not too long for its breadth.

    Raises:
        DomainError: `silence_too_wide` when it names no rule, category or network; `silence_too_long`.
    """
    longest = LONGEST.get(silence.breadth)
    if longest is None:
        raise DomainError("silence_too_wide", "Een stilte noemt een regel, een soort melding of een netwerk.")
    if silence.ends_at - silence.begins_at > longest:
        detail = f"Zo'n stilte duurt hoogstens {longest.days} dag(en). Noem meer van regel, soort melding en netwerk."
        raise DomainError("silence_too_long", detail, values={"days": longest.days})
    return silence
