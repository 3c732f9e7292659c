"""Each version of a charter is completed, approved or refused, amended, and kept for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    CLOCK,
    FEDERAL,
    GIVEN,
    MAYOR,
    NOW,
    OFFICER,
    InMemory,
    application,
    applied,
    appointment,
    approved,
    charter,
    recognised,
    under_review,
)
from unit.registry.registry_steps import B, K, amended, amendment, decided, does, shown
from unit.registry.registry_store_suite import refusal

from buurtsein_contracts.events import (
    NetworkAmended,
    NetworkRejected,
    NetworkReturned,
    NetworkSubmitted,
)
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.domain.states import NetworkState

TODAY = GIVEN.today


@pytest.fixture
def store() -> InMemory:
    CLOCK.set(NOW)
    return InMemory()


async def test_a_charter_that_the_fod_sends_back_can_be_signed_anew(store: InMemory) -> None:
    made = await approved(store)
    await does(store, handlers.send_to_fod, made, OFFICER)
    back = commands.ReturnCharter(reason="De kaart ontbreekt.")
    found = await does(store, handlers.return_charter, made, FEDERAL, back)
    assert (found.state, found.rejection) == (NetworkState.RETURNED, "De kaart ontbreekt.")
    assert isinstance(store.events[-1], NetworkReturned)
    found = await does(store, handlers.sign_charter, made, APPLICANT, charter())
    assert (found.state, found.rejection, found.approvals) == (NetworkState.CHARTER_READY, None, [])


async def test_a_charter_without_contacts_cannot_be_submitted(store: InMemory) -> None:
    made = await applied(store)
    for contacts in ([], [{"role": "police"}], [{"role": "coordinator"}]):
        await does(store, handlers.sign_charter, made, APPLICANT, charter(contacts=contacts))
        with refusal("charter_incomplete"):
            await does(store, handlers.submit, made, APPLICANT)
    await does(store, handlers.sign_charter, made, APPLICANT, charter())
    assert (await does(store, handlers.submit, made, APPLICANT)).state is NetworkState.UNDER_REVIEW


async def test_a_network_without_a_main_coordinator_cannot_be_approved_but_rejected(store: InMemory) -> None:
    made = await under_review(store)
    with refusal("coordinator_missing"):
        await decided(store, made)
    assert (await decided(store, made, "reject", "Er is geen coördinator.")).state is NetworkState.REJECTED


async def test_all_versions_of_a_charter_stay_with_their_signatures_and_refusals(store: InMemory) -> None:
    made = await approved(store)
    await does(store, handlers.send_to_fod, made, OFFICER)
    back = commands.ReturnCharter(reason="De kaart ontbreekt.")
    await does(store, handlers.return_charter, made, FEDERAL, back)
    again = charter(document_sha256="a" * 64)
    await does(store, handlers.sign_charter, made, APPLICANT, again)
    await does(store, handlers.submit, made, APPLICANT)
    found = await decided(store, made, "reject", "Het plan is te vaag.")
    first, second = views.charters_of(found).items
    assert [(one.party, one.person) for one in first.signatures] == [
        ("coordinator", APPLICANT),
        ("korpschef", CHIEF),
        ("burgemeester", MAYOR),
    ]
    assert first.refusal
    assert second.refusal
    assert (first.refusal.by, first.refusal.reason) == ("fod", "De kaart ontbreekt.")
    assert (second.refusal.by, second.refusal.actor, second.document_sha256) == ("korpschef", CHIEF, "a" * 64)
    assert [(one.role, one.person) for one in second.contacts] == [("coordinator", APPLICANT), ("police", None)]
    assert (first.in_force, second.in_force) == (False, False)


async def test_an_amendment_comes_into_force_at_the_second_approval_and_the_fod_must_be_told(store: InMemory) -> None:
    made = await amended(store, communication_plan="Alle nieuws per mail.", name="BIN Nieuwe naam")
    assert (made.state, made.name, made.in_force(TODAY)) == (NetworkState.AMENDING, "BIN Proef", True)
    assert isinstance(store.events[-1], NetworkSubmitted)
    assert store.tasks == {}
    made = await decided(store, made)
    event = store.events[-1]
    assert isinstance(event, NetworkAmended)
    assert (event.charter_version, event.changed, event.name) == (2, ["name", "communication_plan"], "BIN Nieuwe naam")
    assert (event.area, event.postcodes) == (None, None)
    assert (made.state, made.name) == (NetworkState.RECOGNISED, "BIN Nieuwe naam")
    [task] = store.tasks.values()
    assert (task.kind, task.about, task.due_on) == ("inform_fod", "charter 2", TODAY + timedelta(days=30))


async def test_an_authority_and_the_fod_attach_conditions_that_stay_with_the_version(store: InMemory) -> None:
    made = await under_review(store)
    found = await does(store, handlers.appoint_coordinator, made, OFFICER, appointment())
    for office, actor, conditions in ((K, CHIEF, "Zoek een tweede coördinator."), (B, MAYOR, None)):
        said = commands.Decide(decision="approve", conditions=conditions)
        found = await does(store, handlers.decide, found, actor, said, office)
    found = await does(store, handlers.send_to_fod, found, OFFICER)
    answer = commands.Recognise(start=TODAY, reference="VP/1", conditions="Meld elke wijziging.")
    file = shown(await does(store, handlers.recognise, found, FEDERAL, answer))
    assert file.charter
    assert [one.conditions for one in file.charter.signatures] == [None, "Zoek een tweede coördinator.", None]
    assert file.recognition
    assert file.recognition.conditions == "Meld elke wijziging."
    with pytest.raises(ValidationError, match="conditions_not_possible"):
        commands.Decide(decision="reject", reason="Te vaag.", conditions="Geen.")


async def test_an_area_has_streets_and_a_number_of_dwellings_within_the_limits(store: InMemory) -> None:
    limited = replace(GIVEN, rules=replace(GIVEN.rules, fewest_dwellings=50, most_dwellings=350))
    for dwellings in (None, 49, 351):
        with refusal("dwellings_not_possible"):
            await handlers.apply_for_network(application(dwellings=dwellings), APPLICANT, limited, store)
    asked = application(dwellings=120, streets=["Dorp", "Molenstraat"], languages=["nl", "fr"])
    made = await handlers.apply_for_network(asked, APPLICANT, limited, store)
    assert (made.streets, made.dwellings, made.languages) == (["Dorp", "Molenstraat"], 120, ["nl", "fr"])
    with pytest.raises(ValidationError, match="dutch_missing"):
        application(languages=["fr"])
    network = await amended(store, streets=["Dorp"], dwellings=80)
    assert network.newest.changed == ["area"]
    network = await decided(store, network)
    assert (network.streets, network.dwellings) == (["Dorp"], 80)


async def test_a_rejected_amendment_leaves_the_charter_of_before_in_force(store: InMemory) -> None:
    made = await amended(store, budget_plan="De leden betalen alles.", name="BIN Nieuwe naam")
    made = await decided(store, made, "reject", "De leden kunnen dat niet betalen.")
    event = store.events[-1]
    assert isinstance(event, NetworkRejected)
    assert (event.charter_version, made.state, made.name, store.tasks) == (
        2,
        NetworkState.RECOGNISED,
        "BIN Proef",
        {},
    )
    assert [one.in_force for one in views.charters_of(made).items] == [True, False]


async def test_an_amendment_can_be_replaced_before_it_is_approved_and_must_change_something(store: InMemory) -> None:
    made = await recognised(store)
    with refusal("nothing_changed"):
        await does(store, handlers.amend, made, APPLICANT, amendment(name="BIN Proef"))
    await does(store, handlers.amend, made, APPLICANT, amendment(budget_plan="De leden betalen alles."))
    yes = commands.Decide(decision="approve")
    await does(store, handlers.decide, made, CHIEF, yes, K)
    found = await does(store, handlers.amend, made, APPLICANT, amendment(budget_plan="De stad betaalt de helft."))
    assert (found.newest.version, found.approvals) == (3, [])
    assert [one.role for one in found.charters[1].approvals] == ["korpschef"]


async def test_an_amended_area_lies_in_the_municipality(store: InMemory) -> None:
    ring = [[4.3, 50.9], [4.4, 50.9], [4.4, 51.0], [4.3, 50.9]]
    with refusal("outside_area"):
        await amended(store, area={"type": "Polygon", "coordinates": [ring]})
