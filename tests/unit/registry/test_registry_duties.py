"""A person may act on a network for one side only (such as police or city); all pairs of acts are tried."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from unit.registry.test_registry_network import (
    APPLICANT,
    CHIEF,
    FEDERAL,
    MAYOR,
    OFFICER,
    PARTS,
    VP1,
    B,
    K,
    charter,
    coordinator,
    network,
)

from buurtsein_contracts.events.network import CoordinatorRole, RemovalReason
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain import application, be_alert, coordinators, fod, mandates
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Coordinator
from buurtsein_registry.domain.removal import Removal
from buurtsein_registry.domain.screening import Screening
from buurtsein_registry.domain.states import NetworkState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
ONE, CANDIDATE = "p" + "1" * 32, "p" + "2" * 32

type Deed = Callable[[Network, str], Any]


def put(made: Network, state: NetworkState) -> Network:
    """Set a network's state, charter and coordinator anew; the network still knows for which side each person acted."""
    made.state, made.charters, made.coordinators = state, [charter()], [coordinator()]
    return made


def screened(made: Network, actor: str, person: str, outcome: Any = "OK", day: date = TODAY) -> None:
    coordinators.screen(
        made, Screening(person=person, outcome=outcome, screened_on=day, actor=actor, noted_at=NOW), 365
    )


def coordinate(made: Network, person: str) -> None:
    coordinators.appoint(
        made,
        Coordinator(person=person, role=CoordinatorRole.CO_COORDINATOR, screened_on=TODAY, appointed_on=TODAY),
        OFFICER,
        NOW,
    )


def removed(made: Network, actor: str, side: Side) -> None:
    coordinate(made, CANDIDATE)
    coordinators.remove(made, Removal(CANDIDATE, RemovalReason.MOVED, actor, side), NOW)


S = NetworkState
OTHERS_DO: dict[str, tuple[str, Deed]] = {
    "coordinates": ("neighbourhood", coordinate),
    "screens": ("police", lambda made, who: screened(made, who, CANDIDATE)),
    "approves as korpschef": ("police", lambda made, who: application.approve(put(made, S.UNDER_REVIEW), K, who, NOW)),
    "rejects as korpschef": (
        "police",
        lambda made, who: application.reject(put(made, S.UNDER_REVIEW), K, who, "Neen.", NOW),
    ),
    "approves as burgemeester": ("city", lambda made, who: application.approve(put(made, S.UNDER_REVIEW), B, who, NOW)),
    "rejects as burgemeester": (
        "city",
        lambda made, who: application.reject(put(made, S.UNDER_REVIEW), B, who, "Neen.", NOW),
    ),
    "sends to the FOD": ("local", lambda made, who: fod.send_to_fod(put(made, S.APPROVED), who, NOW)),
    "removes a coordinator for the police": ("police", lambda made, who: removed(made, who, Side.POLICE)),
    "removes a coordinator as burgemeester": ("city", lambda made, who: removed(made, who, Side.CITY)),
    "mandates an officer": ("police", lambda made, who: mandates.mandate(made, "p" + "9" * 32, who, NOW)),
    "is a mandated officer": ("police", lambda made, who: mandates.mandate(made, who, CHIEF, NOW)),
    "recognises": (
        "fod",
        lambda made, who: fod.recognise(put(made, S.SUBMITTED_TO_FOD), VP1, fod.Letter(who, Side.FOD), NOW),
    ),
    "returns": (
        "fod",
        lambda made, who: fod.return_charter(put(made, S.SUBMITTED_TO_FOD), "Neen.", fod.Letter(who, Side.FOD), NOW),
    ),
}
FIRST: dict[str, tuple[str, Deed]] = OTHERS_DO | {"applies": ("neighbourhood", lambda made, who: None)}
TOGETHER = {
    *((side, side) for side in ("neighbourhood", "police", "city", "local", "fod")),
    *(pair for side in ("police", "city") for pair in ((side, "local"), ("local", side))),
}
"""The pairs of sides for which the same person may act; police or city may also act as `local`, not for each other."""


