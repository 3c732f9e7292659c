"""Defines who may call the routes of funding, by role."""

from typing import Annotated

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, may_call, may_decide
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_funding.handlers import Dependencies

CITY = ("finance", "city-officer")
OFFICIALS = (*CITY, "burgemeester")

Given = Annotated[Dependencies, provided(Dependencies)]
ByCoordinator = Annotated[Call[Caller], may_call("coordinator")]
ByFinance = Annotated[Decision, may_decide("finance")]
ReadByCity = Annotated[Reading[Caller], may_read(*CITY)]
ReadByConcerned = Annotated[Reading[Caller], may_read("coordinator", *CITY)]
ReadByOfficials = Annotated[Reading[Caller], may_read("coordinator", *OFFICIALS)]
