"""Makes the results of adapters safe to store, because a peer or another team's adapter can return anything.

Invariant: the results of these functions can be stored, shown, and put into an event.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from buurtsein_kernel.text import is_hidden
from buurtsein_notifier.adapters import (
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotAllowed,
    NotFound,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.domain.receipt import Receipt

LONGEST_REFERENCE = 200
MOST_RECEIPTS = 1000
MOST_MEMBERS = 1_000_000
_NETWORK = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


def usable_outcome(outcome: object) -> Outcome:
    """Return the outcome of a send, with its reference, reason and waiting time changed so that they can be stored.

    An object that is not an outcome becomes `Unknown`.
    """
    match outcome:
        case Delivered(reference):
            return Delivered(_reference(reference))
        case TryAgain(reason, after):
            return replace(outcome, reason=_reason(reason), after=_seconds(after))
        case Refused(reason) | NotAllowed(reason) | Unknown(reason):
            return replace(outcome, reason=_reason(reason))
        case Partly():
            return _partly(outcome) or Unknown("no_targets")
        case _:
            return Unknown("no_outcome")


def usable_answer(answer: object) -> Answer:
    """Return the answer of `status` with values that can be stored; replace any unknown object by `CannotSay`."""
    match answer:
        case Found(reference, receipts):
            return Found(_reference(reference), usable_receipts(receipts))
        case Partly():
            return _partly(answer) or CannotSay("no_targets")
        case NotFound():
            return answer
        case CannotSay(reason):
            return CannotSay(_reason(reason))
        case _:
            return CannotSay("no_answer")


def _partly(result: Partly) -> Partly | None:
    """Return a result for some targets that can be stored, or None when it names no network."""
    named = result.reached if isinstance(result.reached, frozenset | set | list | tuple) else ()
    reached = frozenset(one for one in named if isinstance(one, str) and _NETWORK.fullmatch(one))
    return Partly(reached, _reason(result.reason), _reference(result.reference)) if reached else None


def usable_receipts(receipts: object) -> tuple[Receipt, ...]:
    """Return the receipts that can be stored, at most `MOST_RECEIPTS` of them, and leave out everything else."""
    return tuple(_receipts(receipts))[:MOST_RECEIPTS] if isinstance(receipts, list | tuple) else ()


def _receipts(given: list[object] | tuple[object, ...]) -> Iterator[Receipt]:
    for one in given:
        if isinstance(one, Receipt) and _is_storable(one):
            yield one


def _is_storable(one: Receipt) -> bool:
    counts = (one.delivered, one.failed)
    return (
        _reference(one.identifier) is not None
        and isinstance(one.target, UUID)
        and isinstance(one.channel, str)
        and _CODE.fullmatch(one.channel) is not None
        and all(isinstance(count, int) and 0 <= count <= MOST_MEMBERS for count in counts)
        and isinstance(one.at, datetime)
        and one.at.tzinfo is not None
    )


def _reference(reference: object) -> str | None:
    if not isinstance(reference, str) or not 0 < len(reference) <= LONGEST_REFERENCE:
        return None
    return None if any(map(is_hidden, reference)) else reference


def _reason(reason: object) -> str:
    return reason if isinstance(reason, str) and _CODE.fullmatch(reason) else "reason_unreadable"


def _seconds(after: object) -> float | None:
    return float(after) if isinstance(after, int | float) and math.isfinite(after) and after >= 0 else None
