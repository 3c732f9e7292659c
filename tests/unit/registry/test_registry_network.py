"""The lifecycle of a network allows certain steps in each state, by certain people, and records their events."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    NetworkApproved,
    NetworkRecognised,
)
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import (
    ApproverRole,
    CoordinatorRole,
    NetworkKind,
)
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain import application, be_alert, coordinators, fod
from buurtsein_registry.domain.charter import Charter, CharterParts, Contact, ContactRole
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Coordinator, Recognition
from buurtsein_registry.domain.states import NetworkState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
APPLICANT, OFFICER, MAYOR, CHIEF, FEDERAL, OTHER = ("p" + letter * 32 for letter in "abcdef")
K, B = ApproverRole.KORPSCHEF, ApproverRole.BURGEMEESTER
CONTACTS = [Contact(role=ContactRole.COORDINATOR, person=APPLICANT), Contact(role=ContactRole.POLICE)]
PARTS = CharterParts(contacts=CONTACTS, communication_plan="Dringend nieuws per sms.", budget_plan="De stad betaalt.")
BY_FOD = fod.Letter(FEDERAL, Side.FOD)
VP1 = Recognition(start=TODAY, reference="VP/1")


def charter() -> Charter:
    return Charter(**PARTS.model_dump(), version=1, signed_by=APPLICANT, signed_on=TODAY)


def network(state: NetworkState = NetworkState.DRAFT, **known: Any) -> Network:
    """Return a network in this state; in every state but DRAFT, it has a complete charter without approvals."""
    ring = [[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]
    return Network(
        code="BIN-AALST-0001",
        kind=NetworkKind.BIN,
        name="BIN Proef",
        nis="41002",
        postcodes=["9300"],
        police_zone="PZ Proef",
        area=Area.model_validate({"type": "Polygon", "coordinates": [ring]}),
        state=state,
        charters=[] if state is NetworkState.DRAFT else [charter()],
        **({"applicant": APPLICANT} | known),
    )


def under_review() -> Network:
    made = network(coordinators=[coordinator()])
    application.sign_charter(made, PARTS, APPLICANT, NOW)
    application.submit(made, APPLICANT, NOW)
    return made


def approved() -> Network:
    made = under_review()
    application.approve(made, K, CHIEF, NOW)
    application.approve(made, B, MAYOR, NOW)
    return made


def recognised() -> Network:
    made = approved()
    fod.send_to_fod(made, OFFICER, NOW)
    fod.recognise(made, VP1, BY_FOD, NOW)
    return made


def coordinator(person: str = APPLICANT, role: CoordinatorRole = CoordinatorRole.COORDINATOR) -> Coordinator:
    return Coordinator(person=person, role=role, screened_on=date(2026, 10, 1), appointed_on=TODAY)


def refusal(action: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        action()
    return caught.value


@pytest.mark.parametrize("order", [((K, CHIEF), (B, MAYOR)), ((B, MAYOR), (K, CHIEF))])
def test_the_second_of_two_approvals_makes_it_approved_in_any_order(order: Any) -> None:
    made = under_review()
    (first, one), (second, two) = order
    assert application.approve(made, first, one, NOW) == []
    assert made.state.value == "UNDER_REVIEW"
    [event] = application.approve(made, second, two, NOW)
    assert isinstance(event, NetworkApproved)
    assert {approval.role for approval in event.approvals} == {K, B}
    assert (event.charter_version, event.area, event.key) == (1, made.area, str(made.network_id))
    assert made.state.value == "APPROVED"


def test_each_act_keeps_its_person_and_charter_also_after_approvals_lapsed() -> None:
    made = under_review()
    application.reject(made, B, MAYOR, "Het gebied is te groot.", NOW)
    application.sign_charter(made, PARTS, APPLICANT, NOW)
    application.submit(made, APPLICANT, NOW)
    application.approve(made, K, CHIEF, NOW)
    application.approve(made, B, MAYOR, NOW)
    fod.send_to_fod(made, OFFICER, NOW)
    fod.return_charter(made, "Het budgetplan ontbreekt.", BY_FOD, NOW)
    assert [(act.action, act.actor, act.charter_version) for act in made.acts] == [
        ("submit", APPLICANT, 1),
        ("reject", MAYOR, 1),
        ("submit", APPLICANT, 2),
        ("approve", CHIEF, 2),
        ("approve", MAYOR, 2),
        ("send_to_fod", OFFICER, 2),
        ("return_charter", FEDERAL, 2),
    ]


def test_a_refused_action_is_not_stored() -> None:
    made = network()
    for step in (
        lambda: application.submit(made, APPLICANT, NOW),
        lambda: application.reject(made, K, CHIEF, "Neen.", NOW),
    ):
        refusal(step)
    refusal(lambda: fod.send_to_fod(made, OFFICER, NOW))
    refusal(lambda: fod.return_charter(made, "Neen.", BY_FOD, NOW))
    assert made.acts == []


def test_a_refusal_to_somebody_else_does_not_show_the_state() -> None:
    made = network(coordinators=[coordinator(OFFICER)])
    steps = (
        lambda: application.sign_charter(made, PARTS, OTHER, NOW),
        lambda: application.submit(made, OTHER, NOW),
        lambda: be_alert.join(made, "2026-1", OTHER, NOW),
    )
    assert {refusal(step).code for step in steps} == {"not_the_coordinator"}
    assert [made.is_of(person) for person in (APPLICANT, OFFICER, OTHER)] == [True, True, False]


def test_one_person_cannot_give_both_approvals() -> None:
    made = under_review()
    application.approve(made, K, CHIEF, NOW)
    assert refusal(lambda: application.approve(made, B, CHIEF, NOW)).code == "same_person"
    assert made.state is NetworkState.UNDER_REVIEW


def test_one_authority_cannot_approve_twice() -> None:
    made = under_review()
    application.approve(made, K, CHIEF, NOW)
    assert refusal(lambda: application.approve(made, K, OTHER, NOW)).code == "already_decided"


def test_after_a_rejection_a_new_version_needs_new_approvals() -> None:
    made = under_review()
    application.approve(made, K, CHIEF, NOW)
    application.reject(made, B, MAYOR, "Het gebied is te groot.", NOW)
    assert (made.state, made.rejection) == (NetworkState.REJECTED, "Het gebied is te groot.")
    application.sign_charter(made, PARTS, APPLICANT, NOW)
    assert made.charter
    assert (made.charter.version, made.approvals, made.rejection) == (2, [], None)


def test_a_charter_that_the_fod_returned_is_approved_again() -> None:
    made = approved()
    fod.send_to_fod(made, OFFICER, NOW)
    fod.return_charter(made, "Het budgetplan ontbreekt.", BY_FOD, NOW)
    assert made.state is NetworkState.RETURNED
    application.sign_charter(made, PARTS, APPLICANT, NOW)
    application.submit(made, APPLICANT, NOW)
    application.approve(made, B, MAYOR, NOW)
    [event] = application.approve(made, K, CHIEF, NOW)
    assert isinstance(event, NetworkApproved)
    assert event.charter_version == 2


def test_the_event_of_a_recognition_has_start_and_reference() -> None:
    made = approved()
    fod.send_to_fod(made, OFFICER, NOW)
    [event] = fod.recognise(made, VP1, BY_FOD, NOW)
    assert isinstance(event, NetworkRecognised)
    assert (event.start, event.reference, event.status) == (TODAY, "VP/1", "ACTIEF")


def test_a_recognition_cannot_end_before_it_begins() -> None:
    made = approved()
    fod.send_to_fod(made, OFFICER, NOW)
    wrong = Recognition(start=TODAY, end=date(2026, 1, 1), reference="VP/1")
    assert refusal(lambda: fod.recognise(made, wrong, BY_FOD, NOW)).code == "end_before_start"


def test_only_the_applicant_or_a_coordinator_signs_and_submits() -> None:
    made = network()
    assert refusal(lambda: application.sign_charter(made, PARTS, OTHER, NOW)).code == "not_the_coordinator"
    application.sign_charter(made, PARTS, APPLICANT, NOW)
    assert refusal(lambda: application.submit(made, OTHER, NOW)).code == "not_the_coordinator"


def test_one_main_coordinator_and_any_number_of_co_coordinators() -> None:
    made = network()
    [event] = coordinators.appoint(made, coordinator(), OFFICER, NOW)
    assert isinstance(event, CoordinatorAppointed)
    assert (event.coordinator, event.actor) == (APPLICANT, OFFICER)
    assert refusal(lambda: coordinators.appoint(made, coordinator(OTHER), OFFICER, NOW)).code == "coordinator_exists"
    coordinators.appoint(made, coordinator(OTHER, CoordinatorRole.CO_COORDINATOR), OFFICER, NOW)
    assert refusal(lambda: coordinators.appoint(made, coordinator(), OFFICER, NOW)).code == "already_coordinator"
    assert made.main_coordinator == APPLICANT


def test_be_alert_is_accepted_by_a_coordinator_once_for_each_version() -> None:
    made = approved()
    made.coordinators = []
    assert refusal(lambda: be_alert.join(made, "2026-1", APPLICANT, NOW)).code == "not_the_coordinator"
    coordinators.appoint(made, coordinator(), OFFICER, NOW)
    [event] = be_alert.join(made, "2026-1", APPLICANT, NOW)
    assert isinstance(event, BeAlertJoined)
    assert refusal(lambda: be_alert.join(made, "2026-1", APPLICANT, NOW)).code == "be_alert_already_joined"


@pytest.mark.parametrize(
    ("start", "end", "open_today"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (date(2026, 1, 1), date(2026, 6, 30), False),
        (date(2027, 3, 1), None, False),
    ],
    ids=["begun", "for one day", "over", "not begun"],
)
def test_members_can_join_while_the_recognition_is_in_force(start: date, end: date | None, open_today: bool) -> None:
    made = recognised()
    made.recognition = Recognition(start=start, end=end, reference="VP/1")
    assert ("join" in made.possible(TODAY)) is open_today
    if open_today:
        made.require_open(OTHER, TODAY)
        return
    assert refusal(lambda: made.require_open(OTHER, TODAY)).code == "network_unknown"
    own = refusal(lambda: made.require_open(APPLICANT, TODAY))
    assert (own.code, "join" in own.allowed) == ("recognition_not_in_force", False)


def test_a_stranger_who_wants_to_join_does_not_learn_of_a_network_before_its_recognition() -> None:
    assert refusal(lambda: approved().require_open(OTHER, TODAY)).code == "network_unknown"
    assert refusal(lambda: approved().require_open(APPLICANT, TODAY)).code == "transition_refused"


def test_an_approval_half_an_hour_after_midnight_has_the_belgian_day() -> None:
    made = under_review()
    application.approve(made, K, CHIEF, datetime(2026, 7, 14, 22, 30, tzinfo=UTC))
    assert [given.decided_on for given in made.approvals] == [date(2026, 7, 15)]
