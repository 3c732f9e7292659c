"""An import makes one network or member from each row of a list that a city, the police or a coordinator kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    FEDERAL,
    GIVEN,
    MAYOR,
    NEIGHBOUR,
    OFFICER,
    InMemory,
    application,
    appointment,
    by,
    charter,
    joining,
    recognised,
)
from unit.registry.registry_routes import routes_in_memory

from buurtsein_contracts.events import MemberJoined, MemberLeft, NetworkApplied, NetworkApproved, NetworkRecognised
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import api, commands, handlers, views
from buurtsein_registry.domain import progress
from buurtsein_registry.domain.continuity import risks
from buurtsein_registry.domain.member import MemberStatus
from harness.in_process import app_of, client_of

SOURCE = {"system": "ledenlijst", "number": "17"}
POLICE = By(OFFICER, "", frozenset({"officer"}))
COORDINATOR = By(APPLICANT, "", frozenset({"coordinator"}))


def on_paper(**changes: Any) -> commands.ImportMemberAtAddress:
    row = {"source": SOURCE, "consented_on": date(2026, 3, 1), "reason": "lijst van de coördinator"}
    return commands.ImportMemberAtAddress.model_validate(joining().model_dump() | row | changes)


def of_city(**changes: Any) -> commands.ImportNetwork:
    row = {"source": SOURCE, "applicant": NEIGHBOUR, "reason": "lijst van de stad"}
    return commands.ImportNetwork.model_validate(application().model_dump() | row | changes)


@pytest.fixture
def store() -> InMemory:
    return InMemory()


async def test_a_network_of_a_list_begins_as_an_application_of_its_applicant(store: InMemory) -> None:
    network_id, new = await handlers.import_network(of_city(), POLICE, GIVEN, store)
    network = await store.network(network_id)
    assert (new, network.state, network.applicant) == (True, "DRAFT", NEIGHBOUR)
    assert isinstance(store.events[-1], NetworkApplied)
    assert (store.rows["networks", "ledenlijst", "17"].actor, OFFICER in network.sides) == (OFFICER, True)


BEFORE: dict[str, Any] = {
    "start": "2019-05-01",
    "reference": "VP/2019/17",
    "document_sha256": "a" * 64,
    "signed_on": "2019-03-01",
    "korpschef_on": "2019-03-20",
    "burgemeester_on": "2019-03-12",
}


@pytest.mark.parametrize("by", [POLICE, By(FEDERAL, "", frozenset({"fod"}))])
async def test_a_network_that_was_recognised_before_is_taken_over_without_invented_steps(
    store: InMemory, by: By
) -> None:
    network_id, new = await handlers.import_network(of_city(recognised=BEFORE), by, GIVEN, store)
    network = await store.network(network_id)
    approved, recognised = store.events
    assert isinstance(approved, NetworkApproved)
    assert isinstance(recognised, NetworkRecognised)
    assert (approved.taken_over_on, str(approved.approved_at)) == (GIVEN.today, "2019-03-20 12:00:00+01:00")
    assert [(one.role, str(one.decided_on), one.actor) for one in approved.approvals] == [
        ("korpschef", "2019-03-20", None),
        ("burgemeester", "2019-03-12", None),
    ]
    assert (str(recognised.start), recognised.reference, recognised.actor) == ("2019-05-01", "VP/2019/17", by.actor)
    assert (new, network.state, network.recognition_status(GIVEN.today)) == (True, "RECOGNISED", "ACTIEF")
    assert [(one.action, one.document_sha256) for one in network.acts] == [("take_over", "a" * 64)]
    assert [one.step for one in progress.steps(network) if one.done_on is None] == ["apply", "submit", "send_to_fod"]


async def test_risks_of_a_network_that_was_taken_over_count_from_that_day(store: InMemory) -> None:
    network_id, _ = await handlers.import_network(of_city(recognised=BEFORE), POLICE, GIVEN, store)
    network = await store.network(network_id)
    assert risks(network, None, GIVEN.rules, GIVEN.today) == ["no_coordinator"]
    late = GIVEN.today + timedelta(days=GIVEN.rules.still_active_days + 1)
    assert {"active_unanswered", "no_activity"} <= set(risks(network, None, GIVEN.rules, late))


async def test_the_fod_is_not_told_of_the_first_coordinators_of_a_network_that_was_taken_over(store: InMemory) -> None:
    network_id, _ = await handlers.import_network(of_city(recognised=BEFORE), POLICE, GIVEN, store)
    network = await store.network(network_id)
    seen = await by(store, network, OFFICER)
    await handlers.appoint_coordinator(network_id, appointment(NEIGHBOUR), seen, GIVEN, store)
    assert store.tasks == {}
    amended = commands.AmendCharter.model_validate(charter(contacts=[]).model_dump())
    with pytest.raises(DomainError, match="charter_incomplete"):
        await handlers.amend(network_id, amended, await by(store, network, NEIGHBOUR), GIVEN, store)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"document_sha256": None}, "document_missing"),
        ({"start": "2026-11-25"}, "start_in_future"),
        ({"korpschef_on": "2026-11-25"}, "start_in_future"),
        ({"end": "2019-04-30"}, "end_before_start"),
        ({"renewal_on": "2018-01-01"}, "renewal_outside_recognition"),
    ],
)
async def test_wrong_or_missing_data_of_the_documents_is_refused_and_no_event_is_recorded(
    store: InMemory, wrong: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        await handlers.import_network(of_city(recognised=BEFORE | wrong), POLICE, GIVEN, store)
    assert (store.events, store.rows) == ([], {})


async def test_an_official_cannot_enter_their_own_application(store: InMemory) -> None:
    with pytest.raises(DomainError, match="same_person"):
        await handlers.import_network(of_city(applicant=OFFICER), POLICE, GIVEN, store)


async def test_a_row_that_was_entered_before_changes_nothing(store: InMemory) -> None:
    first, _ = await handlers.import_network(of_city(), POLICE, GIVEN, store)
    assert await handlers.import_network(of_city(name="Andere naam"), POLICE, GIVEN, store) == (first, False)
    assert (await store.network(first)).name == "BIN Proef"


@pytest.mark.parametrize(("by", "role"), [(POLICE, "officer"), (COORDINATOR, "coordinator")])
async def test_a_member_of_a_list_is_accepted_by_who_enters_the_row(store: InMemory, by: By, role: str) -> None:
    network = await recognised(store)
    member_id, _ = await handlers.import_member(network.network_id, on_paper(), by, GIVEN, store, role=role)
    member = await store.member(member_id)
    assert (member.status, member.accepted_by, member.entered_by) == (MemberStatus.ACTIVE, by.actor, by.actor)
    assert member.consented_at
    assert member.consented_at.date() == date(2026, 3, 1)
    assert isinstance(store.events[-1], MemberJoined)
    assert [(read.reader, read.reason) for read in store.reads[member.person]] == [
        (by.actor, "lijst van de coördinator")
    ]


async def test_a_coordinator_of_another_network_learns_nothing(store: InMemory) -> None:
    network, stranger = await recognised(store), By(NEIGHBOUR, "", frozenset({"coordinator"}))
    with pytest.raises(DomainError, match="network_unknown"):
        await handlers.import_member(network.network_id, on_paper(), stranger, GIVEN, store, role="coordinator")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consented_on": date(2026, 11, 25)}, "consent_in_future"),
        ({"consent_version": "2019"}, "version_unknown"),
        ({"kind": "TRADER"}, "enterprise_missing"),
    ],
)
async def test_a_row_that_joining_would_refuse_is_refused(store: InMemory, changes: dict[str, Any], code: str) -> None:
    network = await recognised(store)
    with pytest.raises(DomainError, match=code):
        await handlers.import_member(network.network_id, on_paper(**changes), POLICE, GIVEN, store, role="officer")
    assert not store.members


async def test_only_police_enter_a_member_who_lives_elsewhere(store: InMemory) -> None:
    network = await recognised(store)
    elsewhere = on_paper().address.model_copy(update={"longitude": 4.9})
    row = on_paper(asks_exception=True, address=elsewhere.model_dump())
    with pytest.raises(DomainError, match="police_decides"):
        await handlers.import_member(network.network_id, row, COORDINATOR, GIVEN, store, role="coordinator")
    member_id, _ = await handlers.import_member(network.network_id, row, POLICE, GIVEN, store, role="officer")
    assert (await store.member(member_id)).reason == "lijst van de coördinator"


async def test_a_later_import_does_not_bring_an_erased_person_back(store: InMemory) -> None:
    network = await recognised(store)
    member_id, _ = await handlers.import_member(network.network_id, on_paper(), POLICE, GIVEN, store, role="officer")
    person = (await store.member(member_id)).person
    leaving = commands.Leave(reason=LeavingReason.LEFT)
    await handlers.leave(member_id, leaving, OFFICER, GIVEN, store, police=True)
    await handlers.erase(person, ErasureReason.REQUESTED, GIVEN, store, official=OFFICER)
    again = await handlers.import_member(network.network_id, on_paper(), POLICE, GIVEN, store, role="officer")
    assert (again, store.members, store.vault) == ((member_id, False), {}, {})


async def test_a_member_without_an_account_leaves_by_the_link_in_a_message(store: InMemory) -> None:
    network = await recognised(store)
    await handlers.join(network.network_id, joining(), MAYOR, GIVEN, store)
    listed, _ = await handlers.import_member(network.network_id, on_paper(), POLICE, GIVEN, store, role="officer")
    found = await handlers.read_contacts(network.network_id, APPLICANT, store)
    shown = {one.person: one for one in views.contacts_of(found, network.network_id, GIVEN.keyring).items}
    with_account = shown.pop(MAYOR)
    [without] = shown.values()
    assert (without.member_id, with_account.leaving_token) == (listed, None)
    assert without.leaving_token
    command = commands.LeaveByToken(leaving_token=without.leaving_token)
    with pytest.raises(DomainError, match="member_unknown"):
        await handlers.leave_by_token(with_account.member_id, command, GIVEN, store)
    with routes_in_memory():
        async with client_of(app_of(api.router, GIVEN), store) as client:
            path = f"/members/{listed}/unsubscription"
            left, again = [await client.post(path, json=command.model_dump()) for _ in range(2)]
    assert (left.json(), again.json()["code"]) == ({"left": True}, "transition_refused")
    assert isinstance(store.events[-1], MemberLeft)


async def test_somebody_else_cannot_end_the_membership_of_a_person_with_an_account(store: InMemory) -> None:
    network = await recognised(store)
    member = await handlers.join(network.network_id, joining(), NEIGHBOUR, GIVEN, store)
    leaving = commands.Leave(reason=LeavingReason.MOVED)
    with pytest.raises(DomainError, match="reason_not_possible"):
        await handlers.leave(member.member_id, leaving, OFFICER, GIVEN, store, police=True)
