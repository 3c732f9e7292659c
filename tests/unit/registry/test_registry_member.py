"""Tests memberships, and the request data with which a person becomes a member."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from buurtsein_contracts import uuid7
from buurtsein_contracts.events import MemberJoined, MemberLeft
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.commands import (
    ApplyForNetwork,
    Decide,
    JoinBeAlert,
    JoinNetwork,
    Recognise,
    ReturnCharter,
    SignCharter,
)
from buurtsein_registry.domain import membership
from buurtsein_registry.domain.member import Member, MemberStatus, require_enterprise

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def member(**known: Any) -> Member:
    return Member(
        network_id=uuid7(),
        person="p" + "1" * 32,
        kind=MemberKind.RESIDENT,
        language=Language.NL,
        channels=[Channel.SMS],
        consent_version="2026-1",
        **({"status": MemberStatus.ACTIVE, "joined_at": NOW} | known),
    )


def test_the_event_of_joining_has_the_pseudonym() -> None:
    made = member()
    [event] = membership.join(made, NOW)
    assert isinstance(event, MemberJoined)
    assert (event.person_ref, event.subject, event.key) == (made.person, str(made.member_id), str(made.network_id))
    assert (event.joined_at, made.joined_at) == (NOW, NOW)


def test_a_trader_gives_a_number_in_a_bin_as_well_as_in_a_bin_z() -> None:
    require_enterprise(MemberKind.RESIDENT, None)
    require_enterprise(MemberKind.TRADER, "0403019261")
    with pytest.raises(DomainError, match="enterprise_missing"):
        require_enterprise(MemberKind.TRADER, None)


@pytest.mark.parametrize("reason", LeavingReason)
@pytest.mark.parametrize("of_oneself", [True, False])
def test_another_person_can_only_report_a_death(reason: LeavingReason, of_oneself: bool) -> None:
    made = member()
    actor = made.person if of_oneself else "p" + "2" * 32
    if of_oneself is not (reason is LeavingReason.DECEASED):
        membership.leave(made, reason, actor, NOW)
        return
    with pytest.raises(DomainError, match="reason_not_possible"):
        membership.leave(made, reason, actor, NOW)


def test_leaving_is_possible_once() -> None:
    made = member()
    [event] = membership.leave(made, LeavingReason.MOVED, made.person, NOW)
    assert isinstance(event, MemberLeft)
    assert (event.reason, event.left_at, made.left_at) == (LeavingReason.MOVED, NOW, NOW)
    with pytest.raises(DomainError, match="transition_refused"):
        membership.leave(made, LeavingReason.LEFT, made.person, NOW)


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


def in_address(**changed: Any) -> dict[str, Any]:
    return {"address": request()["address"] | changed}


def test_house_number_and_box_are_kept_apart() -> None:
    given = JoinNetwork.model_validate(request(**in_address(house_number="303, bus 100")))
    assert (given.address.house_number, given.address.box) == ("303", "100")
    given = JoinNetwork.model_validate(request(**in_address(house_number="1bis", box="bus 0301")))
    assert (given.address.house_number, given.address.box) == ("1bis", "0301")
    given = JoinNetwork.model_validate(request(**in_address(house_number="303 bus 100", box="bus 100")))
    assert (given.address.house_number, given.address.box) == ("303", "100")


def test_a_fixed_telephone_number_is_accepted_for_another_channel() -> None:
    assert JoinNetwork.model_validate(request(mobile="053 77 12 34", channels=["voice"])).mobile == "+3253771234"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"mobile": "12"}, "phone_number"),
        ({"mobile": "053 77 12 34"}, "no_sms_number"),
        ({"mobile": "0900 12 345"}, "no_sms_number"),
        ({"mobile": "0800 12 345", "channels": ["voice", "sms"]}, "no_sms_number"),
        ({"channels": ["email"]}, "email_missing"),
        ({"channels": ["sms", "email"]}, "email_missing"),
        ({"enterprise_number": "0403019262"}, "enterprise_number"),
        ({"enterprise_number": "2147812701"}, "enterprise_number"),
        ({"email": "geen adres"}, "string_pattern_mismatch"),
        ({"adult": False}, "literal_error"),
        ({"channels": []}, "too_short"),
        ({"quiet_hours": {"start": "22:00Z", "end": "07:00"}}, "hour_with_offset"),
        ({"kind": "TOURIST"}, "enum"),
        ({"national_number": "85.07.30-033.28"}, "extra_forbidden"),
        ({"name": "A"}, "string_too_short"),
        ({"name": "Ann 85.07.30-033.28"}, "national_number"),
        ({"name": "Ann https://ann.example"}, "web_address"),
        (in_address(house_number="Kerkstraat 12"), "house_number"),
        (in_address(house_number="12 bus 3", box="4"), "box"),
        (in_address(house_number=""), "house_number"),
        (in_address(house_number=None), "string_type"),
        (in_address(box="de bovenste bel"), "box"),
        (in_address(street="Straat <b>1</b>"), "markup"),
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        JoinNetwork.model_validate(request(**wrong))
    assert [problem["type"] for problem in refused.value.errors()] == [code]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("BIN Buur B\uffff", "hidden_characters"),
        ("BIN <b>Vet</b>", "markup"),
        ("BIN Peeters &amp; Zonen", "markup"),
        ("BIN https://bin.example", "web_address"),
        ("BIN Z\u0435eberg", "not_latin"),
        ("\u0411\u0418\u041d \u0410\u0430\u043b\u0441\u0442", "not_latin"),
        ("BIN \u200bZeeberg", "hidden_characters"),
        ("BIN 85.07.30-033.28", "national_number"),
        ("A\u0308", "string_too_short"),
        ("BIN " + "\u0344" * 60, "stacked_marks"),
        ("\u01ec" + "e\u0301" * 100, "string_too_long"),
    ],
)
def test_a_name_that_no_message_could_carry_is_refused_at_the_application(name: str, code: str) -> None:
    area = {"type": "Polygon", "coordinates": [[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]]}
    body = {"name": name, "kind": "BIN", "area": area, "postcodes": ["9300"]}
    with pytest.raises(ValidationError) as refused:
        ApplyForNetwork.model_validate(body)
    assert [problem["type"] for problem in refused.value.errors()] == [code]


PLAN = "Sms bij dringend nieuws. Contact: 85_07_30_033_28."


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (SignCharter, {"communication_plan": PLAN, "budget_plan": "De stad betaalt."}),
        (SignCharter, {"communication_plan": "Sms bij nieuws.", "budget_plan": PLAN}),
        (Decide, {"decision": "reject", "reason": PLAN}),
        (ReturnCharter, {"reason": PLAN}),
        (Recognise, {"start": "2026-11-24", "reference": "VP 85.07.30-033.28"}),
        (JoinBeAlert, {"agreement_version": "85.07.30-033.28"}),
    ],
)
def test_a_national_number_is_refused_in_every_text(command: type[BaseModel], body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="rijksregisternummer"):
        command.model_validate(body)
