"""Shows one application for support, and a page of applications."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_contracts.events.funding import Condition, FundingDecision
from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.domain import application as stored
from buurtsein_funding.domain.application import Application, ApplicationState
from buurtsein_kernel.problems import missing


class CostLine(BaseModel):
    """One cost for which support is requested."""

    kind: str
    description: str
    cents: int


class Decision(BaseModel):
    """A decision on an application: the outcome, who decided, and the answers to the conditions at that time."""

    outcome: FundingDecision
    granted_cents: int | None = None
    reasons: list[str]
    conditions: list[Condition]
    decider: str
    decided_at: datetime


class ApplicationFile(BaseModel):
    """An application with its decision and the actions that are possible now.

    `conditions` are the answers at the time of the request, `decision.conditions` those at the time of the decision.
    """

    application_id: UUID
    network_id: UUID
    year: int
    scheme_id: str
    scheme: str
    """The scheme's id and version."""
    form_version: str
    cost_lines: list[CostLine]
    requester: str
    requested_at: datetime
    conditions: list[Condition]
    """The answers to the conditions at the time of the request."""
    state: ApplicationState
    decision: Decision | None = None
    version: int
    requested_cents: int
    actions: list[str]


def file_of(application: Application) -> ApplicationFile:
    """Return the response that shows an application."""
    return ApplicationFile(
        application_id=application.application_id,
        network_id=application.network_id,
        year=application.year,
        scheme_id=application.scheme_id,
        scheme=application.scheme,
        form_version=application.form_version,
        cost_lines=[
            CostLine(kind=line.kind, description=line.description, cents=line.cents) for line in application.cost_lines
        ],
        requester=application.requester,
        requested_at=application.requested_at,
        conditions=application.conditions,
        state=application.state,
        decision=_decision_of(application.decision),
        version=application.version,
        requested_cents=application.total_cents,
        actions=application.allowed(),
    )


def _decision_of(decision: stored.Decision | None) -> Decision | None:
    if decision is None:
        return None
    return Decision(
        outcome=decision.outcome,
        granted_cents=decision.granted_cents,
        reasons=decision.reasons,
        conditions=decision.conditions,
        decider=decision.decider,
        decided_at=decision.decided_at,
    )


async def application_file(connection: Connection, application_id: UUID, requester: str | None) -> ApplicationFile:
    """Return one application; raise DomainError `application_unknown` when there is none.

    With a `requester`, applications of other people count as unknown.
    """
    row = await connection.fetchrow(
        "select document, schema from application where application_id = $1 and ($2::text is null or requester = $2)",
        application_id,
        requester,
    )
    if row is None:
        raise missing("application_unknown", "Deze aanvraag bestaat niet.")
    return file_of(APPLICATIONS.read_row(row))


async def application_files(
    connection: Connection, states: list[ApplicationState], limit: int, after: UUID | None
) -> Page[ApplicationFile]:
    """Return a page of applications in the given states, or in all states when none is given, oldest first."""
    rows = await connection.fetch(
        """select document, schema from application
           where state = any($1) and ($2::uuid is null or application_id > $2) order by application_id limit $3""",
        states or list(ApplicationState),
        after,
        limit + 1,
    )
    files = [file_of(APPLICATIONS.read_row(row)) for row in rows]
    return page_of(files, limit, lambda shown: str(shown.application_id))
