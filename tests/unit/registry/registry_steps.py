"""Takes steps on a network with the handlers, for tests: decisions, amendments, suspensions and the end."""

from datetime import date
from typing import Any
from uuid import UUID

from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    GIVEN,
    MAYOR,
    OFFICER,
    InMemory,
    by,
    charter,
    recognised,
)

from buurtsein_contracts.events.network import ApproverRole, EndReason
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.domain.evaluation import Counted, Evaluation, Figures
from buurtsein_registry.domain.network import Network

K, B = ApproverRole.KORPSCHEF, ApproverRole.BURGEMEESTER
TODAY = GIVEN.today


async def does(store: InMemory, handler: Any, network: Network, actor: str, *command: Any) -> Network:
    """Run a handler with a command of a person about a stored network; return the network as it is stored then."""
    made: Network = await handler(network.network_id, *command, await by(store, network, actor), GIVEN, store)
    return made


async def decided(store: InMemory, network: Network, decision: str = "approve", reason: str | None = None) -> Network:
    """Let the chief of police decide on a charter; if the decision is an approval, the mayor approves too."""
    said = commands.Decide.model_validate({"decision": decision, "reason": reason})
    made = await does(store, handlers.decide, network, CHIEF, said, K)
    return await does(store, handlers.decide, network, MAYOR, said, B) if decision == "approve" else made


def amendment(**changes: Any) -> commands.AmendCharter:
    return commands.AmendCharter.model_validate(charter().model_dump() | changes)


async def amended(store: InMemory, **changes: Any) -> Network:
    """Return a recognised network whose amendment waits for approval."""
    made = await recognised(store)
    return await does(store, handlers.amend, made, APPLICANT, amendment(**changes))


def evaluation(year: int, **changes: Any) -> Evaluation:
    """Return an evaluation that nobody has signed."""
    figures = Figures(hot_by_day=2, hot_by_night=1, cold_feedback=3, cold_prevention=4)
    counted = Counted(members=9, joined=1, left=0)
    known = {"figures": figures, "counted": counted, "written_by": APPLICANT, "written_on": TODAY}
    return Evaluation.model_validate({"year": year} | known | changes)


def suspension(**changes: Any) -> commands.SuspendNetwork:
    return commands.SuspendNetwork.model_validate({"reason": "inactive", "reference": "VP/2"} | changes)


def shown(network: Network, day: date = TODAY) -> views.NetworkFile:
    return views.file_of(network, day, for_official=True)


async def ended(store: InMemory, network: Network, reason: EndReason, target: UUID | None = None) -> Network:
    command = commands.EndNetwork(reason=reason, merged_into=target)
    return await does(store, handlers.end_network, network, OFFICER, command)
