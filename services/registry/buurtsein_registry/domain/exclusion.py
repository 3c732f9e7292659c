"""Decides on the exclusion of a member: the coordinator proposes it, an officer signs it, the korpschef confirms it.

Invariant: the three are different persons, and the member is none of them. Source: the FOD's answers to frequent
questions say that coordinator and mandated officer sign an exclusion, and that the korpschef sees it.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import MemberExcluded
from buurtsein_contracts.events.member import SanctionReason
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import Word, conflict, forbidden
from buurtsein_registry.domain.member import Exclusion, Member, MemberStatus


def propose(member: Member, reason: SanctionReason, actor: str, now: datetime) -> None:
    """Propose and sign a member's exclusion, as a coordinator; an earlier proposal and its signature are replaced."""
    member.require("propose_exclusion", brussels_day(now))
    _require_other(actor, member.person)
    member.exclusion = Exclusion(reason=reason, coordinator=actor)


def sign(member: Member, actor: str, now: datetime) -> None:
    """Sign a proposed exclusion, as a police officer; raise `exclusion_missing` when nobody proposed an exclusion."""
    member.require("sign_exclusion", brussels_day(now))
    proposed = _proposed(member)
    _require_other(actor, member.person, proposed.coordinator)
    proposed.officer = actor


def confirm(member: Member, actor: str, now: datetime) -> Sequence[EventData]:
    """Confirm a signed exclusion, as the korpschef (chief of police); the membership ends. Return MemberExcluded.

    Raises:
        DomainError: `exclusion_missing` without a proposal, `exclusion_unsigned` without the officer's signature,
            `same_person`, or `transition_refused`.
    """
    member.require("confirm_exclusion", brussels_day(now))
    proposed = _proposed(member)
    if proposed.officer is None:
        raise conflict("exclusion_unsigned", "De gemandateerde politiemedewerker heeft nog niet getekend.")
    _require_other(actor, member.person, proposed.coordinator, proposed.officer)
    member.status, member.left_at = MemberStatus.EXCLUDED, now
    return [
        MemberExcluded(
            member_id=member.member_id,
            network_id=member.network_id,
            reason=proposed.reason,
            coordinator=proposed.coordinator,
            officer=proposed.officer,
            seen_on=brussels_day(now),
            excluded_at=now,
        )
    ]


def _proposed(member: Member) -> Exclusion:
    if member.exclusion is None:
        raise conflict("exclusion_missing", "Er is geen voorstel om dit lid uit te sluiten.", ["propose_exclusion"])
    return member.exclusion


def _require_other(actor: str, *others: str) -> None:
    if actor in others:
        detail = "Iemand anders moet dit doen: u bent zelf het lid, of u hebt al getekend."
        raise forbidden("same_person", detail, why=Word("other_person", "signed"))
