"""Defines a store in memory for funding's handlers, and example requests and decisions for their tests."""

import copy
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from buurtsein_contracts import KnownNetwork, uuid7
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_contracts.known_network import Agreement, Appointment, Approved, Days, Recognition, Stated
from buurtsein_funding import commands, handlers
from buurtsein_funding.bank import Payer
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.evidence import Evidence
from buurtsein_funding.domain.scheme import Scheme, Schemes
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_funding.handlers import Dependencies
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.problems import DomainError, conflict, missing
from harness.stores import MemoryStore

COORDINATOR, FINANCE, CLERK, STRANGER = ("p" + letter * 32 for letter in "cfae")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = brussels_day(NOW)
KINDS = [
    {"code": "sms", "name": {"nl": "Sms-berichten"}, "proof": "none"},
    {"code": "bord", "name": {"nl": "Borden"}, "proof": "none"},
]
SCHEME = Scheme.model_validate(
    {
        "id": "steun",
        "valid_from": date(TODAY.year, 1, 1),
        "form_version": "v1",
        "kinds": KINDS,
        "ceilings": [{"cents": 25000}],
        "budget_cents": 40000,
    }
)
COLLEGE = {"decided_on": TODAY, "reference": "CBS/2026/1187"}
CLOCK = StandingClock(NOW)
KEYRING = Keyring("k" * 32)
PAYER = Payer(name="Stad Voorbeeld", iban="BE71096123456769")
GIVEN = Dependencies(CLOCK, Schemes(scheme=(SCHEME,)), KEYRING, PAYER)


class InMemory(MemoryStore):
    """The funding service's store, which keeps all rows in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.networks: dict[UUID, KnownNetwork] = {}
        self.applications: dict[UUID, Application] = {}
        self.counted: dict[UUID, int] = {}
        self.proofs: dict[UUID, list[Evidence]] = {}

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        return copy.deepcopy(self.networks.get(network_id))

    async def members(self, network_id: UUID) -> int | None:
        return self.counted.get(network_id)

    async def evidence(self, application_id: UUID) -> Sequence[Evidence]:
        return self.proofs.get(application_id, [])

    async def add_evidence(self, application_id: UUID, evidence: Evidence) -> None:
        self.proofs.setdefault(application_id, []).append(evidence)

    async def remove_evidence(self, evidence_id: UUID) -> None:
        for application_id, present in self.proofs.items():
            self.proofs[application_id] = [one for one in present if one.evidence_id != evidence_id]

    async def hold_file(self, sha256: str) -> None:
        pass

    async def learn(self, network: KnownNetwork) -> None:
        self.know(network)

    def know(self, network: KnownNetwork, **facts: Any) -> None:
        """Store what funding knows of a network, with default values except those given."""
        self.networks[network.network_id] = network.model_copy(update=facts, deep=True)

    async def application(self, application_id: UUID) -> Application:
        if application_id not in self.applications:
            raise missing("application_unknown", "")
        return self.applications[application_id].model_copy(deep=True)

    async def applications_of(self, person: str) -> Sequence[Application]:
        of_person = [one for one in self.applications.values() if person in {one.requester, *one.writers}]
        return [one.model_copy(deep=True) for one in of_person]

    async def add_application(self, application: Application) -> None:
        self._keep(application)

    async def save_application(self, application: Application) -> None:
        application.version += 1
        self._keep(application)

    async def forget_account(self, application_id: UUID) -> None:
        pass

    async def held_by_others(self, application: Application) -> int:
        of_budget = [one for one in self.applications.values() if one.application_id != application.application_id]
        same = (application.scheme_id, application.year)
        return sum(one.held_cents for one in of_budget if (one.scheme_id, one.year) == same)

    def _keep(self, application: Application) -> None:
        """Store an application for funding; refuse a duplicate, as the unique index of migration 0005 does."""
        others = [a for a in self.applications.values() if a.application_id != application.application_id]
        same = [a for a in others if _slot(a) == _slot(application)]
        if is_live(application) and any(map(is_live, same)):
            raise conflict("live_application_exists", "")
        self.applications[application.application_id] = application.model_copy(deep=True)


def _slot(application: Application) -> tuple[UUID, int, str]:
    return application.network_id, application.year, application.scheme_id


def is_live(application: Application) -> bool:
    """Return whether an application excludes a second one for the same network, year and scheme."""
    return application.state not in {ApplicationState.REJECTED, ApplicationState.WITHDRAWN}


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


def joined_by(network: KnownNetwork, *people: str) -> KnownNetwork:
    """Return the network with more coordinators."""
    more = dict.fromkeys(people, network.coordinators[COORDINATOR])
    return network.model_copy(update={"coordinators": network.coordinators | more})


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


async def review(store: handlers.Store, application: Application, by: str = FINANCE, **changes: Any) -> Application:
    """Prepare a decision; without changes it proposes to grant all that the scheme pays."""
    command = commands.Review.model_validate({"proposal": "GRANTED"} | changes)
    return await handlers.review(application.application_id, command, _as_read(application, by), GIVEN, store)


async def decide(store: handlers.Store, application: Application, by: str = CLERK, **decision: Any) -> Application:
    """Enter the college's decision on an application under review."""
    command: Any = TypeAdapter(commands.Decide).validate_python({"college": COLLEGE} | decision)
    return await handlers.decide(application.application_id, command, _as_read(application, by), GIVEN, store)


async def grant(
    store: handlers.Store, application: Application, cents: int = 18501, by: str = CLERK, reasons: Sequence[str] = ()
) -> Application:
    """Enter the college's decision to grant an application; first prepare it as finance, unless it is under review."""
    prepared = application
    if application.state is not ApplicationState.UNDER_REVIEW:
        prepared = await review(store, application)
    return await decide(store, prepared, by, decision="GRANTED", granted_cents=cents, reasons=list(reasons))


async def reject(store: handlers.Store, application: Application, *reasons: str, by: str = CLERK) -> Application:
    """Enter the college's decision to reject an application; first prepare it as finance, unless it is under review."""
    prepared = application
    if application.state is not ApplicationState.UNDER_REVIEW:
        prepared = await review(store, application, proposal="REJECTED", reasons=list(reasons))
    return await decide(store, prepared, by, decision="REJECTED", reasons=list(reasons))


async def ask_more(store: handlers.Store, application: Application, by: str = FINANCE, **changes: Any) -> Application:
    """Ask the coordinator for the invoice within a week."""
    body = {"missing": ["proof"], "text": "Bezorg de factuur.", "until": TODAY + timedelta(days=7)}
    command = commands.AskMore.model_validate(body | changes)
    return await handlers.ask_more(application.application_id, command, _as_read(application, by), GIVEN, store)


async def coordinate(
    store: handlers.Store, action: str, application: Application, by: str = COORDINATOR
) -> Application:
    """Submit or withdraw an application as a coordinator."""
    handle = {"submit": handlers.submit, "withdraw": handlers.withdraw}[action]
    return await handle(application.application_id, _as_read(application, by), GIVEN, store)


async def edit(store: handlers.Store, application: Application, by: str = COORDINATOR, **changes: Any) -> Application:
    """Change an application as its coordinator, by filling in the form again."""
    filled = form(application.network_id, **changes).model_dump(exclude={"network_id", "year", "draft"})
    command = commands.FillInForm.model_validate(filled)
    return await handlers.edit(application.application_id, command, _as_read(application, by), GIVEN, store)


def _as_read(application: Application, actor: str) -> By:
    return By(actor, str(application.version))


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}$")
