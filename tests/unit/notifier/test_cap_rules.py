"""Each rule for CAP messages finds a deliberate violation, even in messages that the CAP schema accepts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from buurtsein_notifier.cap import (
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    Level,
    MsgType,
    NamedValue,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    check_schema,
    from_xml,
    polygon_text,
    reference_list,
    to_xml,
    violations,
)

SENT = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
NOW = SENT + timedelta(seconds=30)
SQUARE = "50.93,4.03 50.95,4.03 50.95,4.05 50.93,4.05 50.93,4.03"
EARLIER = Reference(sender="urn:be:nis:41002:bin", identifier="earlier.0", sent=SENT - timedelta(hours=1))


def good_info(**changes: object) -> Info:
    values: dict[str, object] = {
        "language": "nl-BE",
        "category": (Category.SECURITY,),
        "event": "Verdacht voertuig",
        "response_type": (ResponseType.MONITOR,),
        "urgency": Urgency.IMMEDIATE,
        "severity": Severity.MODERATE,
        "certainty": Certainty.LIKELY,
        "event_code": (NamedValue(value_name="BIN", value="verdacht-voertuig"),),
        "effective": SENT,
        "expires": SENT + timedelta(hours=6),
        "sender_name": "Politiezone",
        "headline": "Verdacht voertuig in uw buurt",
        "description": "De politie zoekt een witte bestelwagen. Ziet u iets? Bel 101.",
        "web": "https://www.besafe.be/nl",
        "area": (Area(area_desc="BIN Molenstraat", polygon=(SQUARE,), circle=("50.94,4.04 1.5",)),),
    }
    return Info.model_validate(values | changes)


def good(*infos: Info, **changes: object) -> CapAlert:
    values: dict[str, object] = {
        "identifier": "urn:be:nis:41002:bin.0192f7a0.0",
        "sender": "urn:be:nis:41002:bin",
        "sent": SENT,
        "status": Status.EXERCISE,
        "msg_type": MsgType.ALERT,
        "scope": Scope.RESTRICTED,
        "restriction": "Leden BIN Molenstraat",
        "info": infos or (good_info(),),
    }
    return CapAlert.model_validate(values | changes)


def french(**changes: object) -> Info:
    words = {
        "language": "fr-BE",
        "headline": "Véhicule suspect",
        "description": "La police cherche. Appelez le 101.",
    }
    return good_info(**(words | changes))


def area(**changes: object) -> CapAlert:
    return good(good_info(area=(Area.model_validate({"area_desc": "BIN Molenstraat"} | changes),)))


def resource(**changes: object) -> CapAlert:
    values = {"resource_desc": "Kaart", "mime_type": "image/png", "uri": "https://voorbeeld.be/kaart.png"}
    return good(good_info(resource=(Resource.model_validate(values | changes),)))


def private(addresses: str | None) -> CapAlert:
    return good(scope=Scope.PRIVATE, restriction=None, addresses=addresses)


def update(*references: Reference) -> CapAlert:
    return good(msg_type=MsgType.UPDATE, references=reference_list(references))


def errors(alert: CapAlert) -> set[str]:
    return {v.code for v in violations(alert, now=NOW) if v.level is Level.ERROR}


def warnings(alert: CapAlert) -> set[str]:
    return {v.code for v in violations(alert, now=NOW) if v.level is Level.WARNING}


FINE = {
    "restricted": good(),
    "two languages": good(good_info(), french()),
    "public": good(scope=Scope.PUBLIC, restriction=None),
    "private": private('BIN-AALST-0001 "BIN Molen straat" 3f1f7a52-52b3-7000-8000-0192f7a0aaaa'),
    "update": update(EARLIER),
    "cancel without words": good(msg_type=MsgType.CANCEL, references=str(EARLIER)).model_copy(update={"info": ()}),
    "24 hours": good(good_info(expires=SENT + timedelta(hours=24))),
    "heights": area(altitude=Decimal(0), ceiling=Decimal(300)),
    "resource inside": resource(uri="kaart.png", deref_uri="aGFsbG8="),
    "less and more": good(good_info(description="Schade < 5 EUR & > 3 EUR. Meer info volgt.")),
    "headline of 160": good(good_info(headline="x" * 160)),
    "GeoJSON ring": area(polygon=(polygon_text([[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]),)),
}


@pytest.mark.parametrize("alert", FINE.values(), ids=FINE.keys())
def test_a_good_message_passes_the_schema_and_every_rule(alert: CapAlert) -> None:
    assert check_schema(to_xml(alert)) == []
    assert violations(alert, now=NOW) == []


BROKEN: list[tuple[str, CapAlert]] = [
    ("cap_restriction_missing", good(restriction=None)),
    ("cap_restriction_missing", good(restriction="  ")),
    ("cap_restriction_unexpected", good(scope=Scope.PUBLIC)),
    ("cap_restriction_unexpected", good(scope=Scope.PUBLIC, restriction="")),
    ("cap_addresses_missing", private(None)),
    ("cap_addresses_missing", private(" ")),
    ("cap_addresses_malformed", private("")),
    ("cap_addresses_malformed", private('BIN-1 "half')),
    ("cap_addresses_personal", private("BIN-1 +32470123456")),
    ("cap_addresses_personal", private('"0470 12 34 56"')),
    ("cap_addresses_personal", private("iemand@voorbeeld.be")),
    ("cap_addresses_repeated", private("BIN-1 BIN-1")),
    *[
        ("cap_references_missing", good(msg_type=kind))
        for kind in (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)
    ],
    ("cap_references_missing", good(msg_type=MsgType.UPDATE, references=" ")),
    ("cap_references_empty", good(references="")),
    ("cap_reference_malformed", good(references="only-a-sender")),
    ("cap_reference_malformed", good(references="a,b,2026-11-24T10:00:00Z")),
    ("cap_reference_malformed", good(references="a,b,2026-13-24T10:00:00+01:00")),
    ("cap_reference_malformed", good(references="a,,2026-11-24T10:00:00+01:00")),
    ("cap_reference_malformed", good(references="a&b,c,2026-11-24T10:00:00+01:00")),
    ("cap_reference_self", update(Reference(sender=good().sender, identifier=good().identifier, sent=SENT))),
    ("cap_reference_post_dated", update(EARLIER.model_copy(update={"sent": SENT + timedelta(seconds=1)}))),
    ("cap_reference_repeated", update(EARLIER, EARLIER)),
    *[("cap_identifier_malformed", good(identifier=text)) for text in ("", "a b", "a,b", "a<b", "a&b", "a\nb")],
    *[("cap_sender_malformed", good(sender=text)) for text in ("", "a b", "a,b", "a<b", "a&b")],
    ("cap_incidents_empty", good(incidents="")),
    ("cap_info_missing", good().model_copy(update={"info": ()})),
    ("cap_code_repeated", good(code=("x", "x"))),
    ("cap_sent_in_future", good(sent=NOW + timedelta(minutes=6))),
    ("cap_language_empty", good(good_info(language=""))),
    ("cap_language_malformed", good(good_info(language="vlaams"))),
    ("cap_language_repeated", good(good_info(), good_info(language="NL-be"))),
    ("cap_event_empty", good(good_info(event=" "))),
    ("cap_headline_too_long", good(good_info(headline="x" * 161))),
    ("cap_headline_repeated", good(good_info(headline="Let op.", description=" Let op. "))),
    ("cap_markup", good(good_info(description="Bel <b>101</b>."))),
    ("cap_markup", good(good_info(instruction="Bel 101.<br/>"))),
    ("cap_markup", good(good_info(headline="Ramen &amp; deuren dicht"))),
    ("cap_markup", good(good_info(contact="&#101;"))),
    ("cap_web_relative", good(good_info(web="/nl/veiligheid"))),
    ("cap_web_relative", good(good_info(web="www.besafe.be"))),
    ("cap_web_relative", good(good_info(web="javascript:alert(1)"))),
    ("cap_web_relative", good(good_info(web="https://"))),
    ("cap_web_relative", good(good_info(web="http://[besafe"))),
    ("cap_effective_before_sent", good(good_info(effective=SENT - timedelta(seconds=1)))),
    ("cap_onset_before_sent", good(good_info(onset=SENT - timedelta(seconds=1)))),
    ("cap_expires_before_sent", good(good_info(expires=SENT - timedelta(seconds=1)))),
    ("cap_expires_before_effective", good(good_info(effective=SENT + timedelta(hours=7)))),
    ("cap_expires_before_onset", good(good_info(onset=SENT + timedelta(hours=6)))),
    ("cap_expired", good(good_info(expires=SENT + timedelta(seconds=20)))),
    ("cap_duration_too_long", good(good_info(expires=SENT + timedelta(days=32)))),
    ("cap_category_repeated", good(good_info(category=(Category.FIRE, Category.FIRE)))),
    ("cap_response_type_repeated", good(good_info(response_type=(ResponseType.AVOID, ResponseType.AVOID)))),
    ("cap_event_code_repeated", good(good_info(event_code=good_info().event_code * 2))),
    ("cap_category_differs", good(good_info(), french(category=(Category.FIRE,)))),
    ("cap_event_code_differs", good(good_info(), french(event_code=()))),
    ("cap_urgency_differs", good(good_info(), french(urgency=Urgency.FUTURE))),
    ("cap_severity_differs", good(good_info(), french(severity=Severity.MINOR))),
    ("cap_certainty_differs", good(good_info(), french(certainty=Certainty.POSSIBLE))),
    ("cap_effective_differs", good(good_info(), french(effective=None))),
    ("cap_onset_differs", good(good_info(), french(onset=SENT + timedelta(hours=1)))),
    ("cap_expires_differs", good(good_info(), french(expires=SENT + timedelta(hours=5)))),
    ("cap_area_unnamed", area(area_desc="")),
    ("cap_geocode_repeated", area(geocode=(NamedValue(value_name="NIS", value="41002"),) * 2)),
    ("cap_altitude_missing", area(ceiling=Decimal(300))),
    ("cap_ceiling_below_altitude", area(altitude=Decimal(300), ceiling=Decimal(300))),
    *[("cap_polygon_malformed", area(polygon=(text,))) for text in ("", "garbage", "50.9;4.0", "nan,4", "1e1,4")],
    ("cap_polygon_too_few_points", area(polygon=("50.9,4.0 50.9,4.1 50.9,4.0",))),
    ("cap_polygon_open", area(polygon=("50.9,4.0 50.9,4.1 51.0,4.1 51.0,4.0",))),
    ("cap_polygon_out_of_range", area(polygon=("91,4.0 50.9,4.1 51.0,4.1 91,4.0",))),
    ("cap_polygon_out_of_range", area(polygon=("50,181 50.9,4.1 51.0,4.1 50,181",))),
    ("cap_polygon_self_intersecting", area(polygon=("50,4 51,5 50,5 51,4 50,4",))),
    ("cap_polygon_self_intersecting", area(polygon=("50,4 50,4 50,4 50,4",))),
    *[("cap_circle_malformed", area(circle=(text,))) for text in ("", "50.9,4.0", "50.9,4.0 -1", "here 5")],
    ("cap_circle_out_of_range", area(circle=("4.0,190.9 5",))),
    ("cap_resource_relative", resource(uri="kaart.png")),
    ("cap_resource_size", resource(size=-1)),
]


@pytest.mark.parametrize(("code", "alert"), BROKEN, ids=[f"{i}-{code}" for i, (code, _) in enumerate(BROKEN)])
def test_a_broken_rule_is_caught(code: str, alert: CapAlert) -> None:
    assert code in errors(alert)


def test_each_rule_finds_a_message_that_the_schema_accepts() -> None:
    accepted = {code for code, alert in BROKEN if check_schema(to_xml(alert)) == []}
    assert {code for code, _ in BROKEN} - accepted == set()


DOUBTFUL: list[tuple[str, CapAlert]] = [
    ("cap_duration_long", good(good_info(expires=SENT + timedelta(hours=25)))),
    ("cap_duration_long", good(good_info(expires=SENT + timedelta(days=31)))),
    ("cap_urgency_unknown", good(good_info(urgency=Urgency.UNKNOWN))),
    ("cap_severity_unknown", good(good_info(severity=Severity.UNKNOWN))),
    ("cap_certainty_unknown", good(good_info(certainty=Certainty.UNKNOWN))),
    ("cap_untranslated", good(good_info(), french(headline=good_info().headline))),
    ("cap_cancel_response", good(msg_type=MsgType.CANCEL, references=str(EARLIER))),
    ("cap_note_missing", good(msg_type=MsgType.ERROR, references=str(EARLIER))),
]


@pytest.mark.parametrize(("code", "alert"), DOUBTFUL, ids=[f"{i}-{code}" for i, (code, _) in enumerate(DOUBTFUL)])
def test_a_doubtful_message_gets_a_warning_and_is_not_refused(code: str, alert: CapAlert) -> None:
    assert warnings(alert) == {code}
    assert errors(alert) == set()
    assert check_schema(to_xml(alert)) == []


def test_a_message_may_be_a_little_ahead_of_the_clock() -> None:
    assert violations(good(), now=SENT - timedelta(minutes=4)) == []


def test_an_error_does_not_quote_the_message() -> None:
    alert = good(good_info(description="Jan Peeters <b>gezien</b>"), addresses="+32470123456")
    told = " ".join(v.detail for v in violations(alert, now=NOW))
    assert told
    assert "Peeters" not in told
    assert "470" not in told


Change = Callable[[bytes], bytes]


def swap(old: str, new: str) -> Change:
    def change(xml: bytes) -> bytes:
        assert xml.count(old.encode()) == 1, old
        return xml.replace(old.encode(), new.encode())

    return change


RESTRICTION = "<restriction>Leden BIN Molenstraat</restriction>"
IDENTIFIER = "<identifier>urn:be:nis:41002:bin.0192f7a0.0</identifier>"

PASSED_BY_THE_SCHEMA: dict[str, tuple[str, Change]] = {
    "Restricted without restriction": ("cap_restriction_missing", swap(RESTRICTION, "")),
    "restriction with Public": ("cap_restriction_unexpected", swap(">Restricted<", ">Public<")),
    "Private without addresses": ("cap_addresses_missing", swap(">Restricted<", ">Private<")),
    "Update without references": ("cap_references_missing", swap(">Alert<", ">Update<")),
    "Cancel without references": ("cap_references_missing", swap(">Alert<", ">Cancel<")),
    "empty references": ("cap_references_empty", swap(RESTRICTION, f"{RESTRICTION}<references/>")),
    "identifier empty": ("cap_identifier_malformed", swap(IDENTIFIER, "<identifier/>")),
    "identifier with space": ("cap_identifier_malformed", swap(IDENTIFIER, "<identifier>a b</identifier>")),
    "identifier with comma": ("cap_identifier_malformed", swap(IDENTIFIER, "<identifier>a,b</identifier>")),
    "empty language": ("cap_language_empty", swap("<language>nl-BE</language>", "<language></language>")),
    "garbage polygon": ("cap_polygon_malformed", swap(SQUARE, "overal")),
    "circle without radius": ("cap_circle_malformed", swap("50.94,4.04 1.5", "50.94,4.04")),
    "expires before sent": (
        "cap_expires_before_sent",
        swap("2026-11-25T00:05:00+01:00", "2026-11-23T00:05:00+01:00"),
    ),
}


@pytest.mark.parametrize("name", PASSED_BY_THE_SCHEMA)
def test_the_rules_find_errors_that_the_schema_accepts(name: str) -> None:
    code, change = PASSED_BY_THE_SCHEMA[name]
    xml = change(to_xml(good()))
    assert check_schema(xml) == []
    assert code in errors(from_xml(xml))
