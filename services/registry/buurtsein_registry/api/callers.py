"""Defines who may call the routes of the registry, by role."""

from collections.abc import Collection
from typing import Annotated

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, anyone_may_call, may_call, may_decide
from buurtsein_chassis.lists import Lister, anyone_may_list, may_list
from buurtsein_chassis.provided import provided
from buurtsein_chassis.reading import Reading, anyone_may_read, may_read
from buurtsein_registry.handlers import Dependencies

POLICE = ("korpschef", "officer")
MANDATED = ("officer", "mandated-officer")
"""The roles of a police officer whom the korpschef can mandate for a network."""
OFFICIALS = ("korpschef", "burgemeester", "officer", "city-officer")
OFFICES = (*OFFICIALS, "fod")
REACHING = (*OFFICIALS, "dispatcher", "finance")
"""The roles that see how many members each network reaches."""
RESIDENTS = ("coordinator", "member", "resident", "trader")
ANYBODY = (*OFFICES, *RESIDENTS, "dispatcher", "finance", "operator")
Given = Annotated[Dependencies, provided(Dependencies)]
ByAll = Annotated[Call[Caller | None], anyone_may_call()]
ByResident = Annotated[Call[Caller], may_call(*RESIDENTS)]
ByCoordinator = Annotated[Call[Caller], may_call("coordinator")]
ByDeparting = Annotated[Call[Caller], may_call(*RESIDENTS, *POLICE)]
ByAppellant = Annotated[Call[Caller], may_call(*RESIDENTS, "burgemeester", "city-officer")]
ByCityOfficer = Annotated[Call[Caller], may_call("city-officer")]
ByImporter = Annotated[Call[Caller], may_call("officer", "city-officer", "fod")]
ByMemberImporter = Annotated[Call[Caller], may_call(*POLICE, "coordinator")]
ByOfficial = Annotated[Call[Caller], may_call(*OFFICIALS)]
ByContacting = Annotated[Call[Caller], may_call(*OFFICIALS, "coordinator")]
ByConfirming = Annotated[Call[Caller], may_call("officer", "city-officer", "operator")]
DecidedByCoordinator = Annotated[Decision, may_decide("coordinator")]
DecidedByEvaluator = Annotated[Decision, may_decide(*POLICE, "coordinator")]
DecidedBySigner = Annotated[Decision, may_decide(*MANDATED, "coordinator")]
DecidedByApprover = Annotated[Decision, may_decide("korpschef", "burgemeester")]
DecidedByOfficials = Annotated[Decision, may_decide(*OFFICIALS)]
DecidedByOffices = Annotated[Decision, may_decide(*OFFICES)]
DecidedByConcerned = Annotated[Decision, may_decide(*OFFICES, *RESIDENTS)]
DecidedByAcceptor = Annotated[Decision, may_decide(*POLICE, "coordinator")]
DecidedByResident = Annotated[Decision, may_decide(*RESIDENTS)]
DecidedByMandated = Annotated[Decision, may_decide(*MANDATED)]
DecidedByKorpschef = Annotated[Decision, may_decide("korpschef")]
DecidedByPolice = Annotated[Decision, may_decide(*POLICE)]
ListedForAll = Annotated[Lister[Caller | None], anyone_may_list()]
ListedForOffices = Annotated[Lister[Caller], may_list(*OFFICES)]
ListedForCoordinator = Annotated[Lister[Caller], may_list(*POLICE, "coordinator")]
DecidedByBurgemeester = Annotated[Decision, may_decide("burgemeester")]
DecidedBySuccession = Annotated[Decision, may_decide(*POLICE, "burgemeester")]
DecidedByRemover = Annotated[Decision, may_decide(*POLICE, "burgemeester", "coordinator")]
ReadByAll = Annotated[Reading[Caller | None], anyone_may_read()]
ReadByAcceptor = Annotated[Reading[Caller], may_read(*POLICE, "mandated-officer", *RESIDENTS)]
ReadByReach = Annotated[Reading[Caller], may_read(*REACHING, "coordinator")]
ReadByPolice = Annotated[Reading[Caller], may_read(*POLICE)]
ReadByOffices = Annotated[Reading[Caller], may_read(*OFFICES)]
ReadByOfficials = Annotated[Reading[Caller], may_read(*OFFICIALS)]
ReadByConcerned = Annotated[Reading[Caller], may_read(*OFFICES, "mandated-officer", *RESIDENTS)]
ReadByResident = Annotated[Reading[Caller], may_read(*RESIDENTS)]
ReadByCoordinator = Annotated[Reading[Caller], may_read("coordinator")]
ReadByConfirming = Annotated[Reading[Caller], may_read("officer", "city-officer", "operator")]
ReadByOperator = Annotated[Reading[Caller], may_read("operator")]
ReadByAnybody = Annotated[Reading[Caller], may_read(*ANYBODY)]


def own_reader(reading: Reading[Caller], officials: Collection[str] = OFFICES) -> str | None:
    """Return the caller's pseudonym when they may see only their own networks; None for an official, who sees all.

    `officials` are the roles that may see all networks in this route.
    """
    return reading.caller.actor if reading.caller.roles.isdisjoint(officials) else None
