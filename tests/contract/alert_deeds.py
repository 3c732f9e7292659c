"""Makes an alert in each state, and takes each step of its lifecycle, for the test of the portal's lifecycles."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from buurtsein_contracts import uuid7
from buurtsein_contracts.events.alert import (
    AlertKind,
    CancelReason,
    CapStatus,
    FailureReason,
    Purpose,
    RefusalReason,
    Release,
)
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.portal.machines import Step
from buurtsein_notifier.cap import Certainty
from buurtsein_notifier.domain import alert as notifier
from buurtsein_notifier.domain import decided, following, writing
from buurtsein_notifier.domain import states as alert_states
from buurtsein_notifier.domain.delivery import UnknownDelivery
from buurtsein_notifier.domain.feedback import USUAL
from buurtsein_notifier.domain.texts import Texts

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def an_alert(state: str, step: Step) -> Any:
    two = step.target == "PROPOSED"
    called_off = alert_states.Cancellation(reason=CancelReason.SOLVED, actor=f"p{6:032x}", asked_at=NOW)
    construct: Any = notifier.Alert.model_construct
    return construct(
        alert_id=uuid7(), state=alert_states.AlertState(state), releases=[], expires_at=NOW + timedelta(hours=1),
        cancellation=called_off, cancel_messages=0, valid_minutes=60,
        release_by=Release.TWO_OFFICERS if two else Release.OFFICER, cap_identifier="x", status=CapStatus.TEST,
        kind=AlertKind.COLD, category=Category.BURGLARY, severity=Severity.SEVERE, texts=TEXTS, translations={},
        certainty=Certainty.LIKELY, response=[], channels=[], release_roles=frozenset(), why="x",
        rule="police", rule_version=1, network_ids=[uuid7()], report_ids=[], proposed_at=NOW,
    )  # fmt: skip


TEXTS = Texts(event="aaa", headline="bbb", description="ccc", instruction="ddd")
OUTGOING: Any = SimpleNamespace(
    message=lambda *_: SimpleNamespace(identifier="x"), left=lambda _alert, networks, _now: networks
)
NETWORK_OF_ALERT: Any = SimpleNamespace(
    network_id=uuid7(),
    name="BIN Proef",
    nis="41002",
    obstacle_to=lambda *_: None,
    area=SimpleNamespace(model_dump=dict),
    model_dump=lambda **_: {},
)


def broken(alert: Any, _: Step) -> Any:
    breaker = decided.Breaker(f"p{7:032x}", "nu")
    return decided.released_in_emergency(alert, [NETWORK_OF_ALERT], 0, breaker, OUTGOING, NOW).events


def followed_up(alert: Any, step: Step) -> Any:
    alert.release_by, alert.purpose = Release.OFFICER, Purpose.ALERT
    later = following.follow_up(alert, Purpose.UPDATE, {"nl": TEXTS}, 60, NOW)
    later.cap_identifier, later.references = "y", ["s,x,2026-01-01T00:00:00+01:00"]
    return following.followed(alert, later, [], NOW) if step.event else None


def feedback_given(alert: Any, _: Step) -> Any:
    alert.feedback = alert_states.Feedback(due_at=NOW, opened_at=NOW)
    return following.given_otherwise(alert, f"p{7:032x}", "verteld", [], NOW)


def released(alert: Any, _: Step) -> Any:
    return alert.released("x", 1, NOW) if alert.release("p" + "0" * 32, "content", NOW) else None


def settled(alert: Any, step: Step) -> Any:
    outcome = "sent" if step.event in {"AlertSent", "AlertCancelled"} else "failed"
    return alert.settle(UnknownDelivery(uuid7(), "a", 1), outcome, None, f"p{5:032x}", NOW, USUAL)


def failed(alert: Any, step: Step) -> Any:
    reason = FailureReason.UNKNOWN if step.target == "UNKNOWN" else FailureReason.REFUSED
    return alert.failed("a", reason, 1, NOW)


def cancelled(alert: Any, step: Step) -> Any:
    alert.cancel(CancelReason.SOLVED, f"p{6:032x}", NOW)
    return alert.called_off(NOW) if step.source == "RELEASED" else alert.call_off("y")


ALERT_DEEDS: dict[str, Callable[[Any, Step], Any]] = {
    "edit": lambda it, _: writing.edited(it, {}, [NETWORK_OF_ALERT], f"p{7:032x}", None, OUTGOING, NOW),
    "propose": lambda it, _: writing.proposed(it, [NETWORK_OF_ALERT], f"p{7:032x}", None, OUTGOING, NOW),
    "return": lambda it, _: writing.returned(it, f"p{7:032x}", "no", NOW),
    "break_glass": broken,
    "follow_up": followed_up,
    "feedback": feedback_given,
    "release": released,
    "refuse": lambda it, _: it.refuse(RefusalReason.UNCERTAIN, f"p{4:032x}", NOW),
    "expire": lambda it, _: it.expire(NOW + timedelta(hours=1)),
    "hold": lambda it, _: it.hold("eerst nagaan", f"p{4:032x}", NOW, on=True),
    "cancel": cancelled,
    "sent": lambda it, _: it.sent("a", None, 1, NOW, USUAL),
    "failed": failed,
    "settle": settled,
}
