"""Handles commands and events: each handler loads under a row lock, calls the domain, saves, and records events."""

from buurtsein_notifier.handlers.calendar import due_campaigns, propose_campaign
from buurtsein_notifier.handlers.deciding import (
    audit,
    break_glass,
    cancel,
    expire,
    give_back,
    hold,
    refuse,
    release,
    settle,
)
from buurtsein_notifier.handlers.delivering import Look, delivered, expired, given_up, look_before_sending
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.following import follow_up, give_feedback
from buurtsein_notifier.handlers.holding import make_digests
from buurtsein_notifier.handlers.judging import judge, judge_left_over, judge_reported, network_changed
from buurtsein_notifier.handlers.linking import linked, relocated, unlinked
from buurtsein_notifier.handlers.receiving import found_out, receive
from buurtsein_notifier.handlers.rules import approve_rules, propose_rules, with_rules, withdraw_rules
from buurtsein_notifier.handlers.silencing import begin_silence, end_silence
from buurtsein_notifier.handlers.switching import switch
from buurtsein_notifier.handlers.writing import edit, propose, write

__all__ = [
    "Dependencies",
    "Look",
    "approve_rules",
    "audit",
    "begin_silence",
    "break_glass",
    "cancel",
    "delivered",
    "due_campaigns",
    "edit",
    "end_silence",
    "expire",
    "expired",
    "follow_up",
    "found_out",
    "give_back",
    "give_feedback",
    "given_up",
    "hold",
    "judge",
    "judge_left_over",
    "judge_reported",
    "linked",
    "look_before_sending",
    "make_digests",
    "network_changed",
    "propose",
    "propose_campaign",
    "propose_rules",
    "receive",
    "refuse",
    "release",
    "relocated",
    "settle",
    "switch",
    "unlinked",
    "with_rules",
    "withdraw_rules",
    "write",
]
