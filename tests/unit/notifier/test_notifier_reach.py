"""The notifier counts from the events of members how many people an alert reaches, and what its messages cost."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from unit.notifier.notifier_memory import NOW, OTHER, Memory, network, proposed
from unit.notifier.test_notifier_following import sent
from unit.notifier.test_notifier_writing import put_forward, written

from buurtsein_contracts import Event
from buurtsein_contracts.events import AlertSent, MemberExcluded, MemberJoined, MemberLeft, MemberSuspended
from buurtsein_notifier.domain.network_members import NetworkMembers, Reached
from buurtsein_notifier.domain.reach import Prices, costs
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.texts import Texts

NETWORK, TODAY = uuid4(), date(2026, 11, 24)
PERSON = "p" + "8" * 32
DUTCH = Texts(event="Inbraak", headline="x" * 100, description="In de straat.", instruction="Sluit deuren.")
FRENCH = DUTCH.model_copy(update={"headline": "Œ" * 100})
SMS, VOICE, EMAIL = Channel.SMS, Channel.VOICE, Channel.EMAIL


def event(data: Any) -> Event[Any]:
    return Event(uuid4(), "urn:test", NOW, 1, data)


def joined(member: UUID, language: str = "nl", *channels: str) -> Event[Any]:
    return event(
        MemberJoined(
            member_id=member, network_id=NETWORK, person_ref=PERSON, member_kind="RESIDENT", language=language,
            channels=channels or ("sms",), consent_version="2026-1", joined_at=NOW,
        )
    )  # fmt: skip


def of(*events: Event[Any]) -> NetworkMembers:
    known = NetworkMembers(network_id=NETWORK)
    for one in events:
        known = known.with_next(one)
    return known


def test_members_count_by_channel_and_language_until_they_leave_or_are_excluded() -> None:
    one, other, third = uuid4(), uuid4(), uuid4()
    known = of(joined(one, "nl", "sms", "email"), joined(other, "fr"), joined(third))
    assert known.receivers([SMS], TODAY) == {("sms", "nl"): 2, ("sms", "fr"): 1}
    assert known.receivers([EMAIL], TODAY) == {("email", "nl"): 1}
    left = MemberLeft(member_id=one, network_id=NETWORK, reason="LEFT", left_at=NOW)
    out = MemberExcluded(
        member_id=other, network_id=NETWORK, reason="false_reports", coordinator=PERSON, officer=PERSON,
        seen_on=TODAY, excluded_at=NOW,
    )  # fmt: skip
    after = known.with_next(event(left)).with_next(event(out))
    assert after.receivers([SMS], TODAY) == {("sms", "nl"): 1}
    assert PERSON not in after.model_dump_json()


def test_a_suspended_member_gets_nothing_until_the_day_after() -> None:
    one = uuid4()
    until = MemberSuspended(
        member_id=one, network_id=NETWORK, reason="false_reports", until=TODAY, actor=PERSON, suspended_at=NOW
    )
    known = of(joined(one), event(until))
    assert known.receivers([SMS], TODAY).total() == 0
    assert known.receivers([SMS], date(2026, 11, 25)).total() == 1


def test_the_cost_counts_sms_parts_in_the_language_of_each_member_and_free_units_first() -> None:
    known = of(joined(uuid4()), joined(uuid4()), joined(uuid4(), "fr"), joined(uuid4(), "de", "voice", "email"))
    prices = Prices(Decimal("0.055"), 21, 1000)
    texts = {"nl": DUTCH, "fr": FRENCH}
    (cost,) = costs([known], texts, [SMS, VOICE, EMAIL], prices, 1, TODAY)
    assert (cost.units, cost.free_units, cost.unit_micro_euro) == (1 + 1 + 2 + 1, 1, 55_000)
    assert cost.total_cents == round(4 * 5.5 * 1.21)
    assert [one.free_units for one in costs([known, known], texts, [SMS], prices, 6, TODAY)] == [4, 2]


async def test_what_was_sent_says_what_it_cost() -> None:
    home = network()
    store = Memory(home)
    members = {str(uuid4()): Reached(language="nl", channels=("sms",)) for _ in range(3)}
    store.members[home.network_id] = NetworkMembers(network_id=home.network_id, members=members)
    await sent(store, await put_forward(store, await written(store)), OTHER)
    event_sent = next(one for one in store.events if isinstance(one, AlertSent))
    assert event_sent.costs
    assert [(one.network_id, one.units, one.free_units, one.total_cents) for one in event_sent.costs] == [
        (home.network_id, 3, 3, 0)
    ]
    assert await store.free_units_used(2026) == 3


async def test_without_members_it_costs_nothing() -> None:
    store, alert = await proposed()
    await sent(store, alert)
    assert [one.units for one in (store.only_alert.costs or [])] == [0]
