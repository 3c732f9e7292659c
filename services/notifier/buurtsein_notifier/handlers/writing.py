"""Handles what people write: a new alert, a change of one, and its proposal to the police."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.places import circle
from buurtsein_kernel.problems import DomainError, Word, conflict, forbidden, missing
from buurtsein_notifier import commands
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain import writing
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.decided import released_by_rule
from buurtsein_notifier.domain.facts import Fact, Incident, Network, Obstacle
from buurtsein_notifier.domain.proposing import MAX_NETWORKS
from buurtsein_notifier.domain.rule import Channel, Rule
from buurtsein_notifier.domain.states import Origin
from buurtsein_notifier.domain.texts import DUTCH, Texts
from buurtsein_notifier.handlers import deciding
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.rules import RuleStore, with_rules

POLICE = frozenset({"officer", "dispatcher", "mandated-officer"})
_CHANNELS = {AlertKind.HOT: [Channel.SMS], AlertKind.COLD: [Channel.EMAIL]}
_WHY = {Origin.POLICE: "Geschreven door de politie", Origin.COORDINATOR: "Geschreven door een coördinator"}


class Store(deciding.Store, RuleStore, Protocol):
    """A Protocol: reads and writes the tables that written alerts use, in one transaction."""

    async def networks_touching(self, area: Area) -> list[Network]:
        """Return the networks whose area has a point in common with an area, ordered by name."""

    async def report(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        """Return a report with the fact (what happened) that it is about; None for an unknown report."""

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        """Store a new alert together with its facts (what happened)."""

    async def forget_calls(self, alert: Alert) -> None:
        """Delete the calls to duty contacts about an alert, so that they are called again for the new proposal."""


async def write(command: commands.Write, by: By, given: Dependencies, store: Store) -> Alert:
    """Store a draft of an alert that a person wrote; nothing is recorded until it is proposed."""
    now, origin = given.clock.now(), _origin(by)
    rule = _template(command, await with_rules(given, store))
    started = await _started(command, store)
    area = _area(command, started)
    networks = await _audience(command.networks, area, now, store)
    _require_allowed(origin, command.kind, networks, by)
    alert = _draft(command, rule, started, networks, origin, given, now).model_copy(update={"area": area})
    writing.drafted(alert, networks, by.actor, now)
    await store.add_alert(alert, [started[1]] if started else [])
    return alert


async def edit(alert_id: UUID, command: commands.Edit, by: By, given: Dependencies, store: Store) -> Alert:
    """Change an alert before its release, and remove its releases; record AlertProposed if it was proposed."""
    alert, networks = await _mine(alert_id, by, store)
    now, kind = given.clock.now(), command.kind or alert.kind
    changes = _changes(command)
    if command.is_given:
        area = changes["area"] = _area(command, None)
        networks = await _audience(command.networks, area, now, store)
    _require_allowed(_origin(by), kind, networks, by)
    writing.leave_to_police(alert, by.actor, given.police_release)
    events = writing.edited(alert, changes, networks, by.actor, command.reason, given.outgoing, now)
    await store.save_alert(alert)
    await store.record(*events)
    return alert


async def propose(alert_id: UUID, command: commands.Propose, by: By, given: Dependencies, store: Store) -> Alert:
    """Propose a written alert to the police, for every network that its area touches now; record AlertProposed.

    If `coordinators_send` is set, a cold message that one coordinator wrote and proposes is released at once;
    AlertReleased is recorded too.
    """
    alert, networks = await _mine(alert_id, by, store)
    now = given.clock.now()
    alert.require("propose", now)
    await deciding.refer(alert, given, store)
    if alert.area and not alert.follows:
        networks = await _audience(None, alert.area, now, store)
        alert.network_ids = [one.network_id for one in networks]
    _require_allowed(_origin(by), alert.kind, networks, by)
    writing.leave_to_police(alert, by.actor, given.police_release, accepted=bool(command.accept))
    alert.expires_at = max(alert.expires_at, now + timedelta(minutes=given.decide_minutes))
    events = writing.proposed(alert, networks, by.actor, command.accept, given.outgoing, now)
    message = None
    if alert.release_by is Release.AUTOMATIC:
        decided = released_by_rule(alert, networks, given.outgoing, now)
        events, message = [*events, *decided.events], decided.message
    await store.save_alert(alert)
    await store.forget_calls(alert)
    if message:
        await store.queue(alert, message, given.ways(alert))
    await store.record(*events)
    return alert


async def _mine(alert_id: UUID, by: By, store: Store) -> tuple[Alert, list[Network]]:
    """Load an alert for its writer or the police, in the version that this person read."""
    alert = await store.alert(alert_id)
    if not by.roles & POLICE and by.actor not in alert.authors:
        raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
    networks = await store.networks(alert.network_ids)
    deciding.require_mandate(by, networks)
    await deciding.require_read(alert, networks, by, store)
    return alert, networks


def _origin(by: By) -> Origin:
    return Origin.POLICE if by.roles & POLICE else Origin.COORDINATOR


def _require_allowed(origin: Origin, kind: AlertKind, networks: Sequence[Network], by: By) -> None:
    """Raise DomainError unless the person may write this kind of alert to these networks."""
    if origin is Origin.POLICE:
        deciding.require_mandate(by, networks)
        return
    if kind is AlertKind.HOT:
        raise forbidden("hot_by_police_only", "Alleen de politie schrijft dringende berichten.")
    if any(by.actor not in one.known.present_coordinators for one in networks):
        raise forbidden("not_coordinator", "U schrijft alleen aan de leden van uw eigen netwerk.")


def _template(command: commands.Write, given: Dependencies) -> Rule | None:
    if command.template is None:
        return None
    rule = next((one for one in given.book.rule if one.id == command.template), None)
    if rule is None:
        raise DomainError("template_unknown", "Deze regel met teksten bestaat niet.")
    return rule


async def _started(command: commands.Write, store: Store) -> tuple[Incident, Fact] | None:
    if command.report_id is None:
        return None
    found = await store.report(command.report_id)
    if found is None:
        raise missing("report_unknown", "Deze melding is hier niet gekend.")
    return found


def _area(command: commands.Write | commands.Edit, started: tuple[Incident, Fact] | None) -> Area | None:
    """Return the drawn area, or a circle around the place or the report's place; None when networks are named."""
    if command.area or command.networks:
        return command.area
    place = command.place
    if place is None and started:
        place = commands.Place(longitude=started[0].longitude, latitude=started[0].latitude)
    return Area.model_validate(circle(place.longitude, place.latitude, place.metres)) if place else None


