"""Checks the `info` blocks of a CAP message: each block with its areas and resources, and all blocks together.

Invariant: the blocks for different languages differ only in their texts, and not in category, times or severity.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, combinations
from urllib.parse import urlsplit

from buurtsein_kernel.text import MARKUP
from buurtsein_notifier.cap.geometry import circle_violations, polygon_violations
from buurtsein_notifier.cap.model import (
    Area,
    CapAlert,
    Certainty,
    Info,
    MsgType,
    Resource,
    ResponseType,
    Severity,
    Urgency,
)
from buurtsein_notifier.cap.violation import Level, Violation, when

HEADLINE_LIMIT = 160  # cap-composer's limit; the headline is also the text of the SMS
LONG = timedelta(hours=24)
TOO_LONG = timedelta(days=31)
DEFAULT_LANGUAGE = "en-US"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NOTHING_TO_DO = frozenset({ResponseType.NONE, ResponseType.ALL_CLEAR})
_SAME_EVERYWHERE = {
    "category": "categorie",
    "event_code": "gebeurteniscode",
    "urgency": "dringendheid",
    "severity": "ernst",
    "certainty": "zekerheid",
    "effective": "ingangstijd",
    "onset": "begintijd",
    "expires": "eindtijd",
}


def info_violations(alert: CapAlert, now: datetime) -> Iterator[Violation]:
    """Yield the errors and warnings of each block of `alert`, and then those of all blocks together."""
    for info in alert.info:
        yield from _language_violations(info)
        yield from _text_violations(info)
        yield from _order_violations(info, alert.sent)
        yield from _duration_violations(info, alert.sent, now)
        yield from _value_violations(info, alert.msg_type)
        yield from chain.from_iterable(map(_area_violations, info.area))
        yield from chain.from_iterable(map(_resource_violations, info.resource))
    yield from _together_violations(alert.info)


def _language(info: Info) -> str:
    return (DEFAULT_LANGUAGE if info.language is None else info.language).lower()


def _language_violations(info: Info) -> Iterator[Violation]:
    language = _language(info)
    if not language.strip():
        yield Violation("cap_language_empty", "De taal is leeg; vul ze in, bijvoorbeeld nl-BE.")
    elif not _LANGUAGE.fullmatch(language):
        yield Violation("cap_language_malformed", "De taal heeft niet de vorm nl of nl-BE.")


def _text_violations(info: Info) -> Iterator[Violation]:
    headline, description = (info.headline or "").strip(), (info.description or "").strip()
    texts = (
        info.event,
        info.audience,
        info.sender_name,
        headline,
        description,
        info.instruction,
        info.contact,
    )
    yield from when(not info.event.strip(), "cap_event_empty", "De naam van de gebeurtenis is leeg.")
    yield from when(
        len(headline) > HEADLINE_LIMIT,
        "cap_headline_too_long",
        f"De titel is langer dan {HEADLINE_LIMIT} tekens.",
    )
    yield from when(
        bool(headline) and headline == description,
        "cap_headline_repeated",
        "De beschrijving moet meer zeggen dan de titel.",
    )
    yield from when(
        any(MARKUP.search(text or "") for text in texts),
        "cap_markup",
        "De tekst mag geen HTML-tags of HTML-tekencodes bevatten.",
    )
    yield from when(
        info.web is not None and not _is_web_address(info.web),
        "cap_web_relative",
        "Het webadres moet volledig zijn en met https:// of http:// beginnen.",
    )


def _is_web_address(text: str) -> bool:
    return _scheme(text) in {"http", "https"}


def _scheme(text: str) -> str:
    """Return the scheme of an absolute address; an empty text for a relative or malformed one, or without a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme if parts.hostname and not re.search(r"\s", text) else ""
    except ValueError:
        return ""


def _order_violations(info: Info, sent: datetime) -> Iterator[Violation]:
    for name in ("effective", "onset", "expires"):
        moment = getattr(info, name)
        yield from when(
            moment is not None and moment < sent,
            f"cap_{name}_before_sent",
            f"De {_SAME_EVERYWHERE[name]} ({name}) ligt voor de verzending.",
        )
    for name in ("effective", "onset"):
        moment = getattr(info, name)
        yield from when(
            moment is not None and info.expires is not None and info.expires <= moment,
            f"cap_expires_before_{name}",
            f"De eindtijd moet na de {_SAME_EVERYWHERE[name]} ({name}) liggen.",
        )


