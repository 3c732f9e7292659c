"""Makes the HTTP responses of the notifier, each a model of its own."""

from buurtsein_notifier.views.alert_file import AlertFile, alert_file, file_of
from buurtsein_notifier.views.alert_list import AlertSummary, alerts
from buurtsein_notifier.views.judgements import Judgements, judgements
from buurtsein_notifier.views.kill_switch import KillSwitch, kill_switch, switch_of

__all__ = [
    "AlertFile",
    "AlertSummary",
    "Judgements",
    "KillSwitch",
    "alert_file",
    "alerts",
    "file_of",
    "judgements",
    "kill_switch",
    "switch_of",
]
