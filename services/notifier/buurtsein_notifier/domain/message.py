"""Makes the CAP 1.2 message of an alert, with its networks, areas, texts and expiry.

Invariant: a message is only returned when the schema and all CAP rules accept it, and this installation may send its
status. An unusable name or area of one network does not stop the message to the others.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from buurtsein_contracts.events.alert import AlertKind, CancelReason, CapStatus, Purpose
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.incident import Category
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import cap
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.cancellation import cancelling
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.quiet import QuietHours
from buurtsein_notifier.domain.texts import Texts

_CATEGORIES = {
    Category.ILLEGAL_DUMPING: cap.Category.ENV,
    Category.LITTER: cap.Category.ENV,
    Category.ENVIRONMENT: cap.Category.ENV,
    Category.NOISE: cap.Category.OTHER,
    Category.OTHER: cap.Category.OTHER,
    Category.MISSING_PERSON: cap.Category.RESCUE,
    Category.FIRE: cap.Category.FIRE,
}
"""The CAP category for each category of reports that is listed here; all others are Security."""
_URGENCY = {AlertKind.HOT: cap.Urgency.IMMEDIATE, AlertKind.COLD: cap.Urgency.FUTURE}
_AFTERWARDS = {Purpose.ALL_CLEAR, Purpose.FEEDBACK}
SHORTEST = timedelta(hours=1)
NOT_REAL = "Oefening: dit is geen echte waarschuwing."
"""The note in each message that is not real, for the programs of BE-Alert."""
MOST_POINTS = 8000
"""The number of points that all areas of one message may have, so that it stays below its maximum size."""


@dataclass(frozen=True, slots=True)
class Message:
    """The CAP message of an alert with its expiry time; `remarks` are for the officer."""

    identifier: str
    xml: bytes
    expires_at: datetime
    remarks: tuple[str, ...] = ()
    is_public: bool = False
    """Whether the message is for everybody, with the CAP scope `Public`."""
    not_before: datetime | None = None
    """The end of the quiet hours, until which a cold message waits; None for a message that is sent at once."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of an installation's CAP messages, as members see it: a name, a contact and a web address."""

    name: str | None = None
    contact: str | None = None
    web: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The sender of this installation's messages, and the highest status that they may have."""

    sender: str
    status: CapStatus
    """The status of new alerts."""
    most: cap.Status
    shown: Sender = Sender()
    unmandated_until: date | None = None
    """Until this day, hot alerts also go to networks without a mandated officer; it gives time after an upgrade."""
    training: bool = False
    """Whether the installation is for training: nothing is sent, and one person may do the steps of several."""
    public_cold: bool = False
    """Whether cold messages are for everybody, and not for the members of the networks only."""
    quiet: QuietHours | None = None
    """The hours in which cold messages wait."""

    def left(self, alert: Alert, networks: Sequence[Network], now: datetime) -> list[Network]:
        """Return the networks that can get the alert now, and store the other networks in the alert.

        Raises DomainError `no_network_left` when no network can get the alert.
        """
        return alert.leave_out(networks, now, self.unmandated_until)

    def message(self, alert: Alert, networks: Sequence[Network], now: datetime) -> Message:
        """Return the alert as a CAP message; raise DomainError `cap_invalid` with the first errors."""
        made, message = self._checked(lambda: self._alert(alert, networks, now), alert.holds_until(now), now)
        waits = self.waits_until(alert, message.expires_at, now)
        told = [f"Dit bericht wacht tot na de stille uren: {waits.astimezone(BRUSSELS):%H:%M}."] if waits else []
        return replace(message, not_before=waits, remarks=(*message.remarks, *_remarks(made, networks), *told))

    def narrowed(self, alert: Alert, xml: bytes, networks: Sequence[Network], now: datetime) -> Message:
        """Return a released message for only these networks; its other content does not change.

        Raises DomainError `cap_invalid`.
        """
        left = {str(one.network_id) for one in networks}

        def made() -> cap.CapAlert:
            released = cap.from_xml(xml)
            infos = tuple(
                info.model_copy(update={"area": tuple(one for one in info.area if _network_of(one) in left)})
                for info in released.info
            )
            members = released.restriction and _members([one.area_desc for one in infos[0].area])
            return released.model_copy(update={"info": infos, "restriction": members})

        return self._checked(made, alert.holds_until(now), now)[1]

    def waits_until(self, alert: Alert, expires_at: datetime, now: datetime) -> datetime | None:
        """Return the end of the quiet hours if a cold message must wait until then; None if it is sent at once.

        An update is sent at once. So is a message that would be valid for too short a time after the quiet hours.
        """
        over = self.quiet.over_at(now) if self.quiet else None
        can_wait = alert.kind is AlertKind.COLD and alert.purpose is Purpose.ALERT
        return over if over and can_wait and over + SHORTEST <= expires_at else None

    def cancellation(self, alert: Alert, sent: Sequence[bytes], reason: CancelReason, now: datetime) -> Message:
        """Return the message that cancels these sent messages, for the receivers of the first message.

        The cancelling message is valid as long as the sent message, but at least an hour. Raises DomainError
        `cap_invalid`.
        """
        until = max(alert.holds_until(now), now + SHORTEST)

        def made() -> cap.CapAlert:
            original, *later = map(cap.from_xml, sent)
            alert.references = cap.reference_list([original, *later]).split()
            times = {"effective": now, "onset": None, "expires": until}
            return original.model_copy(
                update={
                    "identifier": cap.cap_identifier(self.sender, alert.alert_id, alert.cancel_messages + 1),
                    "sender": self.sender,
                    "sent": now,
                    "msg_type": cap.MsgType.CANCEL,
                    "references": " ".join(alert.references),
                    "info": tuple(
                        cancelling(info, reason, alert.status).model_copy(update=times) for info in original.info
                    ),
                }
            )

        return self._checked(made, until, now)[1]

    def _checked(
        self, make: Callable[[], cap.CapAlert], until: datetime, now: datetime
    ) -> tuple[cap.CapAlert, Message]:
        try:
            made = make()
            cap.guard_status(made, self.most)
            xml = cap.to_xml(made)
        except ValidationError as error:
            raise _invalid(sorted({problem["type"] for problem in error.errors(include_input=False)})) from None
        except DomainError as error:
            raise _invalid([error.detail]) from error
        found = cap.violations(made, now=now)
        wrong = [one.detail for one in found if one.level is cap.Level.ERROR]
        if problems := [*cap.check_schema(xml), *wrong]:
            raise _invalid(problems)
        warnings = tuple(one.detail for one in found if one.level is cap.Level.WARNING)
        return made, Message(made.identifier, xml, until, warnings, made.scope is cap.Scope.PUBLIC)

    def _alert(self, alert: Alert, networks: Sequence[Network], now: datetime) -> cap.CapAlert:
        room = MOST_POINTS // max(1, len(networks) * len(alert.languages))
        areas = tuple(_area(network, room) for network in networks)
        public = self.public_cold and alert.kind is AlertKind.COLD
        return cap.CapAlert(
            identifier=cap.cap_identifier(self.sender, alert.alert_id, 0),
            sender=self.sender,
            sent=now,
            status=cap.Status(alert.status),
            msg_type=cap.MsgType.UPDATE if alert.references else cap.MsgType.ALERT,
            references=" ".join(alert.references) or None,
            scope=cap.Scope.PUBLIC if public else cap.Scope.RESTRICTED,
            note=None if alert.status is CapStatus.ACTUAL else NOT_REAL,
            restriction=None if public else _members([network.shown_name for network in networks]),
            info=tuple(
                self._info(alert, f"{language}-BE", texts, areas, now) for language, texts in alert.told.items()
            ),
        )

    def _info(self, alert: Alert, language: str, texts: Texts, areas: tuple[cap.Area, ...], now: datetime) -> cap.Info:
        return cap.Info(
            language=language,
            category=(_CATEGORIES.get(alert.category, cap.Category.SECURITY),),
            event=texts.event,
            response_type=tuple(alert.response),
            urgency=cap.Urgency.PAST if alert.purpose in _AFTERWARDS else _URGENCY[alert.kind],
            severity=cap.Severity(alert.severity),
            certainty=alert.certainty,
            event_code=(cap.NamedValue(value_name="BIN-RULE", value=alert.rule),),
            effective=now,
            expires=alert.holds_until(now),
            sender_name=self.shown.name,
            headline=texts.headline,
            description=texts.description,
            instruction=texts.instruction,
            web=self.shown.web,
            contact=self.shown.contact,
            parameter=tuple(_parameters(alert)),
            area=areas,
        )


