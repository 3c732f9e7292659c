"""The upgrade rehearsal finds each kind of loss in made-up commands and event logs."""

from collections import Counter

import pytest
import typer
from rehearsals.lines import Line
from rehearsals.upgrade.__main__ import main
from rehearsals.upgrade.accounts import recorded
from rehearsals.upgrade.clients import JOINED, REPORTED, REPORTED_TO_CITY, Accepted, Tally
from rehearsals.upgrade.fleet import consumers_first

from buurtsein_stack import balancer

ACCEPTED = [Accepted("a", (REPORTED, REPORTED_TO_CITY)), Accepted("b", (REPORTED,)), Accepted("c", (JOINED,))]
LOGGED = {REPORTED: Counter("ab"), REPORTED_TO_CITY: Counter("a"), JOINED: Counter("c")}


def wrong(lines: list[Line]) -> list[str]:
    return [line.what.partition(":")[0] for line in lines if not line.right]


def test_commands_that_are_in_the_log_once_add_up() -> None:
    assert wrong(recorded(ACCEPTED, LOGGED)) == []


@pytest.mark.parametrize("commands", ["a", "abb", "abx", "ax"], ids=["lost", "twice", "unanswered", "replaced"])
def test_an_event_that_is_lost_or_twice_or_that_nobody_was_told_of_differs(commands: str) -> None:
    assert set(wrong(recorded(ACCEPTED, LOGGED | {REPORTED: Counter(commands)}))) == {
        "incident.reported on bin.incidents"
    }


def test_a_refused_request_is_a_complaint() -> None:
    tally = Tally()
    assert not tally.good, "nothing was sent"
    tally.note("POST reports reports", "201", 0.1, wanted=True)
    assert tally.good
    tally.note("POST reports reports", "503", 0.2, wanted=False)
    assert (tally.good, tally.answers["503"], tally.slowest) == (False, 1, 0.2)


def test_a_service_is_upgraded_after_those_that_read_its_events() -> None:
    order = consumers_first()
    assert order[-2:] == ("reports", "registry")
    assert set(order[:-2]) == {"funding", "notifier"}


def test_without_haproxy_the_rehearsal_says_so_and_does_not_begin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(balancer, "program", lambda: None)
    with pytest.raises(typer.Exit) as left:
        main()
    assert left.value.exit_code == 2
    assert capsys.readouterr().out == "rehearse-upgrade: no-haproxy: no HAProxy here: install the package haproxy\n"
