"""Tests which rows each command of the registry stores, which events it records, and what it refuses."""

from datetime import date, timedelta

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    CLOCK,
    GIVEN,
    MAYOR,
    NEIGHBOUR,
    NOW,
    OFFICER,
    InMemory,
    application,
    applied,
    appointment,
    approved,
    by,
    charter,
    joining,
    recognised,
    under_review,
)
from unit.registry.registry_store_suite import refusal

from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    CoordinatorRemoved,
    MemberJoined,
    MemberLeft,
    NetworkApplied,
    NetworkApproved,
    NetworkRecognised,
    NetworkRejected,
    NetworkSubmitted,
    PersonErased,
)
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_contracts.events.network import ApproverRole, RemovalReason
from buurtsein_kernel.commands import By
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import NetworkState

OTHER = "p" + "9" * 32


@pytest.fixture
def store() -> InMemory:
    CLOCK.set(NOW)
    return InMemory()


async def kept(store: InMemory, network: Network) -> Network:
    return await store.network(network.network_id)


async def with_coordinator(store: InMemory) -> Network:
    """Return a network under review, for which police appointed a coordinator."""
    made = await under_review(store)
    return await handlers.appoint_coordinator(
        made.network_id, appointment(), await by(store, made, OFFICER), GIVEN, store
    )


async def test_an_application_is_stored_with_the_code_of_the_municipality_and_recorded_as_an_event(
    store: InMemory,
) -> None:
    made = await applied(store)
    found = await kept(store, made)
    assert (found.code, found.nis, found.police_zone, found.applicant) == (
        "BIN-AALST-0001",
        "41002",
        "PZ Proef",
        APPLICANT,
    )
    (event,) = store.events
    assert isinstance(event, NetworkApplied)
    assert (found.state, event.actor, event.code) == (NetworkState.DRAFT, APPLICANT, found.code)


async def test_an_area_outside_the_municipality_is_refused(store: InMemory) -> None:
    ring = [[4.3, 50.9], [4.4, 50.9], [4.4, 51.0], [4.3, 50.9]]
    away = application(area={"type": "Polygon", "coordinates": [ring]})
    with refusal("outside_area"):
        await handlers.apply_for_network(away, APPLICANT, GIVEN, store)
    assert store.networks == {}


async def test_one_person_has_a_few_applications_at_a_time(store: InMemory) -> None:
    for _ in range(GIVEN.rules.max_open_applications):
        await applied(store)
    with refusal("too_many_applications"):
        await applied(store)
    await applied(store, NEIGHBOUR)


async def test_the_charter_is_signed_on_the_belgian_day(store: InMemory) -> None:
    CLOCK.set(NOW.replace(hour=23, minute=30))
    made = await under_review(store)
    charter = (await kept(store, made)).charter
    assert charter
    assert (charter.version, charter.signed_by, charter.signed_on) == (1, APPLICANT, date(2026, 11, 25))


@pytest.mark.parametrize(("actor", "code"), [(NEIGHBOUR, "not_the_coordinator"), (APPLICANT, "version_changed")])
async def test_somebody_else_does_not_learn_the_version(store: InMemory, actor: str, code: str) -> None:
    made = await applied(store)
    with refusal(code):
        await handlers.sign_charter(made.network_id, charter(), By(actor, "7"), GIVEN, store)
    with refusal(code):
        await handlers.submit(made.network_id, By(actor, "7"), GIVEN, store)


async def test_the_second_approval_records_an_event(store: InMemory) -> None:
    made = await approved(store)
    assert [type(event) for event in store.events] == [
        NetworkApplied,
        NetworkSubmitted,
        CoordinatorAppointed,
        NetworkApproved,
    ]
    event = store.events[-1]
    assert isinstance(event, NetworkApproved)
    assert (event.network_id, (await kept(store, made)).state) == (made.network_id, NetworkState.APPROVED)


async def test_a_rejection_has_a_reason(store: InMemory) -> None:
    made = await under_review(store)
    office, seen = ApproverRole.KORPSCHEF, await by(store, made, CHIEF)
    with refusal("reason_missing"):
        await handlers.decide(made.network_id, commands.Decide(decision="reject"), office, seen, GIVEN, store)
    no = commands.Decide(decision="reject", reason="Het plan is te vaag.")
    await handlers.decide(made.network_id, no, office, seen, GIVEN, store)
    found = await kept(store, made)
    event = store.events[-1]
    assert isinstance(event, NetworkRejected)
    assert (found.state, found.rejection, event.role) == (NetworkState.REJECTED, "Het plan is te vaag.", office)


async def test_the_second_of_two_decisions_on_the_same_version_is_refused(store: InMemory) -> None:
    made = await with_coordinator(store)
    chief, mayor = await by(store, made, CHIEF), await by(store, made, MAYOR)
    yes = commands.Decide(decision="approve")
    await handlers.decide(made.network_id, yes, ApproverRole.KORPSCHEF, chief, GIVEN, store)
    with refusal("version_changed"):
        await handlers.decide(made.network_id, yes, ApproverRole.BURGEMEESTER, mayor, GIVEN, store)
    assert len((await kept(store, made)).approvals) == 1


async def test_the_recognition_by_the_fod_is_stored_and_recorded_as_an_event(store: InMemory) -> None:
    made = await recognised(store)
    event = store.events[-1]
    assert isinstance(event, NetworkRecognised)
    found = await kept(store, made)
    assert (found.state, found.recognition and found.recognition.start) == (NetworkState.RECOGNISED, event.start)


