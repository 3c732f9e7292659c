"""Checks whether an action is possible in a state. Each aggregate has a table with the states of each action."""

from collections.abc import Mapping
from enum import StrEnum

from buurtsein_kernel.problems import Word, conflict

type Actions[State: StrEnum] = Mapping[str, frozenset[State]]
"""The states in which each action is possible."""


def allowed[State: StrEnum](actions: Actions[State], state: State) -> list[str]:
    """Return the actions that are possible in a state; `actions` has for each action the states that allow it."""
    return [action for action, states in actions.items() if state in states]


def require_allowed[State: StrEnum](
    actions: Actions[State], action: str, state: State, refusal: str, told: Word | None = None
) -> None:
    """Raise `transition_refused`, with the allowed actions, unless the action is possible in this state.

    Args:
        actions: The table of the aggregate.
        action: Its name in the table.
        state: The present state of the aggregate.
        refusal: A Dutch sentence that tells the present state.
        told: The words for the present state in the catalogues of other languages; None if they have none.
    """
    if state not in actions[action]:
        values = {"state": told} if told else {}
        raise conflict("transition_refused", refusal, allowed(actions, state), **values)