async def _audience(named: Sequence[UUID] | None, area: Area | None, now: datetime, store: Store) -> list[Network]:
    """Return the named networks, or the networks that the area touches and that can be alerted.

    Raises DomainError `network_unknown`, `no_network_left` or `area_too_wide`.
    """
    if area is None:
        networks = await store.networks(named or [])
        if len(networks) < len(set(named or [])):
            raise missing("network_unknown", "Een van deze netwerken bestaat niet.")
        return networks
    there = await store.networks_touching(area)
    today = brussels_day(now)
    reached = [one for one in there if one.obstacle(today) is None]
    if not reached:
        raise none_there({one.name: obstacle for one in there if (obstacle := one.obstacle(today))})
    if len(reached) > MAX_NETWORKS:
        detail = f"Dit gebied raakt {len(reached)} netwerken; hoogstens {MAX_NETWORKS} kan."
        raise DomainError("area_too_wide", detail, values={"number": len(reached), "most": MAX_NETWORKS})
    return reached


def none_there(barred: Mapping[str, Obstacle]) -> DomainError:
    """Return the error for an area without a network to alert; `barred` are the networks there, by name."""
    detail = "Dit gebied raakt geen netwerk dat erkend is en BE-Alert aanvaard heeft"
    why = Word("no_network", "there" if barred else "area_empty")
    told = "; ".join(f"{name} {obstacle.in_dutch}" for name, obstacle in barred.items())
    reasons = [obstacle.told(name) for name, obstacle in barred.items()]
    return conflict("no_network_left", f"{detail}: {told}." if barred else f"{detail}.", why=why, reasons=reasons)


