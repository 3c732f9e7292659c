"""The reducer `KnownNetwork` gives the same result for a network's events in any order."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_contracts import Event, KnownNetwork
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.known_network import NotRecognised
from buurtsein_contracts.testing.records import made
from buurtsein_contracts.topics import NETWORKS

NETWORK = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8001"
ONE, OTHER = "p" + "1" * 32, "p" + "2" * 32


def network_event(name: str, sequence: int, /, **changes: Any) -> Event[Any]:
    return made(name, sequence, **{"network_id": NETWORK} | changes)


def known(*events: Event[Any]) -> KnownNetwork:
    network = KnownNetwork(network_id=UUID(NETWORK))
    for event in events:
        network = network.with_event(event)
    return network


STORY = (
    network_event("NetworkApproved", 1, name="BIN Eerste naam"),
    network_event("CoordinatorAppointed", 2, coordinator=ONE, role="coordinator"),
    network_event("CoordinatorAppointed", 3, coordinator=OTHER, role="co-coordinator"),
    network_event("NetworkRecognised", 4, status="ACTIEF", start="2026-01-01", end="2026-12-31"),
    network_event("BeAlertJoined", 5, agreement_version="2"),
    network_event("NetworkAmended", 6, charter_version=2, changed=["name"], name="BIN Tweede naam"),
    network_event("CoordinatorRemoved", 7, coordinator=ONE),
    network_event("NetworkSuspended", 8, start="2026-03-01", end="2026-06-30"),
    network_event("NetworkReinstated", 9, start="2026-05-01"),
)


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=4))
def test_any_order_and_duplicates_give_the_same_network(order: list[Event[Any]], again: list[Event[Any]]) -> None:
    assert known(*order, *again) == known(*STORY)


def test_all_properties_of_a_network_are_known_at_the_end() -> None:
    network = known(*STORY)
    assert network.named is not None
    assert network.named.value == "BIN Tweede naam"
    assert network.approved is not None
    assert network.area is not None
    assert network.present_coordinators == {OTHER: "co-coordinator"}
    assert network.has_joined_be_alert
    assert not network.is_ended


def test_a_recognition_holds_from_its_first_day_up_to_and_including_its_last() -> None:
    network = known(*STORY[:4])
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [network.is_recognised_on(day) for day in days] == [False, True, True, False]
    assert not known(*STORY[:3]).is_recognised_on(date(2026, 6, 1))


def test_a_suspension_holds_until_its_last_day_or_until_it_is_lifted() -> None:
    suspended, lifted = known(*STORY[:8]), known(*STORY)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1), date(2026, 7, 1)]
    assert [suspended.is_suspended_on(day) for day in days] == [False, True, True, True, False]
    assert [lifted.is_suspended_on(day) for day in days] == [False, True, True, False, False]
    assert [lifted.is_recognised_on(day) for day in days] == [True, False, False, True, True]


def test_a_new_recognition_ends_an_earlier_suspension() -> None:
    again = network_event("NetworkRecognised", 9, status="ACTIEF", start="2026-03-15", end="2027-03-14")
    assert known(*STORY[:8], again).is_recognised_on(date(2026, 4, 1))


def test_a_status_that_is_not_active_is_no_recognition() -> None:
    other = network_event("NetworkRecognised", 5, status="VERLOPEN", start="2026-01-01", end="2026-12-31")
    assert not known(*STORY[:4], other).is_recognised_on(date(2026, 6, 1))


def test_an_appointment_that_comes_late_is_kept_beside_what_came_before() -> None:
    """With one sequence number for the whole network instead of one per value, the late event would be lost."""
    network = known(*(event for event in STORY if event.sequence != 3), STORY[2])
    assert network.present_coordinators == {OTHER: "co-coordinator"}


def test_an_ended_network_is_recognised_no_longer() -> None:
    ended = known(*STORY, network_event("NetworkEnded", 10))
    assert (ended.is_ended, ended.is_recognised_on(date(2026, 6, 1))) == (True, False)


EARLY = ("NetworkApplied", "NetworkSubmitted", "NetworkRejected", "NetworkSentToFod", "NetworkReturned")
"""The events that say how far an application or amendment is."""
TOLD = ("NetworkAtRisk", "EvaluationSigned")
"""The events that tell how a recognised network goes on."""


@pytest.mark.parametrize("name", [*EARLY, *TOLD])
def test_an_event_that_only_tells_changes_nothing_before_or_after_the_approval(name: str) -> None:
    unknown = KnownNetwork(network_id=UUID(NETWORK))
    assert (unknown.with_event(network_event(name, 1)), unknown.charter) == (unknown, None)
    assert known(*STORY, network_event(name, 10)) == known(*STORY)


def test_each_event_of_a_network_changes_something_or_only_tells() -> None:
    of_networks = {data.__name__ for data in EVENTS if data.TOPIC is NETWORKS}
    changing = {name for name in of_networks if known(*STORY).with_event(network_event(name, 99)) != known(*STORY)}
    assert of_networks - changing - {"CoordinatorRemoved", "OfficerReleased"} == {*EARLY, *TOLD}


def test_an_event_of_another_network_changes_nothing() -> None:
    other = network_event("BeAlertJoined", 9, network_id="019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8002")
    assert known(*STORY[:2], other) == known(*STORY[:2])


def test_a_network_has_the_officers_who_were_mandated_and_not_released() -> None:
    first = network_event("OfficerMandated", 1, officer=ONE)
    second = network_event("OfficerMandated", 2, officer=OTHER)
    released = network_event("OfficerReleased", 3, officer=ONE)
    assert known(first, second).mandated_officers == {ONE, OTHER}
    assert known(released, second, first).mandated_officers == {OTHER}


def test_a_reader_in_order_forgets_removed_coordinators() -> None:
    network = KnownNetwork(network_id=UUID(NETWORK))
    for event in STORY:
        network = network.with_next(event)
    assert network.present_coordinators == known(*STORY).present_coordinators
    assert ONE not in network.model_dump_json()
    assert ONE in known(*STORY).model_dump_json()


def test_a_reader_in_order_forgets_the_people_of_a_network_that_ended() -> None:
    network = KnownNetwork(network_id=UUID(NETWORK))
    for event in (
        network_event("CoordinatorAppointed", 1, coordinator=ONE),
        network_event("OfficerMandated", 2, officer=OTHER),
        network_event("NetworkEnded", 3),
    ):
        network = network.with_next(event)
    assert network.is_ended
    assert not any(who in network.model_dump_json() for who in (ONE, OTHER))


def test_the_charter_is_the_approved_one_with_its_amendments() -> None:
    charter = known(*STORY).charter
    assert charter is not None
    assert (charter.name, charter.version) == ("BIN Tweede naam", 2)
    assert known(*STORY[3:]).charter is None


@pytest.mark.parametrize(
    ("events", "day", "reason"),
    [
        (STORY[:3], date(2026, 4, 1), NotRecognised.NEVER_RECOGNISED),
        (STORY[:4], date(2025, 12, 31), NotRecognised.NOT_YET),
        (STORY[:4], date(2027, 1, 1), NotRecognised.OVER),
        (STORY[:8], date(2026, 4, 1), NotRecognised.SUSPENDED),
        (
            (*STORY[:4], network_event("NetworkRecognised", 5, status="VERLOPEN")),
            date(2026, 4, 1),
            NotRecognised.NOT_ACTIVE,
        ),
        ((*STORY[:8], network_event("NetworkEnded", 9)), date(2026, 4, 1), NotRecognised.ENDED),
        (STORY, date(2026, 5, 1), None),
    ],
)
def test_the_reason_why_a_network_is_not_recognised_is_returned(
    events: tuple[Event[Any], ...], day: date, reason: NotRecognised | None
) -> None:
    assert known(*events).why_not_recognised_on(day) is reason


def test_it_can_be_stored_as_json() -> None:
    assert KnownNetwork.model_validate_json(known(*STORY).model_dump_json()) == known(*STORY)


def test_the_steps_before_the_approval_make_nothing_known() -> None:
    steps = ("NetworkApplied", "NetworkSubmitted", "NetworkRejected", "NetworkSentToFod", "NetworkReturned")
    assert known(*(network_event(name, number) for number, name in enumerate(steps, 1))) == known()
