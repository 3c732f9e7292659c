"""Defines a store in memory for the notifier's handlers, and example networks and incidents for their tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

from unit.editions_memory import EditionsInMemory
from unit.notifier.notifier_holding_memory import HoldingMemory

from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.known_network import (
    Agreement,
    Appointment,
    Approved,
    Days,
    Ended,
    Recognition,
    Stated,
    Suspension,
)
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.places import Region, touch
from buurtsein_notifier import cap, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.feedback import FeedbackTerm
from buurtsein_notifier.domain.joining import AlertNearby, Earlier
from buurtsein_notifier.domain.judgement import Finding, Judgement
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.rule import Rule, RuleBook
from buurtsein_notifier.domain.rule_editions import document_of, readable
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.handlers import Dependencies, following, linking, writing

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LON, LAT = 4.04, 50.94
METRE = 1 / 111_320
JOINABLE = {AlertState.PROPOSED, AlertState.RETURNED, AlertState.RELEASED, AlertState.SENT, AlertState.UNKNOWN}
WAITING = {AlertState.PROPOSED, AlertState.RETURNED}
OFFICER, OTHER = "p" + "1" * 32, "p" + "2" * 32
BOOK = RuleBook.read((files("buurtsein_notifier") / "rules.toml").read_text())
OUTGOING = Outgoing("bin@gemeente.example", CapStatus.EXERCISE, cap.Status.EXERCISE)


def dependencies(**changes: Any) -> Dependencies:
    """Return the handlers' dependencies for an installation in exercise mode, by default with a fixed clock at NOW."""
    made = Dependencies(
        clock=StandingClock(NOW),
        book=BOOK,
        outgoing=OUTGOING,
        adapter="simulator",
        sms_unit_price=Decimal("0.055"),
        term=FeedbackTerm(exercises=True),
    )
    return replace(made, **changes)


def area(metres: float = 1500) -> Area:
    east, north = metres * METRE * 1.58, metres * METRE
    corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
    return Area(coordinates=[[(LON + x, LAT + y) for x, y in corners]])


def area_east(west: float, east: float, metres: float = 300) -> Area:
    """Return an area between two distances (metres) east of the centre, and up to a distance north and south."""
    corners = [(west, -metres), (east, -metres), (east, metres), (west, metres), (west, -metres)]
    return Area.model_validate(
        {"type": "Polygon", "coordinates": [[(LON + x * METRE, LAT + y * METRE) for x, y in corners]]}
    )


def network(**changes: Any) -> Network:
    """Return a network that by default is approved, recognised and accepts BE-Alert."""
    made = Network.of(known(**changes))
    assert made
    return made


def known(  # noqa: PLR0913 # each is a fact of a network
    *,
    network_id: UUID | None = None,
    code: str = "BIN-GEMEENTE-0001",
    name: str = "BIN Molenstraat",
    kind: str = "BIN",
    area: Area = area(),  # noqa: B008 # frozen
    recognised_from: date | None = date(2026, 1, 1),
    recognised_until: date | None = None,
    suspended_from: date | None = None,
    suspended_until: date | None = None,
    be_alert_version: str | None = "2026-1",
    ended: bool = False,
    officers: Sequence[str] = (OFFICER,),
    coordinators: Sequence[str] = (),
) -> KnownNetwork:
    """Return what a service knows of a network after the network's events, with these values."""
    days = recognised_from and Days(start=recognised_from, end=recognised_until)
    active = days and Recognition(status="ACTIEF", days=days, reference="VP/1")
    suspension = suspended_from and Suspension(days=Days(start=suspended_from, end=suspended_until), reference="VP/2")
    agreement = be_alert_version and Agreement(version=be_alert_version, at=NOW)
    return KnownNetwork(
        network_id=network_id or uuid4(),
        approved=_stated(1, Approved(code=code, kind=kind, nis="41002", decided_on={})),
        charter_version=_stated(1, 1),
        named=_stated(1, name),
        area=_stated(1, area),
        postcodes=_stated(1, ("9300",)),
        recognised=_stated(2, active) if active else None,
        suspended=_stated(3, suspension) if suspension else None,
        be_alert=_stated(4, agreement) if agreement else None,
        officers={one: _stated(6, NOW) for one in officers},
        coordinators={one: _stated(7, Appointment(role="coordinator", at=NOW)) for one in coordinators},
        ended=_stated(5, Ended(reason="stopped", at=NOW)) if ended else None,
    )


