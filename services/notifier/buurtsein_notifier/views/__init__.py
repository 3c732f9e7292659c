"""Makes the HTTP responses of the notifier, each a model of its own."""

from buurtsein_notifier.views.alert_file import AlertFile, alert_file, file_of
from buurtsein_notifier.views.alert_list import AlertSummary, alerts
from buurtsein_notifier.views.judgements import Judgements, judgements
from buurtsein_notifier.views.kill_switch import KillSwitch, kill_switch, switch_of
from buurtsein_notifier.views.steps import CheckedSteps, checked_steps

__all__ = [
    "AlertFile",
    "AlertSummary",
    "CheckedSteps",
    "Judgements",
    "KillSwitch",
    "alert_file",
    "alerts",
    "checked_steps",
    "file_of",
    "judgements",
    "kill_switch",
    "switch_of",
]
