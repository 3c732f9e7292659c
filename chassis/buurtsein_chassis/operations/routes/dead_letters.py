"""Defines the routes `dead-letters`, `redrives` and `discards`, for records that a consumer could not apply."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Reply
from buurtsein_chassis.database import Connection, UnitOfWork
from buurtsein_chassis.operations import dead_letters as letters
from buurtsein_chassis.operations.audit import Operator, Verb, note
from buurtsein_chassis.operations.models import (
    MOST_AT_ONCE,
    ActOnDeadLetters,
    DeadLetter,
    Id,
    LetterOutcome,
    LetterOutcomes,
    WholeDeadLetter,
)
from buurtsein_chassis.operations.routes.asking import ByOperator, DryRun, ReadByOperator
from buurtsein_chassis.paging import MOST_ITEMS, Page, page_of
from buurtsein_chassis.problem import Problem

router = APIRouter(prefix="/operations", tags=["operations"])

type Settle = Callable[[Connection, int, Operator], Awaitable[str]]
Payload = Annotated[
    bool, Query(description="Return the record's value too; it may hold personal data, so this is recorded.")
]


class ListedLetters(BaseModel):
    """The query parameters of a list of dead letters; a dead letter must match every parameter that is given."""

    id: list[Id] | None = Field(default=None, max_length=MOST_AT_ONCE)
    consumer: str | None = Field(default=None, max_length=200)
    fingerprint: str | None = Field(default=None, max_length=200)
    key: str | None = Field(default=None, max_length=1000)
    state: Literal["dead", "redriven", "discarded", "all"] = "dead"
    limit: int = Field(default=50, ge=1, le=MOST_ITEMS)
    cursor: int = Field(default=0, ge=0, lt=2**63)

    def chosen(self) -> letters.Chosen:
        """Return the filter for this query, with a limit of one dead letter more than fits on the page."""
        states = letters.STATES if self.state == "all" else (self.state,)
        return letters.Chosen(
            self.id, self.consumer, self.fingerprint, self.key, states, after=self.cursor, limit=self.limit + 1
        )


@router.get("/dead-letters", response_model_exclude_none=True)
async def list_dead_letters(reading: ReadByOperator, listed: Annotated[ListedLetters, Query()]) -> Page[DeadLetter]:
    """List dead letters, oldest first, without headers and value."""
    found = [_shown(row) for row in await letters.dead_letters(reading.connection, listed.chosen())]
    return page_of(found, listed.limit, lambda letter: str(letter.id))


@router.get("/dead-letters/{letter_id}", response_model_exclude_none=True)
async def show_dead_letter(letter_id: Id, reading: ReadByOperator, *, payload: Payload = False) -> WholeDeadLetter:
    """Show one dead letter with its headers, and also with its value when the request asks for the value."""
    found = await letters.dead_letters(reading.connection, letters.Chosen([letter_id], states=letters.STATES))
    if not found:
        raise Problem(404, "dead_letter_unknown", "Dit bericht staat niet bij de niet-verwerkte berichten.")
    headers, value = await letters.record_of(reading.connection, letter_id)
    if payload:
        await note(reading.connection, Operator(reading.caller.actor), Verb.READ_PAYLOAD, {"id": letter_id})
    return WholeDeadLetter(
        **_shown(found[0]).model_dump(),
        headers={name: _text(content) for name, content in headers},
        value=_text(value) if payload else None,
    )


@router.post("/redrives", response_model=LetterOutcomes)
async def redrive_dead_letters(act: ActOnDeadLetters, call: ByOperator, *, dry_run: DryRun = False) -> Response:
    """Let the consumer try dead letters again, within seconds; an event that fails again is a dead letter again.

    Outcomes: `redriven`, `settled` (the dead letter is not open), `superseded` (its stream went on without it),
    `unreadable` (this release cannot read the record).
    """
    return await _each(act, call, None if dry_run else letters.redrive)


@router.post("/discards", response_model=LetterOutcomes)
async def discard_dead_letters(act: ActOnDeadLetters, call: ByOperator, *, dry_run: DryRun = False) -> Response:
    """Discard dead letters, so that their streams go on without them.

    Outcomes: `discarded`, `discarded-only` (no stream waited for it), `settled` (the dead letter is not open).
    """
    return await _each(act, call, None if dry_run else letters.discard)


async def _each(act: ActOnDeadLetters, call: Call[Caller], settle: Settle | None) -> Response:
    by = Operator(call.caller.actor, act.reason)

    async def handle(uow: UnitOfWork) -> Reply:
        outcomes = [await settle(uow.connection, number, by) if settle else "would-be" for number in act.ids]
        pairs = zip(act.ids, outcomes, strict=True)
        return Reply(LetterOutcomes(outcomes=[LetterOutcome(id=number, outcome=what) for number, what in pairs]))

    return await call.once(handle)


def _shown(row: dict[str, Any]) -> DeadLetter:
    event_id = row["event_id"]
    return DeadLetter(**row | {"event_id": str(event_id) if event_id else None})


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "backslashreplace")
