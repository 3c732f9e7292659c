"""An exercise or a test can never be sent to BE-Alert with the CAP status `Actual`."""

from datetime import UTC, datetime

import pytest

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap import CapAlert, MsgType, Scope, Status, from_xml, guard_status, to_xml


def message(status: Status) -> CapAlert:
    return CapAlert(
        identifier="be.bin.1",
        sender="be.bin",
        sent=datetime(2026, 11, 24, 17, 5, tzinfo=UTC),
        status=status,
        msg_type=MsgType.ALERT,
        scope=Scope.PUBLIC,
    )


@pytest.mark.parametrize(
    ("allowed", "leaving"),
    [
        (Status.ACTUAL, {Status.ACTUAL, Status.EXERCISE, Status.TEST}),
        (Status.EXERCISE, {Status.EXERCISE, Status.TEST}),
        (Status.TEST, {Status.TEST}),
        (Status.SYSTEM, {Status.SYSTEM}),
        (Status.DRAFT, set()),
    ],
)
def test_no_message_is_sent_with_a_higher_status_than_the_installation_allows(
    allowed: Status, leaving: set[Status]
) -> None:
    for status in Status:
        if status in leaving:
            guard_status(message(status), allowed)
        else:
            with pytest.raises(DomainError) as refused:
                guard_status(message(status), allowed)
            assert refused.value.code == "cap_status_forbidden"


def test_the_guard_also_checks_the_bytes_that_are_about_to_be_sent() -> None:
    tampered = to_xml(message(Status.EXERCISE)).replace(b">Exercise<", b">Actual<")
    with pytest.raises(DomainError, match="cap_status_forbidden"):
        guard_status(from_xml(tampered), Status.EXERCISE)