def _duration_violations(info: Info, sent: datetime, now: datetime) -> Iterator[Violation]:
    if info.expires is None:
        return
    duration = info.expires - (info.onset or info.effective or sent)
    yield from when(info.expires <= now, "cap_expired", "Het bericht is al vervallen.")
    yield from when(duration > TOO_LONG, "cap_duration_too_long", "Het bericht geldt langer dan 31 dagen.")
    yield from when(
        LONG < duration <= TOO_LONG,
        "cap_duration_long",
        "Het bericht geldt langer dan 24 uur.",
        Level.WARNING,
    )


def _value_violations(info: Info, msg_type: MsgType) -> Iterator[Violation]:
    for name, unknown in (
        ("urgency", Urgency.UNKNOWN),
        ("severity", Severity.UNKNOWN),
        ("certainty", Certainty.UNKNOWN),
    ):
        yield from when(
            getattr(info, name) == unknown,
            f"cap_{name}_unknown",
            f"Kies liever een {_SAME_EVERYWHERE[name]} dan Unknown.",
            Level.WARNING,
        )
    yield from when(
        msg_type == MsgType.CANCEL and not set(info.response_type) <= _NOTHING_TO_DO,
        "cap_cancel_response",
        "Een intrekking (Cancel) vraagt niets meer: gebruik None of AllClear.",
        Level.WARNING,
    )
    for name in ("category", "response_type", "event_code"):
        values = getattr(info, name)
        yield from when(
            len(set(values)) < len(values),
            f"cap_{name}_repeated",
            f"Een waarde van {name} staat er twee keer in.",
        )


def _area_violations(area: Area) -> Iterator[Violation]:
    yield from when(not area.area_desc.strip(), "cap_area_unnamed", "Een gebied heeft een omschrijving nodig.")
    yield from chain.from_iterable(map(polygon_violations, area.polygon))
    yield from chain.from_iterable(map(circle_violations, area.circle))
    yield from when(
        len(set(area.geocode)) < len(area.geocode),
        "cap_geocode_repeated",
        "Een geocode staat er twee keer in.",
    )
    if area.ceiling is not None:
        yield from when(area.altitude is None, "cap_altitude_missing", "Bij ceiling hoort een altitude.")
        yield from when(
            area.altitude is not None and area.ceiling <= area.altitude,
            "cap_ceiling_below_altitude",
            "Het plafond (ceiling) moet hoger liggen dan altitude.",
        )


def _resource_violations(resource: Resource) -> Iterator[Violation]:
    yield from when(
        resource.uri is not None and not _scheme(resource.uri) and not resource.deref_uri,
        "cap_resource_relative",
        "Een bijlage met een onvolledig adres moet haar inhoud meebrengen (derefUri).",
    )
    yield from when(
        resource.size is not None and resource.size < 0, "cap_resource_size", "De grootte is kleiner dan nul."
    )


def _together_violations(infos: tuple[Info, ...]) -> Iterator[Violation]:
    for name, dutch in _SAME_EVERYWHERE.items():
        yield from when(
            len({_comparable(info, name) for info in infos}) > 1,
            f"cap_{name}_differs",
            f"De {dutch} ({name}) moet in alle talen dezelfde zijn.",
        )
    languages = [_language(info) for info in infos]
    yield from when(
        len(set(languages)) < len(languages),
        "cap_language_repeated",
        "Elke taal mag maar één tekstblok hebben.",
    )
    yield from when(
        any(_untranslated(one, other) for one, other in combinations(infos, 2)),
        "cap_untranslated",
        "Dezelfde tekst staat onder twee talen.",
        Level.WARNING,
    )


def _comparable(info: Info, name: str) -> object:
    value = getattr(info, name)
    return frozenset(value) if isinstance(value, tuple) else value


def _untranslated(one: Info, other: Info) -> bool:
    if _language(one).split("-")[0] == _language(other).split("-")[0]:
        return False
    pairs = ((one.headline, other.headline), (one.description, other.description))
    return any(text and text == same for text, same in pairs)
