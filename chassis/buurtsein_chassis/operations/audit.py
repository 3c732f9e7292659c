"""Records each act of an operator with who did it and why, as one row in the same transaction as the act."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from buurtsein_chassis.database import Connection


class Verb(StrEnum):
    """The kinds of acts of operators, as they are written in the column `operator_action.verb`."""

    READ_PAYLOAD = "dead-letters payload"
    REDRIVE = "dead-letters redrive"
    DISCARD = "dead-letters discard"
    RELEASE = "parked release"
    UNFREEZE = "outbox unfreeze"
    REPLAY_LOG = "replay log"
    REPLAY_GROUP = "replay group"
    RUN_JOB = "jobs run"
    REBUILD = "projections rebuild"
    VERIFY = "projections verify"
    STOP = "projections stop"
    RECOVER = "log recover"
    SETTLE = "log settle"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts and why: `who` is the pseudonym of a caller, or the name that a person gave on the command line."""

    who: str
    reason: str | None = None


async def note(connection: Connection, by: Operator, verb: Verb, target: Mapping[str, object]) -> None:
    """Insert a row for an act; `target` holds identifiers and numbers, never data of an event."""
    await connection.execute(
        "insert into operator_action (who, verb, target, reason) values ($1, $2, $3, $4)",
        by.who,
        verb.value,
        json.dumps(target, default=str),
        by.reason,
    )
