"""Who did what to events, and why: one row for each act of an operator, in the transaction of the act itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from buurtsein_chassis.database import Connection


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the command line; `reason` is None where the verb asks for none."""

    who: str
    reason: str | None = None


async def note(connection: Connection, by: Operator, verb: str, target: Mapping[str, object]) -> None:
    """Write the act down; `target` holds identifiers and numbers, never what an event says."""
    await connection.execute(
        "insert into operator_action (who, verb, target, reason) values ($1, $2, $3, $4)",
        by.who,
        verb,
        json.dumps(target, default=str),
        by.reason,
    )
