"""Defines the lifecycle diagrams of the portal: the states of an aggregate, and the steps between the states.

Each service declares its own diagrams, and its manifest names them (entry point `buurtsein.services`).
Invariant: every state and step that is not `planned` exists in the service; `tests/contract/test_portal_lifecycle.py`
compares diagram and service. A `planned` step has an event in the catalogue, but no service takes the step yet.
"""

from dataclasses import dataclass
from importlib.metadata import entry_points

from buurtsein_contracts.portal.wording import Words
from buurtsein_contracts.topics import TOPICS


@dataclass(frozen=True, slots=True)
class State:
    """One or more states that are drawn as one box, with the box's position on the grid."""

    names: tuple[str, ...]
    """The names of the states; several share a box when the same events lead to all of them."""
    column: int
    row: float
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """An arrow of the drawing: an action that changes the state, and its event (None when the service sends none)."""

    source: str | None
    """The first name of a state; None for the arrow to the first state."""
    action: str
    target: str
    event: str | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """The lifecycle of one kind of aggregate, such as an alert: its states, and the steps between them.

    A state may have several names; a step names each state by its first name.
    """

    name: str
    description: Words
    owner: str
    topic: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """Return the names of the events that the steps of the lifecycle send, each once."""
        return tuple(dict.fromkeys(step.event for step in self.steps if step.event))


def at(column: int, row: float, *names: str, planned: bool = False) -> State:
    """Return the State with these names at a column and row of the drawing's grid."""
    return State(names, column, row, planned)


def machines() -> list[Machine]:
    """Return the lifecycles of the services that are installed here, in the order of their topics in the catalogue."""
    manifests = [entry.load() for entry in entry_points(group="buurtsein.services")]
    found = [manifest.load(place) for manifest in manifests for place in manifest.lifecycles]
    order = [topic.name for topic in TOPICS]
    return sorted(found, key=lambda machine: order.index(machine.topic) if machine.topic in order else len(order))
