"""Makes the results of adapters safe to store, because a peer or another team's adapter can return anything.

Invariant: the results of these functions can be stored, shown, and put into an event.
"""

import math
import re
from dataclasses import replace

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

LONGEST_REFERENCE = 200
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
    """Return the answer of `find` with values that can be stored; replace any unknown object by `CannotSay`."""
    match answer:
        case Found(reference):
            return Found(_reference(reference))
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


def _reference(reference: object) -> str | None:
    if not isinstance(reference, str) or not 0 < len(reference) <= LONGEST_REFERENCE:
        return None
    return None if any(map(is_hidden, reference)) else reference


def _reason(reason: object) -> str:
    return reason if isinstance(reason, str) and _CODE.fullmatch(reason) else "reason_unreadable"


def _seconds(after: object) -> float | None:
    return float(after) if isinstance(after, int | float) and math.isfinite(after) and after >= 0 else None
