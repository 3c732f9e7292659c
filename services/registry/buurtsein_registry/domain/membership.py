"""Decides on memberships: request, acceptance, pause, warning, suspension, and departure.

Each function changes the membership and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import MemberJoined, MemberLeft, MemberSuspended
from buurtsein_contracts.events.member import LeavingReason, SanctionReason
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.problems import DomainError, forbidden
from buurtsein_registry.domain.member import Member, MemberStatus, Preferences, Warned, unknown
from buurtsein_registry.domain.tokens import is_token, tokens

LEAVE = "leave membership"
"""The purpose of the token with which a member without an account leaves."""


def accept(member: Member, actor: str, reason: str | None, now: datetime, *, police: bool) -> Sequence[EventData]:
    """Accept a request and return MemberJoined.

    Raises:
        DomainError: `police_decides` for a coordinator when the address is not in the area, and `reason_missing` when
            the police then give no reason; `own_request` for one's own request; `transition_refused`.
    """
    _require_other(member, actor)
    member.require("accept", brussels_day(now))
    if member.needs_police and not police:
        raise forbidden("police_decides", "Dit adres ligt niet in het gebied. Alleen de politie kan dit toestaan.")
    if member.needs_police and reason is None:
        raise DomainError("reason_missing", "Geef een reden om een adres buiten het gebied toe te staan.")
    member.accepted_by, member.reason = actor, reason
    return join(member, now)


def join(member: Member, now: datetime) -> Sequence[EventData]:
    """Begin an accepted membership and return the event MemberJoined."""
    member.status, member.joined_at = MemberStatus.ACTIVE, now
    return [
        MemberJoined(
            member_id=member.member_id,
            network_id=member.network_id,
            person_ref=member.person,
            member_kind=member.kind,
            enterprise_number=member.enterprise_number,
            language=member.language,
            channels=member.channels,
            consent_version=member.consent_version,
            joined_at=now,
        )
    ]


def refuse(member: Member, actor: str, reason: str | None, now: datetime) -> None:
    """Refuse a request with a reason; raise `reason_missing`, `own_request` or `transition_refused`."""
    _require_other(member, actor)
    member.require("refuse", brussels_day(now))
    if reason is None:
        raise DomainError("reason_missing", "Geef een reden voor de weigering.")
    member.status, member.reason, member.left_at = MemberStatus.REFUSED, reason, now


def pause(member: Member, now: datetime) -> None:
    """Stop all messages to the member until the member resumes."""
    member.require("pause", brussels_day(now))
    member.status = MemberStatus.PAUSED


def resume(member: Member, now: datetime) -> None:
    """Let a member who paused get messages again."""
    member.require("resume", brussels_day(now))
    member.status = MemberStatus.ACTIVE


def change(member: Member, wanted: Preferences, now: datetime) -> None:
    """Store the member's new preferences: language, channels, quiet hours and absence."""
    member.require("change", brussels_day(now))
    member.language, member.channels = wanted.language, wanted.channels
    member.quiet_hours, member.absence = wanted.quiet_hours, wanted.absence


def warn(member: Member, reason: SanctionReason, actor: str, now: datetime) -> None:
    """Store a written warning by the police; the member stays active."""
    member.require("warn", brussels_day(now))
    member.warnings.append(Warned(reason=reason, actor=actor, warned_on=brussels_day(now)))


def suspend(member: Member, reason: SanctionReason, until: date, actor: str, now: datetime) -> Sequence[EventData]:
    """Suspend a member up to and including a day, and return MemberSuspended; raise `until_in_past`."""
    member.require("suspend", brussels_day(now))
    if until < brussels_day(now):
        raise DomainError("until_in_past", "De laatste dag van de schorsing is al voorbij.")
    member.status, member.suspended_until = MemberStatus.SUSPENDED, until
    return [
        MemberSuspended(
            member_id=member.member_id,
            network_id=member.network_id,
            reason=reason,
            until=until,
            actor=actor,
            suspended_at=now,
        )
    ]


def leave(member: Member, reason: LeavingReason, actor: str, now: datetime) -> Sequence[EventData]:
    """End a membership because the member leaves, or because somebody reports the member's death; return MemberLeft.

    If the member was entered from a list, another person may also report that the member leaves or moves.

    Raises:
        DomainError: `reason_not_possible` when members report their own death, or another person may not give this
            reason; `transition_refused` when the membership has ended already.
    """
    possible = (
        reason is not LeavingReason.DECEASED
        if actor == member.person
        else (reason is LeavingReason.DECEASED or member.entered_by is not None)
    )
    if not possible:
        raise DomainError("reason_not_possible", "Deze reden past niet: een overlijden meldt iemand anders.")
    return end(member, reason, now)


def leave_by_token(member: Member, token: str, keyring: Keyring, now: datetime) -> Sequence[EventData]:
    """End the membership of somebody without an account, who shows the token from a message; return MemberLeft.

    Raises DomainError `member_unknown` for a wrong token and for a member with an account, who signs in to leave.
    """
    if member.entered_by is None or not is_token(token, LEAVE, member.member_id, keyring):
        raise unknown()
    return end(member, LeavingReason.LEFT, now)


def leaving_token(member: Member, keyring: Keyring) -> str | None:
    """Return the token with which a member without an account leaves; None for a member with an account."""
    return tokens(LEAVE, member.member_id, keyring)[0] if member.entered_by else None


def end(member: Member, reason: LeavingReason, now: datetime) -> Sequence[EventData]:
    """End a membership and return the event MemberLeft; return no event for a request that was never accepted.

    Raises DomainError `transition_refused` when the membership has ended already.
    """
    member.require("leave", brussels_day(now))
    member.status, member.left_at = MemberStatus.LEFT, now
    if member.joined_at is None:
        return []
    return [MemberLeft(member_id=member.member_id, network_id=member.network_id, reason=reason, left_at=now)]


def _require_other(member: Member, actor: str) -> None:
    if actor == member.person:
        raise forbidden("own_request", "U kunt niet over uw eigen aanvraag beslissen.")
