"""Defines who may call the routes of funding, by role."""

from collections.abc import Collection
from typing import Annotated

from fastapi import Query

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, may_call, may_decide
from buurtsein_chassis.lists import Lister, anyone_may_list, may_list
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.views import ReadingReason

CITY = ("finance", "city-officer")
OFFICIALS = (*CITY, "burgemeester")

Given = Annotated[Dependencies, provided(Dependencies)]
ByCoordinator = Annotated[Call[Caller], may_call("coordinator")]
ByFinance = Annotated[Call[Caller], may_call("finance")]
DecidedByCoordinator = Annotated[Decision, may_decide("coordinator")]
DecidedByFinance = Annotated[Decision, may_decide("finance")]
DecidedByOfficials = Annotated[Decision, may_decide(*OFFICIALS)]
ReadByConcerned = Annotated[Reading[Caller], may_read("coordinator", *CITY)]
ReadByOfficials = Annotated[Reading[Caller], may_read("coordinator", *OFFICIALS)]
ReadByOperator = Annotated[Reading[Caller], may_read("operator")]
ReadByFinance = Annotated[Reading[Caller], may_read("finance")]
ReadByCity = Annotated[Reading[Caller], may_read(*OFFICIALS)]
ListedForCity = Annotated[Lister[Caller], may_list(*OFFICIALS)]
ListedForConcerned = Annotated[Lister[Caller], may_list("coordinator", *OFFICIALS)]
ListedForAll = Annotated[Lister[Caller | None], anyone_may_list()]
WhyRead = Annotated[ReadingReason | None, Query(description="Why it is read; needed for everybody of the city.")]


def own_reader(caller: Caller, officials: Collection[str] = OFFICIALS) -> str | None:
    """Return the caller's pseudonym when they may see only their own networks; None for an official, who sees all.

    `officials` are the roles that may see all networks in this route.
    """
    return caller.actor if caller.roles.isdisjoint(officials) else None
