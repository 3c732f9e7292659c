"""Defines a subscription: the topics that a service reads, its consumer's name, and the function for each event."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.projections import Projection
from buurtsein_contracts import Event, Topic

type Apply = Callable[[Event[Any], UnitOfWork], Awaitable[None]]
type ApplyMany = Callable[[Sequence[Event[Any]], UnitOfWork], Awaitable[None]]
type Changed[S] = Callable[[S | None, S, UnitOfWork], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """The topics that a service reads as one consumer, and the function that applies an event in its transaction."""

    consumer: str
    topics: Sequence[Topic]
    apply: Apply
    apply_many: ApplyMany | None = None
    """The same effect for all events of a batch at once; for projections, which record no events."""
    projection: Projection[Any] | None = None
    """The projection that this subscription updates, when it has one."""
    has_effects: bool = False
    """Whether the consumer does more than change the row. A rebuild does not do this, and leaves it to the consumer."""

    @classmethod
    def keeping[S: BaseModel](cls, projection: Projection[S], changed: Changed[S] | None = None) -> Self:
        """Make a subscription that updates a projection, batch by batch.

        `changed` is called in the same transaction for each state that an event changed, with the state before (None if
        there was no row) and after. Because `changed` can be slow, events are then applied one by one.
        """
        kept = (projection.name, projection.topics)
        if changed is None:
            return cls(*kept, projection.apply, projection.apply_many, projection)
        on_change = changed

        async def apply(event: Event[Any], uow: UnitOfWork) -> None:
            for before, after in await projection.folded([event], uow.connection):
                await on_change(before, after, uow)

        return cls(*kept, apply, None, projection, has_effects=True)
