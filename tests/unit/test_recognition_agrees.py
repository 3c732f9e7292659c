"""Each service and the contracts package agree whether a network is recognised on a day."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from buurtsein_contracts import Event, EventData, uuid7
from buurtsein_contracts.events import (
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.funding import ConditionCode
from buurtsein_contracts.events.network import EndReason, RecognitionStatus, SuspensionReason
from buurtsein_contracts.goldens import examples_of
from buurtsein_contracts.known_network import KnownNetwork
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_notifier.domain.facts import Network, Obstacle

APPROVED = NetworkApproved.model_validate_json(examples_of(NetworkApproved)[0])
ID: UUID = APPROVED.network_id
ACTOR, NOW, FIRST = "p" + "1" * 32, datetime(2026, 11, 24, 8, tzinfo=UTC), date(2026, 11, 20)
DAYS = st.integers(0, 5).map(lambda n: FIRST + timedelta(days=n))
SPANS = st.tuples(DAYS, st.none() | st.integers(0, 2)).map(
    lambda found: (found[0], None if found[1] is None else found[0] + timedelta(days=found[1]))
)


def recognised(span: tuple[date, date | None], status: RecognitionStatus) -> EventData:
    facts = {"network_id": ID, "actor": ACTOR, "reference": "VP/1", "recognised_at": NOW, "status": status}
    return NetworkRecognised.model_validate(facts | {"start": span[0], "end": span[1]})


def suspended(span: tuple[date, date | None]) -> EventData:
    facts = {"network_id": ID, "actor": ACTOR, "reference": "VP/2", "suspended_at": NOW}
    return NetworkSuspended.model_validate(
        facts | {"start": span[0], "end": span[1], "reason": SuspensionReason.INACTIVE}
    )


def reinstated(day: date) -> EventData:
    return NetworkReinstated(network_id=ID, start=day, actor=ACTOR, reinstated_at=NOW)


ENDED = NetworkEnded(network_id=ID, reason=EndReason.STOPPED, actor=ACTOR, ended_at=NOW)
ALWAYS = recognised((date(2020, 1, 1), None), RecognitionStatus.ACTIVE)
STATUSES = st.sampled_from([RecognitionStatus.ACTIVE, RecognitionStatus.ACTIVE, RecognitionStatus.EXPIRED])
SUSPENSION = st.lists(st.one_of(st.builds(suspended, SPANS), st.builds(reinstated, DAYS)), max_size=4)
REST = st.lists(st.one_of(st.builds(recognised, SPANS, STATUSES), st.just(APPROVED), st.just(ENDED)), max_size=2)
LIVES = st.tuples(SUSPENSION, REST, SUSPENSION).map(lambda parts: [ALWAYS, *parts[0], *parts[1], *parts[2]])


@settings(max_examples=500)
@given(life=LIVES, day=DAYS)
def test_all_agree_on_whether_a_network_is_recognised_on_a_day(life: list[EventData], day: date) -> None:
    network = KnownNetwork(network_id=ID)
    for sequence, data in enumerate([APPROVED, *life], 1):
        network = network.with_event(Event(uuid7(), "urn:test", NOW, sequence, data))
    [by_funding] = [c for c in conditions_of(network, ACTOR, "1", day) if c.code is ConditionCode.RECOGNISED]
    to_alert = Network.of(network)
    assert to_alert
    by_notifier = to_alert.obstacle(day) in {None, Obstacle.NO_BE_ALERT}
    assert (by_funding.met, by_notifier) == (network.is_recognised_on(day),) * 2
