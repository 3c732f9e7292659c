"""Defines who may call the routes of reports, by role."""

from typing import Annotated

from fastapi import Header

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, anyone_may_call, may_call, may_decide
from buurtsein_chassis.lists import Lister, may_list
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, anyone_may_read, may_read
from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.text import straightened
from buurtsein_reports import views
from buurtsein_reports.domain.handled import Clerk
from buurtsein_reports.domain.report import refuse_national_number
from buurtsein_reports.handlers import Dependencies

POLICE = ("officer", "dispatcher", "korpschef")
CITY = "city-officer"
Given = Annotated[Dependencies, provided(Dependencies)]
SubmittedByAnybody = Annotated[Call[Caller | None], anyone_may_call()]
ReadByAnybody = Annotated[Reading[Caller | None], anyone_may_read()]
ReadByHandlers = Annotated[Reading[Caller], may_read(*POLICE, CITY)]
REPORTERS = ("coordinator", "member", "resident", "trader")
ReadByReporters = Annotated[Reading[Caller], may_read(*REPORTERS)]
ReadByCity = Annotated[Reading[Caller], may_read(CITY)]
ListedForHandlers = Annotated[Lister[Caller], may_list(*POLICE, CITY)]
CalledByHandlers = Annotated[Call[Caller], may_call(*POLICE, CITY)]
DecidedByHandlers = Annotated[Decision, may_decide(*POLICE, CITY)]


def clerk_of(caller: Caller) -> Clerk:
    """Return the clerk who handles a report, as police or city; a police role counts before a city role."""
    return Clerk(caller.actor, Route.CITY if caller.roles.isdisjoint(POLICE) else Route.POLICE)


Why = Annotated[
    str | None,
    Header(alias="X-Reason", max_length=200, description="Why it is read, when that is unusual; kept."),
]


def reader_of(caller: Caller, reason: str | None = None) -> views.Reader:
    """Return the reader of a report, with role and reason; a police role counts before a city role.

    Raises:
        DomainError: `national_number` when the reason has one.
    """
    refuse_national_number([reason])
    role = next((role for role in POLICE if role in caller.roles), CITY)
    return views.Reader(
        actor=caller.actor, role=role, only_city=role == CITY, reason=straightened(reason) if reason else None
    )
