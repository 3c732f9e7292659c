"""The CAP 1.2 message of an alert: who it is for, where, what it says and until when.

Invariant: a message is made only when the schema and every rule of CAP accept it, and its status is one that this
installation may send.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from buurtsein_contracts.events.alert import AlertKind, CapStatus
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.incident import Category
from buurtsein_contracts.problems import DomainError
from buurtsein_kernel.areas import NoArea, cleaned
from buurtsein_notifier import cap
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import KnownNetwork

LANGUAGE = "nl-BE"
_CATEGORIES = {
    Category.ILLEGAL_DUMPING: cap.Category.ENV,
    Category.LITTER: cap.Category.ENV,
    Category.ENVIRONMENT: cap.Category.ENV,
    Category.NOISE: cap.Category.OTHER,
    Category.OTHER: cap.Category.OTHER,
    Category.MISSING_PERSON: cap.Category.RESCUE,
    Category.FIRE: cap.Category.FIRE,
}
"""All others are a matter of security."""
_URGENCY = {AlertKind.HOT: cap.Urgency.IMMEDIATE, AlertKind.COLD: cap.Urgency.FUTURE}


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to BE-Alert."""

    identifier: str
    xml: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How this installation signs its messages, and how real they may be at most."""

    sender: str
    status: CapStatus
    """What alerts are proposed with from now on."""
    most: cap.Status

    def message(self, alert: Alert, networks: Sequence[KnownNetwork], now: datetime) -> Message:
        """The alert as CAP; DomainError `cap_invalid` says everything that is wrong with it."""
        try:
            made = self._alert(alert, networks, now)
            cap.guard_status(made, self.most)
            xml = cap.to_xml(made)
        except ValidationError as error:
            raise _invalid(sorted({problem["type"] for problem in error.errors(include_input=False)})) from None
        except DomainError as error:
            raise _invalid([error.detail]) from error
        wrong = [one.detail for one in cap.violations(made, now=now) if one.level is cap.Level.ERROR]
        if problems := [*cap.check_schema(xml), *wrong]:
            raise _invalid(problems)
        return Message(made.identifier, xml)

    def _alert(self, alert: Alert, networks: Sequence[KnownNetwork], now: datetime) -> cap.CapAlert:
        return cap.CapAlert(
            identifier=cap.cap_identifier(self.sender, alert.alert_id, 0),
            sender=self.sender,
            sent=now,
            status=cap.Status(alert.status),
            msg_type=cap.MsgType.ALERT,
            scope=cap.Scope.RESTRICTED,
            restriction=f"Leden van {', '.join(network.name for network in networks)}",
            info=(_info(alert, networks, now),),
        )


def _info(alert: Alert, networks: Iterable[KnownNetwork], now: datetime) -> cap.Info:
    return cap.Info(
        language=LANGUAGE,
        category=(_CATEGORIES.get(alert.category, cap.Category.SECURITY),),
        event=alert.texts.event,
        response_type=(cap.ResponseType.MONITOR,),
        urgency=_URGENCY[alert.kind],
        severity=cap.Severity(alert.severity),
        certainty=cap.Certainty.LIKELY if len(alert.report_ids) > 1 else cap.Certainty.POSSIBLE,
        event_code=(cap.NamedValue(value_name="BIN", value=alert.rule),),
        effective=now,
        expires=alert.expires_at,
        headline=alert.texts.headline,
        description=alert.texts.description,
        instruction=alert.texts.instruction,
        area=tuple(map(_area, networks)),
    )


def _area(network: KnownNetwork) -> cap.Area:
    return cap.Area(
        area_desc=network.name,
        polygon=tuple(_polygons(network.area)),
        geocode=(
            cap.NamedValue(value_name="NIS", value=network.nis),
            cap.NamedValue(value_name="BIN", value=str(network.network_id)),
        ),
    )


def _polygons(area: Area) -> Iterator[str]:
    """The outer rings, since CAP knows no holes; none of an area that is too small to be drawn.

    Areas that were approved before applications were cleaned are cleaned here.
    """
    with suppress(NoArea):
        for polygon in Area.model_validate(cleaned(area.model_dump())).polygons:
            yield cap.polygon_text(polygon[0])


def _invalid(problems: Sequence[str]) -> DomainError:
    return DomainError("cap_invalid", f"Dit bericht kan zo niet vertrekken: {' '.join(problems[:5])}")
