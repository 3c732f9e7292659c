"""Tests the table of actions that each state allows, and the check of the version that the caller read."""

from enum import StrEnum

import pytest

from buurtsein_kernel.actions import allowed, require_allowed
from buurtsein_kernel.problems import DomainError, ProblemKind, require_seen


class Door(StrEnum):
    OPEN = "OPEN"
    SHUT = "SHUT"


ACTIONS = {
    "shut": frozenset({Door.OPEN}),
    "open": frozenset({Door.SHUT}),
    "paint": frozenset(Door),
}


def test_allowed_actions_are_listed_in_the_order_of_the_table() -> None:
    assert allowed(ACTIONS, Door.OPEN) == ["shut", "paint"]
    assert allowed(ACTIONS, Door.SHUT) == ["open", "paint"]


def test_an_action_that_the_state_forbids_is_refused_with_the_allowed_actions() -> None:
    require_allowed(ACTIONS, "open", Door.SHUT, "")
    with pytest.raises(DomainError, match=r"^transition_refused$") as refused:
        require_allowed(ACTIONS, "open", Door.OPEN, "De deur is al open.")
    assert refused.value.kind is ProblemKind.CONFLICT
    assert refused.value.allowed == ("shut", "paint")
    assert refused.value.detail == "De deur is al open."


def test_a_version_that_was_read_must_still_be_the_present_one() -> None:
    require_seen("3", 3)
    require_seen("a1b2", "a1b2")
    for seen, present in (("2", 3), ("03", 3), ("", 3), ("a1b3", "a1b2")):
        with pytest.raises(DomainError, match=r"^version_changed$") as refused:
            require_seen(seen, present)
        assert refused.value.kind is ProblemKind.STALE
