"""Defines a store in memory for funding's handlers, and example requests and decisions for their tests."""

import copy
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from buurtsein_contracts import KnownNetwork, uuid7
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_contracts.known_network import Agreement, Appointment, Approved, Days, Recognition, Stated
from buurtsein_funding import commands, handlers
from buurtsein_funding.domain.application import Application, ApplicationState
from buurtsein_funding.domain.scheme import Scheme, Schemes
from buurtsein_funding.handlers import Dependencies
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, missing
from harness.stores import MemoryStore

COORDINATOR, FINANCE, STRANGER = ("p" + letter * 32 for letter in "cfe")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = brussels_day(NOW)
SCHEME = Scheme(
    id="steun", valid_from=date(TODAY.year, 1, 1), form_version="v1", cost_kinds=("sms", "bord"), ceiling_cents=25000
)
CLOCK = StandingClock(NOW)
GIVEN = Dependencies(CLOCK, Schemes(scheme=(SCHEME,)))


class InMemory(MemoryStore):
    """The funding service's store, which keeps all rows in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.networks: dict[UUID, KnownNetwork] = {}
        self.applications: dict[UUID, Application] = {}

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        return copy.deepcopy(self.networks.get(network_id))

    async def learn(self, network: KnownNetwork) -> None:
        self.know(network)

    def know(self, network: KnownNetwork, **facts: Any) -> None:
        """Store what funding knows of a network, with default values except those given."""
        self.networks[network.network_id] = network.model_copy(update=facts, deep=True)

    async def application(self, application_id: UUID) -> Application:
        if application_id not in self.applications:
            raise missing("application_unknown", "")
        return self.applications[application_id].model_copy(deep=True)

    async def applications_of(self, requester: str) -> Sequence[Application]:
        return [one.model_copy(deep=True) for one in self.applications.values() if one.requester == requester]

    async def add_application(self, application: Application) -> None:
        self._keep(application)

    async def save_application(self, application: Application) -> None:
        application.version += 1
        self._keep(application)

    def _keep(self, application: Application) -> None:
        """Store an application for funding; refuse a duplicate, as the unique indexes of migration 0002 do."""
        others = [a for a in self.applications.values() if a.application_id != application.application_id]
        same = [a for a in others if _slot(a) == _slot(application)]
        if any(_hold_up(application, other) for other in same):
            raise conflict("live_application_exists", "")
        self.applications[application.application_id] = application.model_copy(deep=True)


def _slot(application: Application) -> tuple[UUID, int, str]:
    return application.network_id, application.year, application.scheme_id


def _hold_up(one: Application, other: Application) -> bool:
    """Return whether two applications for the same network, year and scheme exclude each other."""
    open_ones = ApplicationState.REJECTED not in {one.state, other.state}
    return (open_ones and one.requester == other.requester) or (is_live(one) and is_live(other))


def is_live(application: Application) -> bool:
    """Return whether an application excludes a second one: it was granted, or a coordinator made it."""
    asked = application.state is ApplicationState.SUBMITTED and application.conditions[2].met
    return asked or application.state is ApplicationState.GRANTED


def network_in_order() -> KnownNetwork:
    day, at = TODAY - timedelta(days=1), NOW - timedelta(days=1)
    approved = Approved(code="BIN-AALST-0001", kind="BIN", nis="41002", decided_on=dict.fromkeys(ApproverRole, day))
    return KnownNetwork(
        network_id=uuid7(),
        approved=stated(approved),
        recognised=stated(Recognition(status="ACTIEF", days=Days(start=day), reference="VP/417")),
        coordinators={COORDINATOR: stated(Appointment(role="coordinator", at=at))},
        be_alert=stated(Agreement(version="1", at=at)),
    )


def stated[V](value: V) -> Stated[V]:
    return Stated(event_id=uuid7(), sequence=1, value=value)


def form(network_id: UUID, **changes: Any) -> commands.RequestSupport:
    lines = [
        {"kind": "sms", "description": "berichten", "cents": 5500},
        {"kind": "bord", "description": "twee borden", "cents": 13000},
        {"kind": "sms", "description": "meer berichten", "cents": 1},
    ]
    body = {"network_id": network_id, "year": TODAY.year, "form_version": "v1", "cost_lines": lines}
    return commands.RequestSupport.model_validate(body | changes)


def cost(**changes: Any) -> list[dict[str, Any]]:
    return [{"kind": "sms", "description": "berichten", "cents": 5500} | changes]


async def request(store: handlers.Store, network: KnownNetwork, by: str = COORDINATOR, **changes: Any) -> Application:
    return await handlers.request_support(form(network.network_id, **changes), by, GIVEN, store)


async def grant(
    store: handlers.Store, application: Application, cents: int = 18501, by: str = FINANCE, reasons: Sequence[str] = ()
) -> Application:
    command = commands.Grant(decision="GRANTED", granted_cents=cents, reasons=list(reasons))
    return await handlers.decide(application.application_id, command, _as_read(application, by), GIVEN, store)


async def reject(store: handlers.Store, application: Application, *reasons: str, by: str = FINANCE) -> Application:
    command = commands.Reject(decision="REJECTED", reasons=list(reasons))
    return await handlers.decide(application.application_id, command, _as_read(application, by), GIVEN, store)


def _as_read(application: Application, actor: str) -> By:
    return By(actor, str(application.version))


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}$")
