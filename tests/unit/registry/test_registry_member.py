"""Memberships, and what a person may give to become a member."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from buurtsein_contracts import DomainError, uuid7
from buurtsein_contracts.events import MemberJoined, MemberLeft
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_registry.commands import JoinNetwork
from buurtsein_registry.domain.member import Enterprise, Member

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def member(kind: MemberKind = MemberKind.RESIDENT, enterprise: Enterprise | None = None) -> Member:
    return Member(
        network_id=uuid7(),
        person="p" + "1" * 32,
        kind=kind,
        enterprise=enterprise,
        language=Language.NL,
        channels=[Channel.SMS],
        consent_version="2026-1",
    )


def test_joining_is_said_by_pseudonym() -> None:
    made = member()
    [event] = made.join(NetworkKind.BIN, NOW)
    assert isinstance(event, MemberJoined)
    assert (event.person_ref, event.subject, event.key) == (made.person, str(made.member_id), str(made.network_id))


@pytest.mark.parametrize(("legal_person", "said"), [(True, "0403019261"), (False, None)])
def test_only_a_legal_persons_number_is_said(legal_person: bool, said: str | None) -> None:
    shop = member(MemberKind.TRADER, Enterprise(number="0403019261", legal_person=legal_person))
    [event] = shop.join(NetworkKind.BIN_Z, NOW)
    assert isinstance(event, MemberJoined)
    assert event.enterprise_number == said


def test_a_trader_gives_a_number_and_joins_a_bin_z() -> None:
    with pytest.raises(DomainError, match="enterprise_missing"):
        member(MemberKind.TRADER).join(NetworkKind.BIN_Z, NOW)
    with pytest.raises(DomainError, match="not_for_traders"):
        member(MemberKind.TRADER, Enterprise(number="0403019261", legal_person=True)).join(NetworkKind.BIN, NOW)


def test_leaving_is_possible_once() -> None:
    made = member()
    [event] = made.leave(LeavingReason.MOVED, NOW)
    assert isinstance(event, MemberLeft)
    assert event.reason is LeavingReason.MOVED
    with pytest.raises(DomainError, match="transition_refused"):
        made.leave(LeavingReason.LEFT, NOW)


def request(**changed: Any) -> dict[str, Any]:
    address = {
        "street": "Voorbeeldstraat",
        "house_number": "12A",
        "postcode": "9300",
        "latitude": 50.94,
        "longitude": 4.04,
    }
    return {
        "kind": "RESIDENT",
        "name": "Ann Voorbeeld",
        "mobile": "0470/12.34.56",
        "address": address,
        "adult": True,
        "consent_version": "2026-1",
        "channels": ["sms"],
    } | changed


@pytest.mark.parametrize("number", ["0470/12.34.56", "+32 470 12 34 56", "0032470123456"])
def test_phone_numbers_are_kept_in_one_form(number: str) -> None:
    assert JoinNetwork.model_validate(request(mobile=number)).mobile == "+32470123456"


@pytest.mark.parametrize("number", ["0403.019.261", "BE 0403019261", "403019261"])
def test_enterprise_numbers_are_kept_in_one_form(number: str) -> None:
    assert JoinNetwork.model_validate(request(enterprise_number=number)).enterprise_number == "0403019261"


@pytest.mark.parametrize(
    "wrong",
    [
        {"mobile": "12"},
        {"enterprise_number": "0403019262"},
        {"enterprise_number": "2147812701"},
        {"email": "geen adres"},
        {"adult": False},
        {"channels": []},
        {"kind": "TOURIST"},
        {"national_number": "85.07.30-033.28"},
        {"name": "A"},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JoinNetwork.model_validate(request(**wrong))