def _stated[V](sequence: int, value: V) -> Stated[V]:
    return Stated(event_id=uuid4(), sequence=sequence, value=value)


class RulesInMemory(EditionsInMemory):
    """The editions of the alert rules in memory; edition 0 are the shipped rules."""

    def shipped_document(self, _kind: str) -> dict[str, Any]:
        return document_of(BOOK)


class Memory(HoldingMemory, linking.Store, writing.Store, following.Store):
    """A notifier's store in memory, which keeps and returns copies, as a database does."""

    def __init__(self, *networks: Network) -> None:
        super().__init__()
        self.clock = StandingClock(NOW)
        self.known = {one.network_id: one for one in networks}
        self.rules = RulesInMemory()
        self.judgements: dict[tuple[UUID, str | None], Judgement] = {}
        self.calls_forgotten: list[UUID] = []

    async def know(self, *networks: Network) -> None:
        self.known |= {one.network_id: one for one in networks}

    @property
    def given(self) -> Dependencies:
        return dependencies(clock=self.clock)

    async def networks_near(self, places: Sequence[Fact], metres: int) -> list[Network]:
        def away(network: Network) -> list[float]:
            area = Region(network.area.model_dump())
            return [area.metres_to(one.longitude, one.latitude) for one in places]

        near = [(away(one), one) for one in self.known.values() if min(away(one)) <= metres]
        return [one for _, one in sorted(near, key=lambda pair: pair[0][0])]

    async def rules_on(self, day: date) -> RuleBook | None:
        row = self.rules.in_force("rules", day)
        return readable(row.document) if row.number else None

    async def lock(self) -> None:
        pass

    async def alerts_of(self, facts: Sequence[Fact], fact: Fact, rule: Rule) -> list[AlertNearby]:
        ids = {one.fact_id for one in facts}
        newest = reversed([one for one in self.alerts.values() if one.rule == rule.id and one.state in JOINABLE])
        return [
            AlertNearby(
                **one.model_dump(include=set(AlertNearby.model_fields)),
                same_fact=fact.fact_id in self.held[one.alert_id],
            )
            for one in newest
            if ids & self.held[one.alert_id]
        ]

    async def decided_near(self, _: Fact, rule: Rule) -> list[Earlier]:
        decided = (
            one
            for one in self.alerts.values()
            if one.rule == rule.id and one.state not in WAITING | {AlertState.EXPIRED}
        )
        return [Earlier(**one.model_dump(include=set(Earlier.model_fields))) for one in decided]

    async def reports_of(self, facts: Sequence[Fact], limit: int) -> list[UUID]:
        ids = [one.fact_id for one in facts]
        later = [one for one, (_, fact_id) in self.incidents.items() if fact_id in ids and one not in ids]
        return (ids + later)[:limit]

    async def waiting_for(self, _: Network, since: datetime, limit: int) -> list[tuple[Incident, Fact]]:
        waiting = {key[0] for key, made in self.judgements.items() if made.finding is Finding.NO_NETWORK}
        mine = [one for one in self.incidents.values() if one[0].report_id in waiting and one[0].happened_at > since]
        return [(one, self.facts[fact_id]) for one, fact_id in mine[-limit:]]

    async def keep_judgements(self, *made: Judgement) -> None:
        self.judgements |= {(one.report_id, one.rule): one for one in made}

    async def join(self, alert_id: UUID, fact: Fact, *, elsewhere: bool) -> None:
        if elsewhere and fact.fact_id not in self.held[alert_id]:
            self.elsewhere.add((alert_id, fact.fact_id))
        self.held[alert_id].add(fact.fact_id)

    async def left_over(self, limit: int) -> list[tuple[Incident, Fact]]:
        over = [one for one in self.elsewhere if self.alerts[one[0]].state not in WAITING][:limit]
        self.elsewhere -= set(over)
        for alert_id, fact_id in over:
            self.held[alert_id].discard(fact_id)
        return [(self.incidents[fact_id][0], self.facts[fact_id]) for _, fact_id in over]

    async def reports_held(self, alert_id: UUID) -> int:
        return sum(self.facts[one].reports for one in self.held[alert_id])

    async def reports_behind(self, alert_id: UUID, limit: int) -> list[UUID]:
        held = {one for one in self.held[alert_id] if (alert_id, one) not in self.elsewhere}
        return sorted(report for report, (_, fact_id) in self.incidents.items() if fact_id in held)[:limit]

    async def networks_touching(self, area: Area) -> list[Network]:
        drawn = area.model_dump()
        return [one for one in self.known.values() if touch(one.area.model_dump(), drawn)]

    async def open_alerts_for(self, network: Network, beyond: Mapping[str, int]) -> list[UUID]:
        mine = network.area.model_dump()
        area = Region(mine)

        def belongs(alert: Alert) -> bool:
            facts = [
                self.facts[one] for one in self.held[alert.alert_id] if (alert.alert_id, one) not in self.elsewhere
            ]
            metres = beyond.get(alert.rule, -1)
            near = any(area.metres_to(one.longitude, one.latitude) <= metres for one in facts)
            return near or (alert.area is not None and touch(mine, alert.area.model_dump()))

        waiting = [one for one in self.alerts.values() if one.state in WAITING and not one.follows]
        return sorted(one.alert_id for one in waiting if belongs(one))

    async def report(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        if report_id not in self.incidents:
            return None
        made, fact_id = self.incidents[report_id]
        own = Fact(fact_id=report_id, **made.model_dump(exclude={"report_id"}))
        return made, self.facts.setdefault(fact_id or report_id, own)

    async def forget_calls(self, alert: Alert) -> None:
        self.calls_forgotten.append(alert.alert_id)

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        self.keep_steps(alert)
        self.alerts[alert.alert_id] = alert.model_copy(deep=True)
        self.held[alert.alert_id] = {one.fact_id for one in facts}

    @property
    def only_alert(self) -> Alert:
        """Return the only stored alert itself, not a copy, so that a test can change the stored alert."""
        (alert,) = self.alerts.values()
        return alert


def incident(*, metres: float = 0, hours: float = 1, **changes: Any) -> Incident:
    """Return an incident this many metres north of the centre, this many hours ago."""
    values = {
        "report_id": uuid4(),
        "category": "inbraak",
        "severity": "Severe",
        "longitude": LON,
        "latitude": LAT + metres * METRE,
        "happened_at": NOW - timedelta(hours=hours),
    }
    return Incident.model_validate(values | changes)


async def judged(store: Memory, *incidents: Incident, book: RuleBook = BOOK) -> list[Finding]:
    for one in incidents:
        await handlers.judge(one, replace(store.given, book=book), store)
    return [made.finding for one in incidents for key, made in store.judgements.items() if key[0] == one.report_id]


async def proposed(category: str = "inbraak", count: int = 3) -> tuple[Memory, Alert]:
    home = network()
    store = Memory(home)
    await judged(store, *[incident(metres=100 * i, category=category) for i in range(count)])
    store.events.clear()
    return store, store.only_alert


def with_rule(rule_id: str, **changes: Any) -> RuleBook:
    rule = next(rule for rule in BOOK.rule if rule.id == rule_id)
    return BOOK.model_copy(update={"rule": (rule.model_copy(update=changes),)})
