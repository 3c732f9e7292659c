"""The lifecycle diagrams have the same states, actions and outcomes as the services."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from contract.alert_deeds import ALERT_DEEDS, an_alert

from buurtsein_contracts import EVENTS
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.funding import FundingDecision
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import (
    AmendedPart,
    Approval,
    ApproverRole,
    CoordinatorRole,
    EndReason,
    NetworkKind,
    SuspensionReason,
)
from buurtsein_contracts.portal.machines import Machine, Step, machines
from buurtsein_funding.domain import application as applications
from buurtsein_funding.domain import states as funding
from buurtsein_funding.lifecycles import APPLICATION
from buurtsein_notifier.domain import alert as notifier
from buurtsein_notifier.domain import states as alert_states
from buurtsein_notifier.lifecycles import ALERT
from buurtsein_registry.domain import (
    amendments,
    application,
    charter,
    ending,
    fod,
    member,
    network,
    parts,
    person,
    states,
    suspension,
)
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.lifecycles import MEMBERSHIP, NETWORK
from buurtsein_reports.domain import report
from buurtsein_reports.domain import states as report_states
from buurtsein_reports.lifecycles import REPORT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATES: dict[str, type[StrEnum]] = {
    "Network": states.NetworkState,
    "Membership": member.MemberStatus,
    "Report": report_states.ReportStatus,
    "Funding application": funding.ApplicationState,
    "Alert": alert_states.AlertState,
}
ACTIONS: dict[str, dict[str, frozenset[Any]]] = {
    "Network": states.ACTIONS,
    "Report": report_states.ACTIONS,
    "Funding application": funding.ACTIONS,
    "Alert": alert_states.ACTIONS,
}
SAME = {"approve": "decide", "reject": "decide"}
"""For each step in the diagram with another name in the code, the action of the registry that does it."""
WITHOUT_A_ROW = {"Membership": {"ERASED"}}
"""The states that exist in a diagram only, because the service then stores no row."""
STAY = {
    "message",
    "join_be_alert",
    "confirm_active",
    "write_evaluation",
    "sign_evaluation",
    "join",
    "appoint_coordinator",
    "remove_coordinator",
    "succeed",
    "lodge_appeal",
    "decide_appeal",
    "mandate_officer",
    "release_officer",
}
"""The actions that do not change the state, or not always, and are not compared with the drawn arrows."""

BY_MACHINE = pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)


def today(machine: Machine) -> list[Step]:
    return [step for step in machine.steps if not step.planned]


def sources(machine: Machine, names: dict[str, str]) -> dict[str, set[str]]:
    """Return for each action the states at which the diagram's arrows for this action begin."""
    found: dict[str, set[str]] = {}
    for step in today(machine):
        if step.source:
            found.setdefault(names.get(step.action, step.action), set()).add(step.source)
    return found


def differing(machine: Machine, actions: Mapping[str, Iterable[Any]], names: dict[str, str]) -> set[str]:
    """Return the actions that the diagram lacks, or whose arrows begin at other states than in the service."""
    drawn = sources(machine, names)
    return {
        name for name, states in actions.items() if name not in STAY and drawn.get(name) != {str(s) for s in states}
    }


@BY_MACHINE
def test_the_drawn_states_are_those_of_the_service(machine: Machine) -> None:
    full = {name for state in machine.states if not state.planned for name in state.names}
    assert full == {str(state) for state in STATES[machine.name]} | WITHOUT_A_ROW.get(machine.name, set())
    assert len({(state.column, state.row) for state in machine.states}) == len(machine.states)


@BY_MACHINE
def test_steps_connect_states_and_planned_steps_have_an_event_that_is_not_sent_yet(machine: Machine) -> None:
    names = {state.names[0] for state in machine.states}
    planned = {state.names[0] for state in machine.states if state.planned}
    later, known = {data.__name__ for data in EVENTS if data.PLANNED}, {data.__name__: data for data in EVENTS}
    for step in machine.steps:
        assert {step.target, step.source or step.target} <= names
        assert step.planned == (step.event in later or step.source in planned)
        assert step.planned or not {step.target, step.source} & planned
        assert step.event is None or known[step.event].TOPIC.name in {machine.topic, "bin.erasures"}
    assert {step.target for step in machine.steps} == names


@pytest.mark.parametrize("machine", [NETWORK, REPORT, APPLICATION, ALERT], ids=lambda machine: machine.name)
def test_actions_begin_where_the_service_allows_them(machine: Machine) -> None:
    names = SAME if machine is NETWORK else {}
    assert differing(machine, ACTIONS[machine.name], names) == set()


def test_an_action_in_another_state_is_reported() -> None:
    moved = states.ACTIONS | {"submit": frozenset({states.NetworkState.REJECTED})}
    assert differing(NETWORK, moved, SAME) == {"submit"}
    assert differing(NETWORK, states.ACTIONS | {"suspend": frozenset(states.NetworkState)}, SAME) == {"suspend"}