def _members(names: Sequence[str]) -> str:
    return f"Leden van {', '.join(names)}"


def _network_of(area: cap.Area) -> str | None:
    """Return the id of the network whose area this is."""
    return next((code.value for code in area.geocode if code.value_name == "BIN"), None)


def _parameters(alert: Alert) -> Iterator[cap.NamedValue]:
    """Yield the parameters with which BE-Alert chooses between SMS, voice and e-mail."""
    yield cap.NamedValue(value_name="BIN-KIND", value=alert.kind)
    for channel in alert.channels:
        yield cap.NamedValue(value_name="BIN-CHANNEL", value=channel)


def _area(network: Network, room: int) -> cap.Area:
    return cap.Area(
        area_desc=network.shown_name,
        polygon=_polygons(network.area, room),
        geocode=(
            cap.NamedValue(value_name="NIS", value=network.nis),
            cap.NamedValue(value_name="BIN", value=str(network.network_id)),
        ),
    )


def _polygons(area: Area, room: int) -> tuple[str, ...]:
    """Return the polygons of an area for a CAP message; an empty result when the area is too small or invalid.

    Areas that were approved before applications were cleaned are cleaned here.
    """
    with suppress(NoArea):
        return cap.drawn_area(Area.model_validate(cleaned(area.model_dump())).polygons, room)
    return ()


def _remarks(made: cap.CapAlert, networks: Sequence[Network]) -> Iterator[str]:
    """Yield remarks for the officer about networks whose name or area the message cannot show as it is."""
    for network, area in zip(networks, made.info[0].area, strict=True):
        if network.shown_name != network.name:
            yield f"De naam van {network.code} kan niet in een bericht staan. Het bericht noemt de code."
        if not area.polygon:
            yield f"Het gebied van {network.shown_name} kan niet getekend worden. Het bericht noemt alleen het netwerk."
        if any(len(rings) > 1 for rings in network.area.polygons):
            yield f"Het gebied van {network.shown_name} heeft gaten. In het bericht is het in stukken verdeeld."


def _invalid(problems: Sequence[str]) -> DomainError:
    told = " ".join(problems[:5])
    return DomainError("cap_invalid", f"Dit bericht kan zo niet verstuurd worden: {told}", values={"in_dutch": told})
