"""Declares the lists of applications, for the city and for the coordinators of a network, and counts applications."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import (
    Condition,
    Filter,
    Lister,
    Listing,
    ListQuery,
    Order,
    Total,
    condition,
    equals,
)
from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.domain.states import ACTIONS, ApplicationState
from buurtsein_funding.views.application_file import ApplicationFile, College, file_of

_WAITING = "state = 'INCOMPLETE' and (document #>> '{{asked,-1,until}}')"
_WITH_CITY = "state in ('SUBMITTED', 'UNDER_REVIEW')"
_OPEN = "state in ('DRAFT', 'SUBMITTED', 'INCOMPLETE', 'UNDER_REVIEW')"
"""The condition of the index of open applications, in exactly this form."""


def _in_states(states: list[ApplicationState]) -> Sequence[Condition]:
    """Return the SQL conditions for some states; the index of the few open applications is used where it can be."""
    some = [condition("state = any({})", [state.value for state in states])]
    return [condition(_OPEN), *some] if ACTIONS["withdraw"].issuperset(states) else some


SUBMITTED = condition("requested_at is not null")
"""The SQL condition that an application was submitted at least once; before that only coordinators see it."""


class OfNetwork(ListQuery):
    """The filters of the list of one network's applications."""

    order: Literal["oldest", "newest", "changed"] = "oldest"
    state: Annotated[list[ApplicationState] | None, Filter(_in_states)] = None
    year: Annotated[int | None, equals("year"), Field(ge=2000, le=2100)] = None


class ApplicationQuery(OfNetwork):
    """The filters of the list of all applications."""

    scheme_id: Annotated[str | None, equals("scheme_id"), Field(max_length=40)] = None
    network_id: Annotated[UUID | None, equals("network_id")] = None
    todo: Annotated[
        bool | None,
        Filter(lambda wanted: [condition(_OPEN), condition(_WITH_CITY)] if wanted else []),
        Field(description="Only applications for which the city has to do something."),
    ] = None


APPLICATION_LIST = Listing[ApplicationFile](
    name="applications",
    table="application",
    select="document, schema",
    key="application_id",
    orders={
        "oldest": Order("application_id", "uuid"),
        "newest": Order("application_id", "uuid", descending=True),
        "changed": Order("changed_at", "timestamptz", descending=True),
    },
    cells={
        "aanvraag": lambda shown: shown.application_id,
        "netwerk": lambda shown: shown.network_id,
        "jaar": lambda shown: shown.year,
        "reglement": lambda shown: shown.scheme,
        "status": lambda shown: shown.state,
        "aangevraagd_op": lambda shown: shown.requested_at,
        "gevraagd_cent": lambda shown: shown.requested_cents,
        "volgens_reglement_cent": lambda shown: shown.payable_cents,
        "toegekend_cent": lambda shown: shown.decision.granted_cents if shown.decision else None,
        "redenen": lambda shown: shown.decision.why if shown.decision else [],
        "beslist_op": lambda shown: college.decided_on if (college := _college(shown)) else None,
        "kenmerk_beslissing": lambda shown: college.reference if (college := _college(shown)) else None,
        "aanvrager": lambda shown: shown.requester,
    },
    version="version",
)


def _college(shown: ApplicationFile) -> College | None:
    return shown.decision.college if shown.decision else None


def listed_application(row: asyncpg.Record) -> ApplicationFile:
    """Return an application as the city's list shows it: with the form as it was last submitted."""
    return file_of(APPLICATIONS.read_row(row).as_submitted())


def listed_own(row: asyncpg.Record) -> ApplicationFile:
    """Return an application as the list of its coordinators shows it: with the form as they changed it."""
    return file_of(APPLICATIONS.read_row(row))


class ApplicationCounts(BaseModel):
    """The number of applications in each state, and of those that the coordinator did not complete in time."""

    states: dict[ApplicationState, Total]
    overdue: Total


async def application_counts(lister: Lister[Any], today: date) -> ApplicationCounts:
    """Count the applications by state, and those whose last day to be completed is over."""
    over = condition(f"{_WAITING} < {{}}", today.isoformat())
    return ApplicationCounts(
        states={
            state: await lister.count(APPLICATION_LIST, [SUBMITTED, condition("state = {}", state.value)])
            for state in ApplicationState
            if state is not ApplicationState.DRAFT
        },
        overdue=await lister.count(APPLICATION_LIST, [over]),
    )


class Sum(BaseModel):
    """The number of applications of one year, scheme and state, and their amounts in euro cents."""

    year: int
    scheme_id: str
    state: ApplicationState
    number: int
    requested_cents: int
    granted_cents: int


class Budget(BaseModel):
    """The budget of a scheme for a year in euro cents, what was reserved and granted of it, and what is left.

    Without `cents` there is no limit.
    """

    year: int
    scheme_id: str
    cents: int | None = None
    reserved_cents: int
    granted_cents: int
    left_cents: int | None = None


class Sums(BaseModel):
    """The sums of one year: by scheme and state, and the budget of each scheme."""

    sums: list[Sum]
    budgets: list[Budget]


SUMS = """
select year, scheme_id, state, count(*) as number, sum(requested_cents)::bigint as requested_cents,
    coalesce(sum(granted_cents), 0)::bigint as granted_cents, sum(held_cents)::bigint as held_cents
from application where year = $1 and state <> 'DRAFT' group by year, scheme_id, state order by scheme_id, state
"""


async def sums_of(connection: Connection, year: int, budgets: dict[str, int | None]) -> Sums:
    """Return the sums of a year; `budgets` has the budget of each scheme in euro cents, or None for no limit."""
    rows = await connection.fetch(SUMS, year)
    schemes = sorted(budgets.keys() | {row["scheme_id"] for row in rows})
    return Sums(
        sums=[Sum.model_validate(dict(row)) for row in rows],
        budgets=[_budget(year, one, budgets.get(one), [r for r in rows if r["scheme_id"] == one]) for one in schemes],
    )


def _budget(year: int, scheme_id: str, cents: int | None, rows: Sequence[asyncpg.Record]) -> Budget:
    reserved = sum(row["held_cents"] for row in rows if row["state"] == ApplicationState.UNDER_REVIEW)
    held = sum(row["held_cents"] for row in rows)
    return Budget(
        year=year,
        scheme_id=scheme_id,
        cents=cents,
        reserved_cents=reserved,
        granted_cents=held - reserved,
        left_cents=None if cents is None else cents - held,
    )


def of_network(network_id: UUID) -> Sequence[Condition]:
    """Return the SQL condition that an application is one of this network."""
    return [condition("network_id = {}", network_id)]
