"""A store in memory for funding's handlers, and the requests and decisions its tests begin with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from buurtsein_contracts import EventData, KnownNetwork, uuid7
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_contracts.known_network import Agreement, Appointment, Approved, Days, Recognition, Stated
from buurtsein_funding import commands, handlers
from buurtsein_funding.domain.application import Application, ApplicationState
from buurtsein_funding.domain.scheme import Scheme, Schemes
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict, missing

COORDINATOR, FINANCE, STRANGER = ("p" + letter * 32 for letter in "cfe")
NOW = datetime.now(UTC)
TODAY = brussels_day(NOW)
SCHEME = Scheme(
    id="steun", valid_from=date(TODAY.year, 1, 1), form_version="v1", cost_kinds=("sms", "bord"), ceiling_cents=25000
)
SCHEMES = Schemes(scheme=(SCHEME,))


class InMemory:
    """The store, without a database."""

    def __init__(self) -> None:
        self.networks: dict[UUID, KnownNetwork] = {}
        self.applications: dict[UUID, Application] = {}
        self.events: list[EventData] = []

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        return self.networks.get(network_id)

    def change(self, network: KnownNetwork, **facts: Any) -> None:
        """Other facts of a network from now on."""
        self.networks[network.network_id] = network.model_copy(update=facts)

    async def application(self, application_id: UUID) -> Application:
        if application_id not in self.applications:
            raise missing("application_unknown", "")
        return self.applications[application_id].model_copy(deep=True)

    async def add_application(self, application: Application) -> None:
        self._keep(application)

    async def save_application(self, application: Application) -> None:
        self._keep(application)

    def _keep(self, application: Application) -> None:
        """As the two indexes of migration 0002 do."""
        others = [a for a in self.applications.values() if a.application_id != application.application_id]
        same = [a for a in others if (a.network_id, a.year) == (application.network_id, application.year)]
        mine = [a for a in same if a.requester == application.requester and a.state is not ApplicationState.REJECTED]
        if mine or (is_live(application) and any(map(is_live, same))):
            raise conflict("live_application_exists", "")
        self.applications[application.application_id] = application

    async def record(self, *events: EventData) -> None:
        self.events += events


def is_live(application: Application) -> bool:
    """Whether it stands in the way of another: granted, or asked by who was then a coordinator of the network."""
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


async def request(store: InMemory, network: KnownNetwork, by: str = COORDINATOR, **changes: Any) -> Application:
    return await handlers.request_support(form(network.network_id, **changes), by, SCHEMES, store)


async def grant(
    store: InMemory, application: Application, cents: int = 18501, by: str = FINANCE, reasons: Sequence[str] = ()
) -> Application:
    command = commands.Grant(decision="GRANTED", granted_cents=cents, reasons=list(reasons))
    return await handlers.decide(await store.application(application.application_id), command, by, store)


async def reject(store: InMemory, application: Application, *reasons: str, by: str = FINANCE) -> Application:
    command = commands.Reject(decision="REJECTED", reasons=list(reasons))
    return await handlers.decide(await store.application(application.application_id), command, by, store)


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}$")
