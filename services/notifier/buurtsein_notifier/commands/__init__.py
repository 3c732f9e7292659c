"""Defines the commands of the notifier; each is the body of one request."""

from buurtsein_notifier.commands.deciding import Audit, BreakGlass, Cancel, Hold, Refuse, Return, Settle
from buurtsein_notifier.commands.rules import ProposeRules
from buurtsein_notifier.commands.silences import BeginSilence
from buurtsein_notifier.commands.switching import Switch
from buurtsein_notifier.commands.trial import TryRules
from buurtsein_notifier.commands.writing import Edit, Feedback, FollowUp, Place, Propose, Write, WrittenTexts

__all__ = [
    "Audit",
    "BeginSilence",
    "BreakGlass",
    "Cancel",
    "Edit",
    "Feedback",
    "FollowUp",
    "Hold",
    "Place",
    "Propose",
    "ProposeRules",
    "Refuse",
    "Return",
    "Settle",
    "Switch",
    "TryRules",
    "Write",
    "WrittenTexts",
]
