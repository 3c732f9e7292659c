"""Duty contacts hear, one after another, that a proposed alert waits; a roster with an error is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from unit.notifier.notifier_settings import GOOD

from buurtsein_chassis.tasks import Task
from buurtsein_contracts import uuid7
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_notifier.adapters.duty import require_usable
from buurtsein_notifier.domain.duty import Roster, Waiting, due_calls, message_of
from buurtsein_notifier.settings import Settings

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
ROSTER = Roster.read("""
    last_call_minutes = 10
    desk = "https://desk.politie.example/alerts/{alert_id}"

    [[contacts]]
    name = "officier-van-wacht"
    url = "mailtos://user:geheim@politie.example"
    again_minutes = 20

    [[contacts]]
    name = "commandant"
    url = "mailtos://user:geheim@politie.example"
    after_minutes = 30
""")


def waiting(minutes: int, **calls: int) -> Waiting:
    """Return an alert that was proposed at `START` and expires after these minutes."""
    named = {name.replace("_", "-"): number for name, number in calls.items()}
    return Waiting(uuid7(), CapStatus.EXERCISE, "brand", START, START + timedelta(minutes=minutes), named)


def told(alert: Waiting, minute: float) -> list[tuple[str, int]]:
    return [(one.contact.name, one.number) for one in due_calls(ROSTER, alert, START + timedelta(minutes=minute))]


def test_the_first_contact_is_told_at_once_and_the_next_in_line_later() -> None:
    assert told(waiting(60), 0) == [("officier-van-wacht", 1)]
    assert told(waiting(60, officier_van_wacht=2), 30) == [("commandant", 1)]


def test_a_contact_is_told_again_and_both_once_more_before_the_deadline() -> None:
    assert told(waiting(60, officier_van_wacht=1), 19) == []
    assert told(waiting(60, officier_van_wacht=1), 20) == [("officier-van-wacht", 2)]
    after_two_calls = waiting(60, officier_van_wacht=3, commandant=1)
    assert told(after_two_calls, 49) == []
    assert told(after_two_calls, 50) == [("officier-van-wacht", 4), ("commandant", 2)]


def test_everybody_is_told_before_a_deadline_that_comes_sooner_than_their_turn() -> None:
    assert told(waiting(15, officier_van_wacht=1), 5) == [("officier-van-wacht", 2), ("commandant", 1)]
    assert told(waiting(5), 0) == [("officier-van-wacht", 1), ("commandant", 1)]


def test_of_several_missed_calls_only_the_newest_is_made() -> None:
    assert told(waiting(120), 45) == [("officier-van-wacht", 3), ("commandant", 1)]


def test_nobody_is_told_of_an_alert_that_has_expired() -> None:
    assert told(waiting(60), 60) == []


def test_the_message_names_the_kind_the_deadline_and_the_page_and_no_place() -> None:
    alert = waiting(60)
    title, text = message_of(ROSTER, alert, "16:00")
    assert title == "OEFENING: een waarschuwing wacht op een beslissing"
    assert text.splitlines() == [
        "OEFENING: Er wacht een voorstel voor een waarschuwing (brand). Beslis voor 16:00.",
        f"Bekijk het voorstel: https://desk.politie.example/alerts/{alert.alert_id}",
        f"Kenmerk: {alert.alert_id}",
    ]


CONTACT = '[[contacts]]\nname = "wacht"\nurl = "{}"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("contacts = [", "duty is no TOML"),
        ("last_call_minutes = 5", "duty: contacts: Field required"),
        (CONTACT.format("json://h") * 2, "two contacts have the same name"),
        (CONTACT.format("json://h").replace("wacht", "Jan Peeters"), "duty: contacts.0.name"),
        (CONTACT.format("geheim://h"), "duty: the address of wacht is none that Apprise knows"),
        (CONTACT.format("mailto://u:geheim@h.example"), "wacht leads over a connection without encryption"),
    ],
)
def test_a_wrong_roster_is_refused_with_one_sentence_without_the_address(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        require_usable(Roster.read(text), encrypted=True)
    assert "geheim" not in str(refused.value)


def test_only_the_worker_reads_the_roster_and_it_is_masked() -> None:
    values = GOOD | {"duty": CONTACT.format("json://geheim.example")}
    worker = Settings(**values, tasks={Task.WORKER})
    assert "geheim" not in str(worker.masked())
    with pytest.raises(ValueError, match="none that Apprise knows"):
        Settings(**GOOD | {"duty": CONTACT.format("geheim://h")}, tasks={Task.WORKER})
