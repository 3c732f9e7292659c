"""Some persons may be erased and others not; an erasure records an event."""

from datetime import UTC, datetime

import pytest

from buurtsein_contracts.events import PersonErased
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.problems import DomainError, ProblemKind
from buurtsein_registry.domain.person import Known

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
PERSON = "p" + "1" * 32


def known(*what: str) -> Known:
    fields = ("in_vault", "is_member", "was_member", "is_coordinator")
    return Known(PERSON, **{field: field in what for field in fields})


@pytest.mark.parametrize("reason", ErasureReason)
def test_a_former_member_is_erased_and_the_event_has_the_pseudonym(reason: ErasureReason) -> None:
    [event] = known("in_vault", "was_member").erase(reason, NOW)
    assert isinstance(event, PersonErased)
    assert (event.key, event.person_ref, event.reason, event.erased_at) == (PERSON, PERSON, reason, NOW)


def test_a_person_who_was_erased_before_gets_no_second_event() -> None:
    assert list(known("was_member").erase(ErasureReason.REQUESTED, NOW)) == []


@pytest.mark.parametrize("what", [("in_vault", "is_member"), ("in_vault", "is_coordinator"), ("is_coordinator",)])
def test_a_member_and_a_coordinator_are_not_erased_at_once(what: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at once"):
        known(*what).erase(ErasureReason.REQUESTED, NOW)


def test_somebody_of_whom_nothing_is_stored_cannot_be_erased() -> None:
    with pytest.raises(DomainError, match="person_unknown") as refused:
        known().erase(ErasureReason.REQUESTED, NOW)
    assert refused.value.kind is ProblemKind.MISSING
