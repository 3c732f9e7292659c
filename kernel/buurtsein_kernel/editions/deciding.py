"""Handles the proposals of new editions, and the decisions on them; no event is recorded."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Protocol

from pydantic import Field

from buurtsein_kernel.commands import Command
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.editions.edition import Edition, Editor, Last, Needed, Proposal, proposed
from buurtsein_kernel.problems import require_seen
from buurtsein_kernel.text import Plain

type Demand = Callable[[Last, Edition], Needed | None]
"""A function that takes the last approved edition and a new one, and returns the party that must agree, or None."""


class Propose(Command):
    """A request to put a new edition into force from a day on, with the reason for it."""

    valid_from: date
    why: Annotated[str, Field(min_length=1, max_length=1000), Plain]


class EditionStore(Protocol):
    """A Protocol: reads and writes editions, in one transaction."""

    async def last_approved(self, kind: str) -> Last:
        """Return the last approved edition of a kind, and lock the kind until the transaction ends."""

    async def next_number(self, kind: str) -> int:
        """Return the number of the next edition of a kind."""

    async def edition(self, kind: str, number: int) -> Edition:
        """Return an edition and lock its row; raise DomainError `edition_unknown` when it does not exist."""

    async def add_edition(self, edition: Edition) -> None:
        """Insert a new edition; raise ConcurrentWrite when another transaction inserts one with its number."""

    async def save_decision(self, edition: Edition) -> None:
        """Update an edition after it was approved or withdrawn."""


async def propose(
    kind: str, command: Propose, document: dict[str, Any], editor: Editor, now: datetime, store: EditionStore
) -> Edition:
    """Store a proposal of a document that replaces the one in force; raise DomainError `edition_too_early`."""
    last, number = await store.last_approved(kind), await store.next_number(kind)
    proposal = Proposal(kind=kind, number=number, valid_from=command.valid_from, document=document, why=command.why)
    edition = proposed(proposal, last, editor, brussels_day(now), now)
    await store.add_edition(edition)
    return edition


async def approve(
    kind: str, number: int, editor: Editor, seen: str, now: datetime, demand: Demand, store: EditionStore
) -> Edition:
    """Put a proposed edition into force from its first day on; raise the errors of `Edition.approve`."""
    last, edition = await store.last_approved(kind), await store.edition(kind, number)
    require_seen(seen, edition.version)
    edition.approve(last, editor, brussels_day(now), now, demand(last, edition))
    await store.save_decision(edition)
    return edition


async def withdraw(kind: str, number: int, editor: Editor, seen: str, now: datetime, store: EditionStore) -> Edition:
    """Withdraw a proposed edition; raise DomainError `edition_unknown`, `transition_refused`, `version_changed`."""
    edition = await store.edition(kind, number)
    require_seen(seen, edition.version)
    edition.withdraw(editor, now)
    await store.save_decision(edition)
    return edition
