"""Checks a CAP message by rules that the CAP schema lacks, and refuses a status that is not allowed.

Invariant: every rule has its own code and looks at one message alone, so that circular references between messages are
not found here. Sources: CAP 1.2; the checks of google/cap-library and of WMO's cap-composer (issues 135 and 136).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from buurtsein_kernel.problems import DomainError, forbidden
from buurtsein_notifier.cap.info_rules import info_violations
from buurtsein_notifier.cap.model import (
    CapAlert,
    MsgType,
    Scope,
    Status,
    is_token,
    parse_addresses,
    parse_references,
)
from buurtsein_notifier.cap.violation import Level, Violation, when

CLOCK_SKEW = timedelta(minutes=5)
# This matches a phone number, or any text with an at sign. Addresses are ids of networks, never of people.
_PERSONAL = re.compile(r"\+?[0-9][0-9\s./()-]{7,}|.*@.*")

# Maps the highest status that an installation allows to the statuses that it may send. A draft is never sent.
_MAY_LEAVE: dict[Status, frozenset[Status]] = {
    Status.ACTUAL: frozenset({Status.ACTUAL, Status.EXERCISE, Status.TEST}),
    Status.EXERCISE: frozenset({Status.EXERCISE, Status.TEST}),
    Status.TEST: frozenset({Status.TEST}),
    Status.SYSTEM: frozenset({Status.SYSTEM}),
    Status.DRAFT: frozenset(),
}


def guard_status(alert: CapAlert, allowed: Status) -> None:
    """Refuse a message whose status this installation may not send.

    `allowed` is the highest status that is allowed: with Exercise, a message with status Actual is refused. For bytes,
    call `from_xml` first.

    Raises:
        DomainError: `cap_status_forbidden`.
    """
    if alert.status not in _MAY_LEAVE[allowed]:
        raise forbidden(
            "cap_status_forbidden",
            f"Hier mag hoogstens {allowed} vertrekken; dit bericht heeft status {alert.status}.",
        )


def violations(alert: CapAlert, *, now: datetime) -> list[Violation]:
    """Return what is wrong with a message by the rules that the XML schema cannot express, as errors and warnings.

    `now` (timezone-aware) decides whether times are past or future; for an old message pass `alert.sent`.
    """
    return [
        *_name_violations(alert),
        *_scope_violations(alert),
        *_address_violations(alert),
        *_reference_violations(alert),
        *_content_violations(alert),
        *when(
            alert.sent > now + CLOCK_SKEW,
            "cap_sent_in_future",
            "Het tijdstip van verzending ligt in de toekomst.",
        ),
        *info_violations(alert, now),
    ]


def _name_violations(alert: CapAlert) -> Iterator[Violation]:
    yield from when(
        not is_token(alert.identifier),
        "cap_identifier_malformed",
        "Het kenmerk mag niet leeg zijn en geen spatie, komma, < of & bevatten.",
    )
    yield from when(
        not is_token(alert.sender),
        "cap_sender_malformed",
        "De afzender mag niet leeg zijn en geen spatie, komma, < of & bevatten.",
    )


def _scope_violations(alert: CapAlert) -> Iterator[Violation]:
    restricted = alert.scope == Scope.RESTRICTED
    yield from when(
        restricted and not (alert.restriction or "").strip(),
        "cap_restriction_missing",
        "Een beperkt bericht (Restricted) moet zeggen voor wie het is (restriction).",
    )
    yield from when(
        not restricted and alert.restriction is not None,
        "cap_restriction_unexpected",
        "Alleen een beperkt bericht (Restricted) mag een restriction hebben.",
    )


def _address_violations(alert: CapAlert) -> Iterator[Violation]:
    text = alert.addresses
    addresses = parse_addresses(text or "")
    yield from when(
        alert.scope == Scope.PRIVATE and not addresses,
        "cap_addresses_missing",
        "Een privébericht (Private) heeft adressen nodig.",
    )
    yield from when(
        text is not None and (not addresses or any(not a.strip() or '"' in a for a in addresses)),
        "cap_addresses_malformed",
        "De adressen mogen niet leeg zijn en hun aanhalingstekens moeten kloppen.",
    )
    yield from when(
        any(_PERSONAL.fullmatch(address) for address in addresses),
        "cap_addresses_personal",
        "Een adres is het kenmerk van een netwerk, nooit een telefoonnummer of e-mailadres.",
    )
    yield from _repeats(addresses, "cap_addresses_repeated", "Een adres staat er twee keer in.")


def _reference_violations(alert: CapAlert) -> Iterator[Violation]:
    text = alert.references
    yield from when(
        alert.msg_type != MsgType.ALERT and not (text or "").strip(),
        "cap_references_missing",
        f"Een bericht van het type {alert.msg_type} moet naar de vorige berichten verwijzen.",
    )
    yield from when(
        text is not None and not text.strip(),
        "cap_references_empty",
        "De verwijzingen zijn leeg; laat ze dan weg.",
    )
    try:
        yield from _earlier_violations(alert)
    except DomainError as error:
        yield Violation(error.code, error.detail)


def _earlier_violations(alert: CapAlert) -> Iterator[Violation]:
    references = parse_references(alert.references or "")
    names = [(reference.sender, reference.identifier) for reference in references]
    yield from when(
        not all(is_token(part) for name in names for part in name),
        "cap_reference_malformed",
        "Een verwijzing bevat een teken dat niet mag: <, & of een spatie.",
    )
    yield from when(
        (alert.sender, alert.identifier) in names, "cap_reference_self", "Het bericht verwijst naar zichzelf."
    )
    yield from when(
        any(reference.sent > alert.sent for reference in references),
        "cap_reference_post_dated",
        "Het bericht verwijst naar een bericht dat later verzonden is.",
    )
    yield from _repeats(names, "cap_reference_repeated", "Een verwijzing staat er twee keer in.")


def _content_violations(alert: CapAlert) -> Iterator[Violation]:
    yield from when(
        alert.incidents is not None and not alert.incidents.strip(),
        "cap_incidents_empty",
        "De incidenten zijn leeg; laat ze dan weg.",
    )
    yield from when(
        alert.msg_type in {MsgType.ALERT, MsgType.UPDATE} and not alert.info,
        "cap_info_missing",
        "Een waarschuwing of update moet minstens één tekstblok (info) hebben.",
    )
    yield from when(
        alert.msg_type == MsgType.ERROR and not (alert.note or "").strip(),
        "cap_note_missing",
        "Een foutmelding (Error) moet in note zeggen wat er mis is.",
        Level.WARNING,
    )
    yield from _repeats(alert.code, "cap_code_repeated", "Een code staat er twee keer in.")


def _repeats(values: Sequence[object], code: str, detail: str) -> Iterator[Violation]:
    yield from when(len(set(values)) < len(values), code, detail)
