"""Makes the response that shows the yearly evaluations of a network; persons are pseudonyms."""

from datetime import date

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_registry.domain import evaluation
from buurtsein_registry.domain.evaluation import due_on
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.store.year import members_in


class Figures(BaseModel):
    """The messages of one year, as the network and its police officer counted them."""

    hot_by_day: int
    """Urgent messages by day."""
    hot_by_night: int
    cold_feedback: int
    cold_prevention: int
    feedback_hours: int | None = None
    """The hours between an urgent message and its feedback, on average."""


class Counted(BaseModel):
    """The registry's counts of a network's members: on the last day of a year, and of joins and leaves in that year."""

    members: int
    joined: int
    left: int


class Signature(BaseModel):
    """A signature under a yearly evaluation: who signed it (pseudonym), and when."""

    person: str
    signed_on: date


class Evaluation(BaseModel):
    """The evaluation of one year; it is complete when a coordinator and a mandated officer have signed it."""

    year: int
    figures: Figures
    counted: Counted
    notes: str | None = None
    written_by: str
    written_on: date
    coordinator: Signature | None = None
    officer: Signature | None = None
    signed: bool
    due_on: date


class DueEvaluation(BaseModel):
    """A year without an evaluation yet, with the last day on which the evaluation can be signed in time."""

    year: int
    due_on: date
    counted: Counted


class Evaluations(BaseModel):
    """The evaluations of a network, the newest first."""

    items: list[Evaluation]
    next: DueEvaluation | None = None
    """The last past year, if it has no evaluation yet; absent when the network was not recognised in that year."""


async def evaluations_of(connection: Connection, network: Network, rules: Rules, today: date) -> Evaluations:
    """Return a network's evaluations, and the last past year if that year has no evaluation yet."""
    items = [_shown(one, rules) for _, one in sorted(network.evaluations.items(), reverse=True)]
    year = today.year - 1
    if network.recognition is None or network.recognition.start.year > year or year in network.evaluations:
        return Evaluations(items=items)
    counted = Counted.model_validate((await members_in(connection, network.network_id, year)).model_dump())
    return Evaluations(
        items=items, next=DueEvaluation(year=year, due_on=due_on(year, rules.evaluation_days), counted=counted)
    )


def _shown(given: evaluation.Evaluation, rules: Rules) -> Evaluation:
    more = {"signed": given.is_signed, "due_on": due_on(given.year, rules.evaluation_days)}
    return Evaluation.model_validate(given.model_dump() | more)
