"""Makes the public response that tells how far a charter's approval is, without any person, name or place."""

from datetime import date

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.languages import Reader
from buurtsein_kernel.problems import missing
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain import progress
from buurtsein_registry.domain.progress import Office, StepName
from buurtsein_registry.domain.states import NetworkState


class Step(BaseModel):
    """One step in the approval of a charter: the office that takes the step, and the day on which it was done."""

    step: StepName
    office: Office
    done_on: date | None = None


class Waiting(BaseModel):
    """A step in the approval of a charter that an office must take, and the day since which it waits."""

    step: StepName
    office: Office
    since: date | None = None


class CharterProgress(BaseModel):
    """The progress of a charter's approval: its steps in order, and the offices that must act next."""

    state: NetworkState
    detail: str
    """A sentence in the reader's language about the progress of the charter."""
    steps: list[Step]
    waiting_for: list[Waiting]


async def charter_progress(connection: Connection, reference: str, reader: Reader) -> CharterProgress:
    """Return how far the charter with this reference is; raise `reference_unknown` for an unknown reference."""
    row = await connection.fetchrow(
        "select document, schema from network where document ->> 'reference' = $1", reference.lower()
    )
    if row is None:
        raise missing("reference_unknown", "Er is geen aanvraag met dit kenmerk.")
    network = NETWORKS.read_row(row)
    return CharterProgress(
        state=network.state,
        detail=reader.told("progress", network.state, progress.said(network)).sentence,
        steps=[Step.model_validate(one.model_dump()) for one in progress.steps(network)],
        waiting_for=[Waiting.model_validate(one.model_dump()) for one in progress.waiting(network)],
    )