async def test_a_suitable_candidate_is_appointed(store: InMemory) -> None:
    made = await applied(store)
    await handlers.appoint_coordinator(made.network_id, appointment(), await by(store, made, OFFICER), GIVEN, store)
    event = store.events[-1]
    assert isinstance(event, CoordinatorAppointed)
    found = await kept(store, made)
    assert (found.main_coordinator, found.coordinators[0].appointed_on) == (APPLICANT, GIVEN.today)


async def test_an_unfavourable_screening_is_kept_and_appoints_nobody(store: InMemory) -> None:
    made = await applied(store)
    seen = await by(store, made, OFFICER)
    await handlers.appoint_coordinator(made.network_id, appointment(screening_outcome="NOT_OK"), seen, GIVEN, store)
    found = await kept(store, made)
    assert ([one.outcome for one in found.screenings], found.coordinators) == (["NOT_OK"], [])
    assert [type(event) for event in store.events] == [NetworkApplied]


async def test_a_screening_is_no_older_than_the_installation_allows(store: InMemory) -> None:
    made = await applied(store)
    old = appointment(screened_on=GIVEN.today - timedelta(days=GIVEN.rules.screening_valid_days + 1))
    with refusal("screening_too_old"):
        await handlers.appoint_coordinator(made.network_id, old, await by(store, made, OFFICER), GIVEN, store)
    assert (await kept(store, made)).screenings == []


async def test_the_removal_of_a_coordinator_records_an_event(store: InMemory) -> None:
    made = await applied(store)
    await handlers.appoint_coordinator(made.network_id, appointment(), await by(store, made, OFFICER), GIVEN, store)
    gone = commands.RemoveCoordinator(reason=RemovalReason.MOVED)
    seen = await by(store, made, OFFICER)
    await handlers.remove_coordinator(made.network_id, APPLICANT, gone, seen, GIVEN, store)
    event = store.events[-1]
    assert isinstance(event, CoordinatorRemoved)
    assert (event.appeal_until, (await kept(store, made)).coordinators) == (None, [])


async def test_a_coordinator_accepts_a_version_of_be_alert_that_exists(store: InMemory) -> None:
    made = await approved(store)
    with refusal("version_unknown"):
        old = commands.JoinBeAlert(agreement_version="1999-1")
        await handlers.join_be_alert(made.network_id, old, APPLICANT, GIVEN, store)
    assert (await kept(store, made)).be_alert_version is None
    today = commands.JoinBeAlert(agreement_version="2026-1")
    await handlers.join_be_alert(made.network_id, today, APPLICANT, GIVEN, store)
    assert isinstance(store.events[-1], BeAlertJoined)
    assert (await kept(store, made)).be_alert_version == "2026-1"


async def test_a_new_member_is_in_the_event_by_pseudonym_and_stored_in_the_vault(store: InMemory) -> None:
    made = await recognised(store)
    member = await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    event = store.events[-1]
    assert isinstance(event, MemberJoined)
    assert (event.person_ref, store.vault[NEIGHBOUR].name) == (NEIGHBOUR, "Ann Voorbeeld")
    assert await store.member(member.member_id) == member


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent_version": "1999-1"}, "version_unknown"),
        ({"kind": "TRADER"}, "enterprise_missing"),
        ({"address": joining().address.model_dump() | {"longitude": 4.15}}, "outside_area"),
    ],
)
async def test_the_data_of_somebody_who_cannot_join_are_not_stored(
    store: InMemory, changes: dict[str, object], code: str
) -> None:
    made = await recognised(store)
    before = len(store.events)
    with refusal(code):
        await handlers.join(made.network_id, joining(**changes), NEIGHBOUR, GIVEN, store)
    assert (store.vault, store.members, len(store.events)) == ({}, {}, before)


async def test_a_network_is_unknown_to_others_before_its_recognition_begins(store: InMemory) -> None:
    made = await recognised(store, start=GIVEN.today + timedelta(days=1))
    with refusal("network_unknown"):
        await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    CLOCK.move(timedelta(days=1))
    await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)


async def test_only_a_member_leaves_and_a_death_is_reported_by_police_or_a_coordinator(store: InMemory) -> None:
    made = await recognised(store)
    member = await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    died = commands.Leave(reason=LeavingReason.DECEASED)
    with refusal("member_unknown"):
        await handlers.leave(member.member_id, died, OTHER, GIVEN, store, police=False)
    with refusal("reason_not_possible"):
        await handlers.leave(member.member_id, commands.Leave(), APPLICANT, GIVEN, store, police=False)
    await handlers.leave(member.member_id, died, APPLICANT, GIVEN, store, police=False)
    event = store.events[-1]
    assert isinstance(event, MemberLeft)
    assert (event.reason, (await store.member(member.member_id)).left_at) == (LeavingReason.DECEASED, NOW)


async def test_a_former_member_is_erased_with_one_event(store: InMemory) -> None:
    made = await recognised(store)
    member = await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    await handlers.leave(member.member_id, commands.Leave(), NEIGHBOUR, GIVEN, store, police=False)
    await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=MAYOR)
    assert isinstance(store.events[-1], PersonErased)
    assert (store.vault, store.members) == ({}, {})
    assert [(one.erased_at, official) for one, official in store.noted] == [(NOW, MAYOR)]
    with refusal("person_unknown"):
        await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=None)


async def test_a_change_that_a_handler_does_not_save_is_lost(store: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store returns copies, so that a handler's changes to a network are lost unless the handler saves them."""
    made = await approved(store)

    async def nothing(_: Network) -> None:
        pass

    monkeypatch.setattr(store, "save_network", nothing)
    sent = await handlers.send_to_fod(made.network_id, await by(store, made, OFFICER), GIVEN, store)
    assert (sent.state, (await kept(store, made)).state) == (NetworkState.SUBMITTED_TO_FOD, NetworkState.APPROVED)
