"""A store in memory for the notifier's handlers, and the facts its tests begin with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

from buurtsein_contracts import EventData
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.problems import missing
from buurtsein_kernel.places import metres_between
from buurtsein_notifier import cap, commands, handlers
from buurtsein_notifier.domain.alert import Alert, AlertState
from buurtsein_notifier.domain.facts import Incident, KnownNetwork
from buurtsein_notifier.domain.judgement import Finding, Judgement
from buurtsein_notifier.domain.message import Message, Outgoing
from buurtsein_notifier.domain.rule import Rule, RuleBook
from buurtsein_notifier.places import metres_to

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LON, LAT = 4.04, 50.94
METRE = 1 / 111_320
OFFICER, OTHER = "p" + "1" * 32, "p" + "2" * 32
BOOK = RuleBook.read((files("buurtsein_notifier") / "rules.toml").read_text())
OUTGOING = Outgoing("bin@gemeente.example", CapStatus.EXERCISE, cap.Status.EXERCISE)


def area(metres: float = 1500) -> Area:
    east, north = metres * METRE * 1.58, metres * METRE
    corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
    return Area(coordinates=[[(LON + x, LAT + y) for x, y in corners]])


def network(**changes: Any) -> KnownNetwork:
    values = {
        "network_id": uuid4(),
        "code": "BIN-GEMEENTE-0001",
        "name": "BIN Molenstraat",
        "kind": "BIN",
        "nis": "41002",
        "area": area(),
        "recognised_from": date(2026, 1, 1),
        "be_alert_version": "2026-1",
    }
    return KnownNetwork.model_validate(values | changes)


class Memory:
    """A store in memory; its clock is set by the test."""

    def __init__(self, *networks: KnownNetwork) -> None:
        self.clock = NOW
        self.known = {one.network_id: one for one in networks}
        self.incidents: dict[UUID, Incident] = {}
        self.judgements: dict[tuple[UUID, str | None], Judgement] = {}
        self.alerts: dict[UUID, Alert] = {}
        self.queued: list[Message] = []
        self.unknown: tuple[str, int] = ("simulator", 1)
        self.settled: list[tuple[str, str | None]] = []
        self.events: list[EventData] = []

    async def now(self) -> datetime:
        return self.clock

    async def keep_network(self, network: KnownNetwork) -> None:
        self.known[network.network_id] = network

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        return self.known.get(network_id)

    async def networks(self, network_ids: Sequence[UUID]) -> list[KnownNetwork]:
        return [self.known[one] for one in network_ids]

    async def count_coordinators(self, network_id: UUID, more: int) -> None:
        raise NotImplementedError

    async def networks_near(self, longitude: float, latitude: float, metres: int) -> list[KnownNetwork]:
        distances = [(metres_to(one.area, longitude, latitude), one) for one in self.known.values()]
        return [one for away, one in sorted(distances, key=lambda pair: pair[0]) if away <= metres]

    async def keep_incident(self, incident: Incident) -> None:
        self.incidents.setdefault(incident.report_id, incident)

    async def incidents_near(self, incident: Incident, rule: Rule, since: datetime) -> list[Incident]:
        def near(one: Incident) -> bool:
            away = metres_between((incident.longitude, incident.latitude), (one.longitude, one.latitude))
            apart = abs(one.happened_from - incident.happened_from)
            return away <= rule.within_metres and apart <= timedelta(hours=rule.within_hours)

        others = (one for one in self.incidents.values() if one.report_id != incident.report_id)
        return [
            one
            for one in others
            if near(one)
            and one.category in rule.categories
            and one.happened_from >= since
            and (not rule.needs_network or one.network_id == incident.network_id)
        ]

    async def without_network(self, network_id: UUID, since: datetime) -> list[Incident]:
        waiting = {key[0] for key, made in self.judgements.items() if made.finding is Finding.NO_NETWORK}
        mine = [one for one in self.incidents.values() if one.report_id in waiting and one.network_id == network_id]
        return [one for one in mine if one.happened_from > since]

    async def keep_judgement(self, made: Judgement) -> None:
        self.judgements[made.report_id, made.rule] = made

    async def lock(self, rule: Rule, network_id: UUID | None) -> None:
        pass

    async def open_alert(self, rule: Rule, network_ids: Sequence[UUID], now: datetime) -> Alert | None:
        mine = (one for one in self.alerts.values() if one.rule == rule.id and {*network_ids} <= {*one.network_ids})
        return next((one for one in mine if one.is_open(rule, now)), None)

    async def add_alert(self, alert: Alert) -> None:
        self.alerts[alert.alert_id] = alert

    async def alert(self, alert_id: UUID) -> Alert:
        if alert_id not in self.alerts:
            raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
        return self.alerts[alert_id]

    async def save_alert(self, alert: Alert) -> None:
        alert.version += 1

    async def overdue_alerts(self) -> list[Alert]:
        proposed = (one for one in self.alerts.values() if one.state is AlertState.PROPOSED)
        return [one for one in proposed if one.expires_at <= self.clock]

    async def queue(self, alert: Alert, message: Message) -> None:
        assert alert.cap_identifier == message.identifier
        self.queued.append(message)

    async def settle_delivery(self, alert: Alert, outcome: str, reference: str | None) -> tuple[str, int]:
        assert alert.state is AlertState.UNKNOWN
        self.settled.append((outcome, reference))
        return self.unknown

    async def set_switch(self, command: commands.Switch, actor: str) -> None:
        raise NotImplementedError

    async def record(self, *events: EventData) -> None:
        self.events += events

    @property
    def only_alert(self) -> Alert:
        (alert,) = self.alerts.values()
        return alert


def incident(where: KnownNetwork | None, *, metres: float = 0, hours: float = 1, **changes: Any) -> Incident:
    """Something that happened so many metres north of the centre, so many hours ago."""
    values = {
        "report_id": uuid4(),
        "category": "inbraak",
        "severity": "Severe",
        "longitude": LON,
        "latitude": LAT + metres * METRE,
        "happened_from": NOW - timedelta(hours=hours),
        "network_id": where.network_id if where else None,
    }
    return Incident.model_validate(values | changes)


async def judged(store: Memory, *incidents: Incident, book: RuleBook = BOOK) -> list[Finding]:
    for one in incidents:
        await handlers.judge(one, book, OUTGOING, store)
    return [made.finding for one in incidents for key, made in store.judgements.items() if key[0] == one.report_id]


async def proposed(category: str = "inbraak", count: int = 3) -> tuple[Memory, Alert]:
    home = network()
    store = Memory(home)
    await judged(store, *[incident(home, metres=10 * i, category=category) for i in range(count)])
    store.events.clear()
    return store, store.only_alert


def with_rule(rule_id: str, **changes: Any) -> RuleBook:
    rule = next(rule for rule in BOOK.rule if rule.id == rule_id)
    return RuleBook(rule=(rule.model_copy(update=changes),))
