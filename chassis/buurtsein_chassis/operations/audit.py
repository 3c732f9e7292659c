"""Who did what to events, and why: one row for each act of an operator, in the transaction of the act itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from buurtsein_chassis.database import Connection


class Verb(StrEnum):
    """What operators can do, as it is written in `operator_action.verb`."""

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


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts: the pseudonym of a caller, or the name of somebody at the command line; and why."""

    who: str
    reason: str | None = None


async def note(connection: Connection, by: Operator, verb: Verb, target: Mapping[str, object]) -> None:
    """Write the act down; `target` holds identifiers and numbers, never what an event says."""
    await connection.execute(
        "insert into operator_action (who, verb, target, reason) values ($1, $2, $3, $4)",
        by.who,
        verb.value,
        json.dumps(target, default=str),
        by.reason,
    )
