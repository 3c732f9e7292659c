"""Tests the parts of CAP messages with their own syntax: identifiers, references, addresses and shapes."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap import (
    CapAlert,
    MsgType,
    Reference,
    Scope,
    Status,
    address_list,
    cap_identifier,
    circle_text,
    parse_addresses,
    parse_references,
    polygon_text,
    reference_list,
)

ALERT_ID = UUID("0192f7a0-0000-7000-8000-000000000001")
SENT = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
ALERT = CapAlert(
    identifier="be.bin.1",
    sender="be.bin",
    sent=SENT,
    status=Status.TEST,
    msg_type=MsgType.ALERT,
    scope=Scope.PUBLIC,
)


def test_an_identifier_is_the_same_for_the_same_alert_and_revision() -> None:
    assert cap_identifier("be.bin", ALERT_ID, 0) == "be.bin.0192f7a0-0000-7000-8000-000000000001.0"


_names = st.tuples(st.text("ab.0-", min_size=1), st.uuids(), st.integers(0, 99))


@given(_names, _names)
def test_other_alerts_have_other_identifiers(one: tuple[str, UUID, int], other: tuple[str, UUID, int]) -> None:
    assert (cap_identifier(*one) == cap_identifier(*other)) == (one == other)


@pytest.mark.parametrize("sender", ["", "a b", "a,b", "a<b", "a&b", "a\tb"])
def test_a_sender_that_makes_an_identifier_invalid_is_refused(sender: str) -> None:
    with pytest.raises(DomainError, match="cap_sender_malformed"):
        cap_identifier(sender, ALERT_ID, 0)


@pytest.mark.parametrize(("sender", "revision"), [("be.bin", -1), ("x" * 200, 0)])
def test_an_identifier_that_is_too_long_for_the_events_is_refused(sender: str, revision: int) -> None:
    with pytest.raises(DomainError, match="cap_identifier_malformed"):
        cap_identifier(sender, ALERT_ID, revision)


def test_references_name_every_earlier_message() -> None:
    earlier = Reference(sender="be.bin", identifier="be.bin.0", sent=datetime(2026, 7, 1, 10, tzinfo=UTC))
    text = reference_list([earlier, ALERT])
    assert text == "be.bin,be.bin.0,2026-07-01T12:00:00+02:00 be.bin,be.bin.1,2026-11-24T18:05:00+01:00"
    assert parse_references(text)[0] == earlier
    assert parse_references(text)[1].identifier == ALERT.identifier


def test_addresses_with_a_space_are_quoted_and_read_back() -> None:
    assert address_list(["BIN-1", "BIN twee"]) == 'BIN-1 "BIN twee"'
    assert parse_addresses('BIN-1 "BIN twee"') == ("BIN-1", "BIN twee")


@pytest.mark.parametrize("address", ["", " ", 'half"'])
def test_an_address_that_cannot_be_written_is_refused(address: str) -> None:
    with pytest.raises(DomainError, match="cap_address_malformed"):
        address_list([address])


def test_shapes_have_latitude_before_longitude() -> None:
    assert polygon_text([[4.0, 50.9], [4.1, 50.9]]) == "50.900000,4.000000 50.900000,4.100000"
    assert circle_text(4.04, 50.94, 1.5) == "50.940000,4.040000 1.500"


def test_a_message_cannot_be_changed_and_knows_no_other_field() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ALERT.status = Status.ACTUAL  # type: ignore[misc]
    with pytest.raises(ValidationError, match="password"):
        CapAlert.model_validate(ALERT.model_dump() | {"password": "x"})
