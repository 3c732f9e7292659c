"""Defines who may call the routes of reports, by role."""

from typing import Annotated

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, anyone_may_call
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, anyone_may_read, may_read
from buurtsein_reports.handlers import Dependencies

POLICE = ("officer", "dispatcher", "korpschef")
CITY = "city-officer"
Given = Annotated[Dependencies, provided(Dependencies)]
SubmittedByAnybody = Annotated[Call[Caller | None], anyone_may_call()]
ReadByAnybody = Annotated[Reading[Caller | None], anyone_may_read()]
ReadByHandlers = Annotated[Reading[Caller], may_read(*POLICE, CITY)]
ReadByCity = Annotated[Reading[Caller], may_read(CITY)]
