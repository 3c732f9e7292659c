"""CAP messages are written to XML and read back without loss, and hostile bytes are refused."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap import (
    MAX_BYTES,
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    NamedValue,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    check_schema,
    from_xml,
    to_xml,
)

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
SENT = datetime(2026, 11, 24, 17, 5, 59, 999_999, tzinfo=UTC)
PAIR = NamedValue(value_name="NIS", value="41002")


def everything(**changes: object) -> CapAlert:
    """Return a message with every element of CAP; repeatable elements occur twice."""
    resource = Resource(
        resource_desc="Kaart",
        mime_type="image/png",
        size=12,
        uri="https://voorbeeld.be/kaart.png",
        deref_uri="aGFsbG8=",
        digest="c0ffee",
    )
    area = Area(
        area_desc="BIN Molenstraat",
        polygon=("50.9,4.0 50.9,4.1 51.0,4.1 50.9,4.0",) * 2,
        circle=("50.94,4.04 1.5",) * 2,
        geocode=(PAIR, PAIR),
        altitude=Decimal("0.5"),
        ceiling=Decimal("1E+3"),
    )
    info = Info(
        language="nl-BE",
        category=(Category.SECURITY, Category.FIRE),
        event="Inbraak & brand <gemeld>",
        response_type=(ResponseType.MONITOR, ResponseType.NONE),
        urgency=Urgency.IMMEDIATE,
        severity=Severity.SEVERE,
        certainty=Certainty.OBSERVED,
        audience="Leden",
        event_code=(PAIR, PAIR),
        effective=SENT,
        onset=SENT,
        expires=SENT + timedelta(hours=6),
        sender_name="Politiezone",
        headline="Inbraak in uw buurt",
        description="Regel één\nRegel twee €",
        instruction="Bel 101.",
        web="https://www.besafe.be/nl",
        contact="101",
        parameter=(PAIR, PAIR),
        resource=(resource, resource),
        area=(area, area),
    )
    values: dict[str, object] = {
        "identifier": "be.bin.1",
        "sender": "be.bin",
        "sent": SENT,
        "status": Status.EXERCISE,
        "msg_type": MsgType.UPDATE,
        "source": "meldkamer",
        "scope": Scope.RESTRICTED,
        "restriction": "Leden",
        "addresses": '"BIN een" BIN-2',
        "code": ("a", "b"),
        "note": "oefening",
        "references": "be.bin,be.bin.0,2026-11-24T17:00:00+01:00",
        "incidents": "i1 i2",
        "info": (info, info),
    }
    return CapAlert.model_validate(values | changes)


def test_a_message_with_every_element_is_valid_and_read_back_completely() -> None:
    xml = to_xml(everything())
    assert check_schema(xml) == []
    assert from_xml(xml) == everything()


def test_the_same_message_gives_the_same_bytes() -> None:
    assert to_xml(everything()) == to_xml(from_xml(to_xml(everything())))


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 24, 17, 5, 59, 999_999, tzinfo=UTC), "2026-11-24T18:05:59+01:00"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2026-07-02T00:30:00+02:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25T02:30:00+02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25T02:30:00+01:00"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=timezone(timedelta(hours=-5))), "2026-01-01T06:00:00+01:00"),
    ],
)
def test_times_are_written_in_whole_seconds_with_the_offset_of_brussels(moment: datetime, written: str) -> None:
    alert = everything(sent=moment)
    assert f"<sent>{written}</sent>" in to_xml(alert).decode()
    assert from_xml(to_xml(alert)) == alert


@pytest.mark.parametrize("offset", ["-00:00", "+00:00"])
def test_both_ways_to_write_utc_are_read(offset: str) -> None:
    xml = to_xml(everything()).replace(b"2026-11-24T18:05:59+01:00", f"2026-11-24T17:05:59{offset}".encode())
    assert from_xml(xml) == everything()


@pytest.mark.parametrize(
    "sent", ["2026-11-24T18:05:59", datetime(1969, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)]
)
def test_a_time_without_zone_or_in_another_age_is_refused(sent: object) -> None:
    with pytest.raises(ValueError, match="sent"):
        everything(sent=sent)


def test_a_control_character_is_refused_before_it_reaches_the_xml() -> None:
    with pytest.raises(ValueError, match="control character"):
        everything(note="bel\x07")


_xml_text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(_xml_text, st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis adds the zone
def test_any_text_and_time_are_read_back(text: str, moment: datetime) -> None:
    alert = everything(note=text, sent=moment)
    assert check_schema(to_xml(alert)) == []
    assert from_xml(to_xml(alert)) == alert


def test_the_schema_is_the_one_of_oasis_and_keeps_its_copyright() -> None:
    schema = files("buurtsein_notifier.cap").joinpath("schema/CAP-v1.2.xsd").read_bytes()
    notes = files("buurtsein_notifier.cap").joinpath("schema/README.md").read_text(encoding="utf-8")
    assert b"Copyright OASIS Open 2010 All Rights Reserved" in schema
    assert hashlib.sha256(schema).hexdigest() in notes


@pytest.mark.parametrize("sent", ["2026-11-24T17:05:59Z", "2026-11-24T17:05:59.5+00:00", "2026-11-24T17:05:59", "x"])
def test_the_schema_catches_wrong_times(sent: str) -> None:
    xml = to_xml(everything()).replace(b"<sent>2026-11-24T18:05:59+01:00<", f"<sent>{sent}<".encode())
    assert any("sent" in problem and problem.startswith("regel 5:") for problem in check_schema(xml))
    with pytest.raises(DomainError, match="cap_schema"):
        from_xml(xml)


def test_the_schema_catches_a_wrong_order() -> None:
    xml = to_xml(everything())
    sender = b"  <sender>be.bin</sender>\n"
    moved = xml.replace(sender, b"").replace(b"  <identifier>", sender + b"  <identifier>", 1)
    assert check_schema(moved)


def test_a_message_of_cap_1_1_is_refused() -> None:
    assert check_schema(to_xml(everything()).replace(b"cap:1.2", b"cap:1.1"))


def test_a_time_of_24_hours_that_the_schema_accepts_is_refused() -> None:
    xml = to_xml(everything()).replace(b"<sent>2026-11-24T18:05:59", b"<sent>2026-11-24T24:00:00")
    assert check_schema(xml) == []
    with pytest.raises(DomainError) as refused:
        from_xml(xml)
    assert (refused.value.code, refused.value.detail) == ("cap_value", "Onbruikbare waarde in: sent")


def test_a_comment_inside_a_value_is_ignored() -> None:
    xml = to_xml(everything()).replace(b"be.bin.1<", b"be.<!-- x -->bin<?pi?>.1<")
    assert from_xml(xml) == everything()


def test_a_signature_after_the_last_info_is_accepted() -> None:
    xml = to_xml(everything()).replace(
        b"</alert>",
        b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>',
    )
    assert check_schema(xml) == []
    assert from_xml(xml) == everything()


def _with_doctype(doctype: bytes, note: bytes) -> bytes:
    start, rest = to_xml(everything()).split(b"?>\n", 1)
    return start + b"?>\n" + doctype + rest.replace(b">oefening<", b">" + note + b"<")


LAUGHS = b"<!DOCTYPE alert [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (97 + i, (b"&%c;" % (96 + i)) * 20) for i in range(1, 9)
)


@pytest.mark.parametrize(
    "xml",
    [
        _with_doctype(b'<!DOCTYPE alert [<!ENTITY f SYSTEM "file:///etc/hostname">]>', b"&f;"),
        _with_doctype(b'<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/never.dtd">', b"x"),
        _with_doctype(b"<!DOCTYPE alert>", b"x"),
    ],
    ids=["file", "network", "bare"],
)
def test_any_doctype_is_refused(xml: bytes) -> None:
    with pytest.raises(DomainError, match="cap_doctype"):
        from_xml(xml)
    assert check_schema(xml) == ["Een CAP-bericht mag geen DOCTYPE of entiteiten bevatten."]


def test_entities_that_grow_without_end_are_refused() -> None:
    with pytest.raises(DomainError, match="cap_not_xml"):
        from_xml(_with_doctype(LAUGHS + b"]>", b"&i;"))


@pytest.mark.parametrize("xml", [b"", b"hallo", b"<alert>", b"\xff\xfe\x00"])
def test_text_that_is_not_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(DomainError, match="cap_not_xml"):
        from_xml(xml)
    assert check_schema(xml) == ["Het bericht is geen leesbare XML."]


def test_a_message_over_the_size_limit_is_neither_written_nor_read() -> None:
    with pytest.raises(DomainError, match="cap_too_large"):
        to_xml(everything(note="x" * MAX_BYTES))
    with pytest.raises(DomainError, match="cap_too_large"):
        from_xml(to_xml(everything()) + b" " * MAX_BYTES)
    assert check_schema(b" " * (MAX_BYTES + 1)) == ["Het bericht is groter dan 256 KiB."]
