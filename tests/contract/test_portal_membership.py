"""The diagram of a membership's lifecycle has the same states, steps and events as the registry."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind, SanctionReason
from buurtsein_contracts.portal.machines import Step
from buurtsein_registry.domain import exclusion, member, membership
from buurtsein_registry.lifecycles import MEMBERSHIP

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MEMBER, OFFICIAL = f"p{1:032x}", f"p{2:032x}"


def a_member(status: str) -> member.Member:
    return member.Member(
        network_id=uuid7(),
        person=MEMBER,
        kind=MemberKind.RESIDENT,
        language=Language.NL,
        channels=[Channel.SMS],
        consent_version="1",
        status=member.MemberStatus(status),
        joined_at=None if status == "REQUESTED" else NOW,
        suspended_until=NOW.date(),
    )


def excluded(it: member.Member) -> Sequence[EventData]:
    exclusion.propose(it, SanctionReason.PATROLLED, f"p{11:032x}", NOW)
    exclusion.sign(it, f"p{12:032x}", NOW)
    return exclusion.confirm(it, f"p{13:032x}", NOW)


def after_the_suspension(it: member.Member) -> None:
    it.status = it.on(NOW.date() + timedelta(days=1))


AS_MEMBER: dict[str, Callable[[member.Member], Sequence[EventData] | None]] = {
    "accept": lambda it: membership.accept(it, OFFICIAL, None, NOW, police=True),
    "refuse": lambda it: membership.refuse(it, OFFICIAL, "no", NOW),
    "pause": lambda it: membership.pause(it, NOW),
    "resume": lambda it: membership.resume(it, NOW),
    "suspend": lambda it: membership.suspend(it, SanctionReason.PATROLLED, NOW.date(), OFFICIAL, NOW),
    "time_passes": after_the_suspension,
    "exclude": excluded,
    "leave": lambda it: membership.leave(it, LeavingReason.LEFT, it.person, NOW),
}


@pytest.mark.parametrize(
    "step",
    [step for step in MEMBERSHIP.steps if step.source and step.action != "erase"],
    ids=lambda s: f"{s.source}-{s.action}",
)
def test_a_step_of_a_membership_leads_where_it_is_drawn_and_makes_its_event(step: Step) -> None:
    it = a_member(step.source or "")
    events = AS_MEMBER[step.action](it) or []
    assert str(it.status) == step.target
    assert [type(event).__name__ for event in events] == ([step.event] if step.event else [])


def test_every_action_of_a_membership_is_drawn_where_it_changes_the_status() -> None:
    named = {"propose_exclusion": "exclude", "sign_exclusion": "exclude", "confirm_exclusion": "exclude"}
    drawn = {(step.source, step.action) for step in MEMBERSHIP.steps}
    wanted = {
        (str(status), named.get(action, action))
        for action, statuses in member.ACTIONS.items()
        for status in statuses
        if action not in {"warn", "change"}
    }
    assert wanted == {pair for pair in drawn if pair[0] and pair[1] not in {"time_passes", "erase"}}
