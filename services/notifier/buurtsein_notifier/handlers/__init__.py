"""Handles commands and events: each handler loads under a row lock, calls the domain, saves, and records events."""

from buurtsein_notifier.handlers.deciding import cancel, expire, refuse, release, settle
from buurtsein_notifier.handlers.delivering import delivered, expired, given_up, look_before_sending
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.judging import judge, judge_left_over, network_changed
from buurtsein_notifier.handlers.linking import linked, unlinked
from buurtsein_notifier.handlers.switching import switch

__all__ = [
    "Dependencies",
    "cancel",
    "delivered",
    "expire",
    "expired",
    "given_up",
    "judge",
    "judge_left_over",
    "linked",
    "look_before_sending",
    "network_changed",
    "refuse",
    "release",
    "settle",
    "switch",
    "unlinked",
]
