"""Records each action of an operator, with the operator and the reason, in the same transaction as the action."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from buurtsein_chassis.database import Connection


class Verb(StrEnum):
    """The kinds of operators' actions, as stored in the column `operator_action.verb`."""

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
    """The operator and the reason of an action; `who` is a pseudonym, or the name given on the command line."""

    who: str
    reason: str | None = None


async def note(connection: Connection, by: Operator, verb: Verb, target: Mapping[str, object]) -> None:
    """Insert a row for an operator's action; `target` holds identifiers and numbers, never an event's data."""
    await connection.execute(
        "insert into operator_action (who, verb, target, reason) values ($1, $2, $3, $4)",
        by.who,
        verb.value,
        json.dumps(target, default=str),
        by.reason,
    )