def _draft(  # each is a source of a part of the alert
    command: commands.Write,
    rule: Rule | None,
    started: tuple[Incident, Fact] | None,
    networks: Sequence[Network],
    origin: Origin,
    given: Dependencies,
    now: datetime,
) -> Alert:
    category = command.category or _category(started)
    texts = _texts(command, rule, category, networks)
    return Alert(
        status=given.outgoing.status,
        origin=origin,
        rule=origin,
        rule_version=1,
        kind=command.kind,
        category=category,
        severity=command.severity or _severity(started),
        texts=texts.pop(DUTCH),
        translations=texts,
        certainty=command.certainty or (rule.certainty if rule else Certainty.LIKELY),
        response=command.response or (list(rule.response) if rule else [ResponseType.MONITOR]),
        channels=command.channels or _channels(command.kind, rule),
        release_roles=POLICE,
        why=_WHY[origin]
        + (", naar aanleiding van een melding." if started else ", na een oproep of eigen vaststelling."),
        release_by=_release_by(origin, rule, given),
        report_ids=[started[0].report_id] if started else [],
        facts=1 if started else 0,
        reports=started[1].reports if started else 0,
        earlier=[],
        network_ids=[one.network_id for one in networks],
        proposed_at=now,
        expires_at=now + timedelta(minutes=given.decide_minutes),
        valid_minutes=command.valid_minutes or (rule.valid_minutes if rule else given.valid_minutes),
    )


def _release_by(origin: Origin, rule: Rule | None, given: Dependencies) -> Release:
    """Return who must release an alert that a person wrote: by default an officer.

    An alert of a coordinator is released automatically if `coordinators_send` is set. An alert of the police follows
    its template, else `police_release`, and is never released automatically.
    """
    if origin is Origin.COORDINATOR:
        return Release.AUTOMATIC if given.coordinators_send else Release.OFFICER
    return rule.release if rule and rule.release is not Release.AUTOMATIC else given.police_release


def _category(started: tuple[Incident, Fact] | None) -> Category:
    known = started and started[0].category in set(Category)
    return Category(started[0].category) if started and known else Category.OTHER


def _severity(started: tuple[Incident, Fact] | None) -> Severity:
    known = started and started[1].severity in set(Severity)
    return Severity(started[1].severity) if started and known else Severity.MODERATE


def _channels(kind: AlertKind, rule: Rule | None) -> list[Channel]:
    return list(rule.channels) if rule and rule.kind is kind else list(_CHANNELS[kind])


def _texts(
    command: commands.Write, rule: Rule | None, category: Category, networks: Sequence[Network]
) -> dict[str, Texts]:
    """Return the texts by language; for a language in which the person wrote no text, the rule's text is used."""
    where = networks[0].shown_name + (" en omgeving" if len(networks) > 1 else "")
    given = rule.texts(1, [category], where) if rule else {}
    texts = given | (command.worded or {})
    return {DUTCH: texts.pop(DUTCH)} | texts


def _changes(command: commands.Edit) -> dict[str, Any]:
    """Return the new values of the fields that the command changes."""
    names = ("kind", "category", "severity", "certainty", "response", "channels", "valid_minutes")
    changes = {name: value for name in names if (value := getattr(command, name)) is not None}
    if (worded := command.worded) is not None:
        texts = dict(worded)
        changes |= {"texts": texts.pop(DUTCH), "translations": texts}
    return changes
