"""The events of a network decide which of the four conditions for funding the network meets."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from buurtsein_chassis.languages import Reader, catalogues
from buurtsein_contracts import Event, EventData, KnownNetwork, uuid7
from buurtsein_contracts.events import (
    BeAlertJoined,
    CoordinatorAppointed,
    CoordinatorRemoved,
    MemberLeft,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.funding import ConditionCode
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_contracts.events.network import (
    CoordinatorRole,
    EndReason,
    RecognitionStatus,
    RemovalReason,
    SuspensionReason,
)
from buurtsein_contracts.model import reader_of
from buurtsein_funding.domain.conditions import Answer, conditions_of, told, whys_of
from buurtsein_funding.views.sentences import told_conditions

NETWORK = uuid7()
COORDINATOR, SOMEBODY, OFFICIAL = "p" + "c" * 32, "p" + "d" * 32, "p" + "e" * 32
FORM = "2026-1"
TODAY, AT = date(2026, 11, 24), datetime(2026, 11, 24, 8, tzinfo=UTC)
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
        network = network.with_event(Event(ids[-1], "urn:test", AT, len(ids), data))
    return network, ids


def answers(network: KnownNetwork, requester: str = COORDINATOR, day: date = TODAY) -> dict[ConditionCode, Answer]:
    return {answer.code: answer for answer in conditions_of(network, requester, "2026-1", day)}


def recognition_answer(**changes: Any) -> Answer:
    return answers(known(recognised(**changes))[0])[ConditionCode.RECOGNISED]


def test_a_network_with_only_a_coordinator_shows_the_conditions_that_it_does_not_meet() -> None:
    network, ids = known(appointed())
    shown = conditions_of(network, COORDINATOR, "2026-1", TODAY)
    assert [answer.code for answer in shown] == list(ConditionCode)
    assert [answer.met for answer in shown] == [False, False, True, False]
    assert [answer.evidence for answer in shown] == [None, None, ids[0], None]
    assert [answer.why for answer in shown] == [
        "Korpschef en burgemeester hebben het netwerk nog niet allebei goedgekeurd.",
        "De FOD Binnenlandse Zaken heeft het netwerk nog niet erkend.",
        "De aanvrager is sinds 1 november 2026 coördinator van dit netwerk en gebruikt formulier 2026-1.",
        "Het netwerk heeft BE-Alert nog niet aanvaard.",
    ]


def test_every_met_condition_names_its_dates_and_the_event_that_proves_it() -> None:
    network, ids = known(approved(), recognised(), appointed(), joined())
    shown = conditions_of(network, COORDINATOR, "2026-1", TODAY)
    assert all(answer.met for answer in shown)
    assert [answer.evidence for answer in shown] == ids
    assert [answer.why for answer in shown] == [
        "De korpschef heeft het netwerk goedgekeurd op 2 november 2026, de burgemeester op 3 november 2026.",
        "De erkenning door de FOD Binnenlandse Zaken (kenmerk VP/417) is begonnen op 16 november 2026.",
        "De aanvrager is sinds 1 november 2026 coördinator van dit netwerk en gebruikt formulier 2026-1.",
        "Het netwerk heeft BE-Alert (overeenkomst 2026-1) aanvaard op 17 november 2026.",
    ]


def test_two_approvals_by_one_authority_are_not_enough() -> None:
    network, _ = known(approved("korpschef", "korpschef"))
    assert not answers(network)[ConditionCode.APPROVED].met


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": RecognitionStatus.SUSPENDED}, "is geschorst"),
        ({"start": date(2026, 11, 25)}, "begint pas op 25 november 2026"),
        ({"status": RecognitionStatus.EXPIRED}, "is verlopen"),
        ({"end": date(2026, 11, 23)}, "is geëindigd op 23 november 2026"),
    ],
)
def test_a_recognition_that_is_not_valid_today_has_a_reason_and_its_event_id(changes: dict[str, Any], why: str) -> None:
    answer = recognition_answer(**changes)
    assert not answer.met
    assert why in answer.why
    assert "VP/417" in answer.why
    assert answer.evidence


@pytest.mark.parametrize("changes", [{"start": TODAY}, {"end": TODAY}])
def test_the_first_and_the_last_day_of_a_recognition_count(changes: dict[str, Any]) -> None:
    assert recognition_answer(**changes).met


def test_an_unknown_status_is_not_a_recognition() -> None:
    data = reader_of(NetworkRecognised)(**recognised().model_dump() | {"status": "IN_BEROEP" * 10})
    answer = answers(known(data)[0])[ConditionCode.RECOGNISED]
    assert not answer.met
    assert answer.why.endswith("is niet actief.")


def test_a_later_answer_of_the_fod_replaces_the_earlier_one() -> None:
    network, ids = known(recognised(), recognised(status=RecognitionStatus.EXPIRED))
    answer = answers(network)[ConditionCode.RECOGNISED]
    assert (answer.met, answer.evidence) == (False, ids[1])


def suspended(**changes: Any) -> NetworkSuspended:
    facts: dict[str, Any] = {"reason": SuspensionReason.INACTIVE, "start": TODAY, "reference": "VP/518"}
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return NetworkSuspended(network_id=NETWORK, actor=OFFICIAL, suspended_at=at, **facts | changes)


def reinstated(start: date = TODAY) -> NetworkReinstated:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return NetworkReinstated(network_id=NETWORK, start=start, actor=OFFICIAL, reinstated_at=at)


def ended() -> NetworkEnded:
    at = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    return NetworkEnded(network_id=NETWORK, reason=EndReason.STOPPED, actor=OFFICIAL, ended_at=at)


YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ([suspended()], False),
        ([suspended(end=TODAY)], False),
        ([suspended(start=TOMORROW)], True),
        ([suspended(start=YESTERDAY, end=YESTERDAY)], True),
        ([suspended(), reinstated()], True),
        ([suspended(), reinstated(TOMORROW)], False),
        ([suspended(start=date(2026, 1, 1), end=date(2026, 2, 1)), reinstated(TOMORROW)], True),
        ([suspended(), recognised()], True),
        ([suspended(), approved()], False),
        ([reinstated()], True),
        ([ended()], False),
        ([ended(), recognised()], False),
    ],
)
def test_a_network_that_is_suspended_or_ended_today_is_not_recognised(said: list[EventData], *, met: bool) -> None:
    network, _ = known(approved(), recognised(), *said)
    assert answers(network)[ConditionCode.RECOGNISED].met == met


def test_a_suspension_and_an_end_are_shown_with_their_day_and_event() -> None:
    network, ids = known(recognised(), suspended(end=date(2027, 1, 31)))
    answer = answers(network)[ConditionCode.RECOGNISED]
    assert answer.why == (
        "De FOD Binnenlandse Zaken heeft de erkenning geschorst vanaf 24 november 2026 tot en met 31 januari 2027 "
        "(kenmerk VP/518)."
    )
    assert answer.evidence == ids[1]
    network, ids = known(recognised(), ended())
    answer = answers(network)[ConditionCode.RECOGNISED]
    assert (answer.why, answer.evidence) == ("Het netwerk bestaat niet meer sinds 20 november 2026.", ids[1])


def test_a_removed_coordinator_does_not_count() -> None:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    removed = CoordinatorRemoved(
        network_id=NETWORK, coordinator=COORDINATOR, reason=RemovalReason.MOVED, actor=OFFICIAL, removed_at=at
    )
    said = (appointed(), appointed(SOMEBODY), removed)
    network, _ = known(*said)
    assert not answers(network)[ConditionCode.REQUESTED_BY_COORDINATOR].met
    assert answers(network, SOMEBODY)[ConditionCode.REQUESTED_BY_COORDINATOR].met
    assert answers(known(*said, appointed())[0])[ConditionCode.REQUESTED_BY_COORDINATOR].met


def test_somebody_elses_coordinator_is_not_this_networks_coordinator() -> None:
    network, _ = known(appointed())
    answer = answers(network, SOMEBODY)[ConditionCode.REQUESTED_BY_COORDINATOR]
    assert (answer.met, answer.why) == (False, "De aanvrager is geen coördinator van dit netwerk.")


def test_a_second_coordinator_counts_as_well_as_the_first() -> None:
    network, ids = known(appointed(), appointed(SOMEBODY))
    assert answers(network, SOMEBODY)[ConditionCode.REQUESTED_BY_COORDINATOR].evidence == ids[1]


def test_an_event_that_no_condition_uses_changes_nothing() -> None:
    at = datetime(2026, 11, 17, 9, tzinfo=UTC)
    network, _ = known(MemberLeft(member_id=uuid7(), network_id=NETWORK, reason=LeavingReason.LEFT, left_at=at))
    assert network == KnownNetwork(network_id=NETWORK)


def test_the_longest_reference_still_fits_in_an_answer() -> None:
    assert len(recognition_answer(reference="x" * 60, end=date(2026, 9, 30)).why) <= 300
    network, _ = known(recognised(), suspended(reference="x" * 60, end=date(2026, 12, 30)))
    assert len(answers(network)[ConditionCode.RECOGNISED].why) <= 300


def test_the_why_of_each_condition_is_told_in_other_languages_with_the_same_days() -> None:
    network, _ = known(approved(), recognised(), appointed(), joined())
    shown = conditions_of(network, COORDINATOR, FORM, TODAY)

    def whys(language: str) -> list[str]:
        reader = Reader(language, catalogues("funding", language))
        return [one.why for one in told_conditions(told(shown), whys_of(shown), reader)]

    assert whys("fr") == [
        "Le chef de corps a approuvé le réseau le 2 novembre 2026, le bourgmestre le 3 novembre 2026.",
        "La reconnaissance par le SPF Intérieur (référence VP/417) a commencé le 16 novembre 2026.",
        f"Le demandeur est coordinateur de ce réseau depuis le 1er novembre 2026 et utilise le formulaire {FORM}.",
        "Le réseau a accepté BE-Alert (accord 2026-1) le 17 novembre 2026.",
    ]
    assert whys("de")[1] == "Die Anerkennung durch den FÖD Inneres (Zeichen VP/417) hat am 16. November 2026 begonnen."
    assert whys("en")[3] == "The network accepted BE-Alert (agreement 2026-1) on 17 November 2026."
    in_french = Reader("fr", catalogues("funding", "fr"))
    assert told_conditions(told(shown), {}, in_french) == told(shown), "stored by the release before: in Dutch"
