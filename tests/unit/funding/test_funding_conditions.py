"""The four conditions, as they follow from what was heard of a network."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    MemberLeft,
    NetworkApproved,
    NetworkRecognised,
)
from buurtsein_contracts.events.funding import Condition, ConditionCode
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_contracts.events.network import CoordinatorRole, RecognitionStatus
from buurtsein_contracts.model import reader_of
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.domain.network import KnownNetwork

NETWORK = uuid7()
COORDINATOR, SOMEBODY, OFFICIAL = "p" + "c" * 32, "p" + "d" * 32, "p" + "e" * 32
TODAY = date(2026, 11, 24)
SQUARE = [[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]]


def approved(*roles: str) -> NetworkApproved:
    days = {"korpschef": "2026-11-02", "burgemeester": "2026-11-03"}
    return NetworkApproved.model_validate({
        "network_id": NETWORK,
        "code": "BIN-AALST-0001",
        "kind": "BIN",
        "name": "Mijlbeek",
        "nis": "41002",
        "postcodes": ["9300"],
        "police_zone": "Aalst",
        "area": {"type": "Polygon", "coordinates": SQUARE},
        "charter_version": 1,
        "approvals": [{"role": role, "decided_on": days[role], "actor": OFFICIAL} for role in roles or days],
        "approved_at": "2026-11-03T09:00:00Z",
    })  # fmt: skip


def recognised(**changes: Any) -> NetworkRecognised:
    facts: dict[str, Any] = {"status": RecognitionStatus.ACTIVE, "start": date(2026, 11, 16), "reference": "VP/417"}
    at = datetime(2026, 11, 16, 9, tzinfo=UTC)
    return NetworkRecognised(network_id=NETWORK, actor=OFFICIAL, recognised_at=at, **facts | changes)


def appointed(coordinator: str = COORDINATOR) -> CoordinatorAppointed:
    return CoordinatorAppointed(
        network_id=NETWORK,
        coordinator=coordinator,
        role=CoordinatorRole.COORDINATOR,
        screened_on=date(2026, 10, 20),
        actor=OFFICIAL,
        appointed_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC),
    )


def joined() -> BeAlertJoined:
    at = datetime(2026, 11, 17, 9, tzinfo=UTC)
    return BeAlertJoined(network_id=NETWORK, agreement_version="2026-1", actor=COORDINATOR, joined_at=at)


def known(*said: EventData) -> tuple[KnownNetwork, list[UUID]]:
    network, ids = KnownNetwork(network_id=NETWORK), []
    for data in said:
        ids.append(uuid7())
        network.learn(ids[-1], data)
    return network, ids


def answers(network: KnownNetwork, requester: str = COORDINATOR, day: date = TODAY) -> dict[ConditionCode, Condition]:
    return {answer.code: answer for answer in conditions_of(network, requester, "2026-1", day)}


def recognition_answer(**changes: Any) -> Condition:
    return answers(known(recognised(**changes))[0])[ConditionCode.RECOGNISED]


def test_a_network_of_which_only_the_coordinator_is_known_is_told_what_it_lacks() -> None:
    network, ids = known(appointed())
    shown = conditions_of(network, COORDINATOR, "2026-1", TODAY)
    assert [answer.code for answer in shown] == list(ConditionCode)
    assert [answer.met for answer in shown] == [False, False, True, False]
    assert [answer.evidence for answer in shown] == [None, None, ids[0], None]
    assert [answer.why for answer in shown] == [
        "Korpschef en burgemeester keurden het netwerk nog niet allebei goed.",
        "De FOD Binnenlandse Zaken erkende het netwerk nog niet.",
        "De aanvrager is sinds 1 november 2026 coördinator van dit netwerk en gebruikt formulier 2026-1.",
        "Het netwerk aanvaardde BE-Alert nog niet.",
    ]


def test_every_yes_names_its_dates_and_the_event_that_proves_it() -> None:
    network, ids = known(approved(), recognised(), appointed(), joined())
    shown = conditions_of(network, COORDINATOR, "2026-1", TODAY)
    assert all(answer.met for answer in shown)
    assert [answer.evidence for answer in shown] == ids
    assert (
        shown[0].why == "De korpschef keurde het netwerk goed op 2 november 2026, de burgemeester op 3 november 2026."
    )
    assert shown[1].why == "De erkenning door de FOD Binnenlandse Zaken (kenmerk VP/417) begon op 16 november 2026."
    assert shown[3].why == "Het netwerk aanvaardde BE-Alert (overeenkomst 2026-1) op 17 november 2026."


def test_two_approvals_of_one_office_are_not_the_approval_of_both() -> None:
    network, _ = known(approved("korpschef", "korpschef"))
    assert not answers(network)[ConditionCode.APPROVED].met


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": RecognitionStatus.SUSPENDED}, "heeft de status GESCHORST"),
        ({"start": date(2026, 11, 25)}, "begint pas op 25 november 2026"),
        ({"end": date(2026, 11, 23)}, "eindigde op 23 november 2026"),
    ],
)
def test_a_recognition_that_does_not_count_today_says_why_and_is_still_the_evidence(
    changes: dict[str, Any], why: str
) -> None:
    answer = recognition_answer(**changes)
    assert not answer.met
    assert why in answer.why
    assert "VP/417" in answer.why
    assert answer.evidence


@pytest.mark.parametrize("changes", [{"start": TODAY}, {"end": TODAY}])
def test_the_first_and_the_last_day_of_a_recognition_count(changes: dict[str, Any]) -> None:
    assert recognition_answer(**changes).met


def test_a_status_that_is_new_to_us_is_not_a_recognition() -> None:
    data = reader_of(NetworkRecognised)(**recognised().model_dump() | {"status": "IN_BEROEP" * 10})
    answer = answers(known(data)[0])[ConditionCode.RECOGNISED]
    assert not answer.met
    assert "IN_BEROEP" in answer.why


def test_a_later_answer_of_the_fod_replaces_the_earlier_one() -> None:
    network, ids = known(recognised(), recognised(status=RecognitionStatus.EXPIRED))
    answer = answers(network)[ConditionCode.RECOGNISED]
    assert (answer.met, answer.evidence) == (False, ids[1])


def test_somebody_elses_coordinator_is_not_this_networks_coordinator() -> None:
    network, _ = known(appointed())
    answer = answers(network, SOMEBODY)[ConditionCode.REQUESTED_BY_COORDINATOR]
    assert (answer.met, answer.why) == (False, "De aanvrager is geen coördinator van dit netwerk.")


def test_a_second_coordinator_counts_as_well_as_the_first() -> None:
    network, ids = known(appointed(), appointed(SOMEBODY))
    assert answers(network, SOMEBODY)[ConditionCode.REQUESTED_BY_COORDINATOR].evidence == ids[1]


def test_an_event_that_does_not_matter_here_changes_nothing() -> None:
    at = datetime(2026, 11, 17, 9, tzinfo=UTC)
    network, _ = known(MemberLeft(member_id=uuid7(), network_id=NETWORK, reason=LeavingReason.LEFT, left_at=at))
    assert network == KnownNetwork(network_id=NETWORK)


def test_what_is_known_survives_being_stored() -> None:
    network, _ = known(approved(), recognised(), appointed(), joined())
    assert KnownNetwork.model_validate_json(network.model_dump_json()) == network


def test_the_longest_reference_still_fits_in_an_answer() -> None:
    assert len(recognition_answer(reference="x" * 60, end=date(2026, 9, 30)).why) <= 300