@pytest.mark.parametrize("later", OTHERS_DO)
@pytest.mark.parametrize("earlier", FIRST)
def test_each_act_after_each_earlier_act_of_the_same_person(earlier: str, later: str) -> None:
    made = network(applicant=ONE) if earlier == "applies" else network()
    (before, first), (after, second) = FIRST[earlier], OTHERS_DO[later]
    first(made, ONE)
    made.coordinators, made.mandates = [], []
    if (before, after) in TOGETHER:
        second(made, ONE)
        return
    with pytest.raises(DomainError) as refused:
        second(made, ONE)
    assert (refused.value.code, refused.value.kind) == ("same_person", "forbidden")


def test_a_second_office_is_refused_also_after_another_local_act() -> None:
    made = network()
    FIRST["approves as korpschef"][1](made, ONE)
    FIRST["sends to the FOD"][1](made, ONE)
    with pytest.raises(DomainError, match="same_person"):
        OTHERS_DO["approves as burgemeester"][1](made, ONE)


def test_an_officer_does_not_appoint_themselves() -> None:
    assert refused(lambda: screened(network(), OFFICER, OFFICER)) == "same_person"
    assert refused(lambda: coordinate(network(), OFFICER)) == "same_person"


def test_a_network_is_recognised_when_everybody_acts_for_one_side() -> None:
    made = network()
    application.sign_charter(made, PARTS, APPLICANT, NOW)
    application.submit(made, APPLICANT, NOW)
    screened(made, OFFICER, APPLICANT)
    coordinators.appoint(made, coordinator(), OFFICER, NOW)
    application.approve(made, K, CHIEF, NOW)
    application.approve(made, B, MAYOR, NOW)
    fod.send_to_fod(made, MAYOR, NOW)
    fod.recognise(made, VP1, fod.Letter(FEDERAL, Side.FOD), NOW)
    assert made.in_force(TODAY)


def refused(action: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as caught:
        action()
    return caught.value.code


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 25), "screening_in_future"),
        (date(1900, 1, 1), "screening_too_old"),
        (date(2025, 11, 23), "screening_too_old"),
    ],
)
def test_the_day_of_a_screening_is_plausible(day: date, code: str) -> None:
    assert refused(lambda: screened(network(), OFFICER, APPLICANT, "OK", day)) == code


def test_an_unfavourable_screening_stays_and_only_a_later_one_counts_against_it() -> None:
    made = network()
    screened(made, OFFICER, APPLICANT, "NOT_OK", date(2026, 11, 20))
    assert refused(lambda: screened(made, CHIEF, APPLICANT, "OK", date(2026, 11, 19))) == "screening_overruled"
    assert refused(lambda: screened(made, CHIEF, APPLICANT, "OK", date(2026, 11, 20))) == "screening_overruled"
    screened(made, CHIEF, APPLICANT, "OK", date(2026, 11, 21))
    assert [(one.outcome, one.screened_on, one.actor) for one in made.screenings] == [
        ("NOT_OK", date(2026, 11, 20), OFFICER),
        ("OK", date(2026, 11, 21), CHIEF),
    ]


def test_an_applicant_who_was_found_unsuitable_does_not_sign_or_submit() -> None:
    made = network()
    screened(made, OFFICER, APPLICANT, "NOT_OK", date(2026, 11, 20))
    assert refused(lambda: application.sign_charter(made, PARTS, APPLICANT, NOW)) == "screening_unfavourable"
    assert refused(lambda: application.submit(made, APPLICANT, NOW)) == "screening_unfavourable"
    screened(made, OFFICER, APPLICANT, "OK", date(2026, 11, 23))
    application.sign_charter(made, PARTS, APPLICANT, NOW)


def test_a_coordinator_who_is_found_unsuitable_later_does_not_act_any_more() -> None:
    made = network(NetworkState.APPROVED)
    screened(made, OFFICER, CANDIDATE, "OK", date(2026, 11, 1))
    coordinate(made, CANDIDATE)
    screened(made, OFFICER, CANDIDATE, "NOT_OK", date(2026, 11, 20))
    assert refused(lambda: be_alert.join(made, "2026-1", CANDIDATE, NOW)) == "screening_unfavourable"
