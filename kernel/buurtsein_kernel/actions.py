"""Which actions are possible in which state: a table of each aggregate, and the one refusal of all others."""

from collections.abc import Mapping
from enum import StrEnum

from buurtsein_kernel.problems import conflict

type Actions[State: StrEnum] = Mapping[str, frozenset[State]]
"""Each action, and the states in which it is possible."""


def allowed[State: StrEnum](actions: Actions[State], state: State) -> list[str]:
    """The actions that are possible in a state, in the order of the table."""
    return [action for action, states in actions.items() if state in states]


def require_allowed[State: StrEnum](actions: Actions[State], action: str, state: State, refusal: str) -> None:
    """Raise `transition_refused` with what is allowed instead, unless the action is possible in this state.

    Args:
        actions: the table of the aggregate.
        action: its name in the table.
        state: where the aggregate stands.
        refusal: a Dutch sentence that says where it stands.
    """
    if state not in actions[action]:
        raise conflict("transition_refused", refusal, allowed(actions, state))