def a_network(state: str, step: Step) -> Any:
    """Return a network in a given state, with the approvals that it must have in this state."""
    both = [Approval(role=role, decided_on=NOW.date(), actor=CHIEF) for role in ApproverRole]
    second = step.action == "approve" and step.target != state
    before = charter.Charter(**PARTS.model_dump(), version=1, signed_by=APPLICANT, signed_on=NOW.date())
    settled = (step.action, step.target) == ("reinstate", "RECOGNISED")
    newest = before.model_copy(update={"version": 2, "approvals": both if settled else both[:second]})
    newest.changed = [AmendedPart.CONTACTS]
    main = parts.Coordinator(
        person=APPLICANT, role=CoordinatorRole.COORDINATOR, screened_on=NOW.date(), appointed_on=NOW.date()
    )
    return network.Network(
        code="BIN-AALST-0001", kind=NetworkKind.BIN, name="BIN Proef", nis="41002", postcodes=["9300"],
        police_zone="PZ", applicant=APPLICANT, charters=[before, newest], coordinators=[main],
        area=Area.model_validate(
            {"type": "Polygon", "coordinates": [[[4, 50], [4.1, 50], [4.1, 50.1], [4, 50]]]}
        ),
        state=states.NetworkState(state), recognition=RECOGNITION,
    )  # fmt: skip


APPLICANT, CHIEF, MAYOR, FEDERAL = (f"p{number:032x}" for number in range(1, 5))
PARTS = charter.CharterParts(
    contacts=[charter.Contact(role=charter.ContactRole.COORDINATOR, person=APPLICANT)],
    communication_plan="a",
    budget_plan="b",
)
RECOGNITION = parts.Recognition(start=date(2026, 1, 1), reference="r")
BY_FOD = fod.Letter(FEDERAL, Side.FOD)
DO: dict[str, Callable[[Any, Step], Any]] = ALERT_DEEDS | {
    "sign_charter": lambda it, _: application.sign_charter(it, PARTS, APPLICANT, NOW),
    "submit": lambda it, _: application.submit(it, APPLICANT, NOW),
    "approve": lambda it, _: application.approve(it, ApproverRole.BURGEMEESTER, MAYOR, NOW),
    "reject": lambda it, _: application.reject(it, ApproverRole.BURGEMEESTER, MAYOR, "no", NOW),
    "send_to_fod": lambda it, _: fod.send_to_fod(it, MAYOR, NOW),
    "recognise": lambda it, _: fod.recognise(it, RECOGNITION, BY_FOD, NOW),
    "return_charter": lambda it, _: fod.return_charter(it, "no", BY_FOD, NOW),
    "renew": lambda it, _: fod.renew(it, RECOGNITION, BY_FOD, NOW),
    "amend": lambda it, _: amendments.amend(
        it, PARTS.model_copy(update={"budget_plan": "other"}), charter.Changes(), APPLICANT, NOW
    ),
    "suspend": lambda it, _: suspension.suspend(
        it, parts.Suspension(reason=SuspensionReason.OTHER, start=NOW.date(), reference="r"), BY_FOD, NOW
    ),
    "reinstate": lambda it, _: suspension.reinstate(it, NOW.date(), None, BY_FOD, NOW),
    "end": lambda it, _: ending.end(it, EndReason.STOPPED, None, Side.FOD, BY_FOD.actor, NOW),
}


@pytest.mark.parametrize(
    ("make", "step"),
    [
        (make, step)
        for make, machine in ((a_network, NETWORK), (an_alert, ALERT))
        for step in today(machine)
        if step.source
    ],
    ids=lambda part: f"{part.source}-{part.action}-{part.target}" if isinstance(part, Step) else "",
)
def test_a_step_leads_where_it_is_drawn_and_makes_its_event(make: Callable[[str, Step], Any], step: Step) -> None:
    it = make(step.source or "", step)
    events = DO[step.action](it, step) or []
    assert str(it.state) == step.target
    assert [type(event).__name__ for event in events] == ([step.event] if step.event else [])


def test_each_lifecycle_begins_in_the_drawn_state() -> None:
    beginnings = {machine.name: step.target for machine in machines() for step in machine.steps if step.source is None}
    models: dict[str, Any] = {
        "Network": network.Network,
        "Alert": notifier.Alert,
        "Funding application": applications.Application,
    }
    defaults = {name: str(model.model_fields["state"].default) for name, model in models.items()}
    defaults |= {"Membership": str(member.Member.model_fields["status"].default)}
    assert beginnings == defaults | {"Report": str(report.Report.model_fields["status"].default)}


def test_a_decision_leads_to_the_state_of_its_name() -> None:
    targets = {step.target for step in today(APPLICATION) if step.event == "FundingDecided"}
    assert targets == {str(decision) for decision in FundingDecision}


def test_a_former_member_can_be_erased_and_a_member_cannot() -> None:
    drawn = [step for step in today(MEMBERSHIP) if step.action == "erase"]
    for source in (str(status) for status in member.MemberStatus):
        active = source in {str(live) for live in member.LIVE}
        known = person.Known(f"p{1:032x}", in_vault=True, is_member=active, was_member=not active, is_coordinator=False)
        try:
            told = [type(event).__name__ for event in known.erase(ErasureReason.REQUESTED, NOW)]
        except ValueError:
            told = []
        assert told == [step.event for step in drawn if step.source == source]
