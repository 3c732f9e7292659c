"""Makes the HTTP responses of the notifier, each a model of its own."""

from buurtsein_notifier.views.alert_file import AlertFile, alert_file, file_of
from buurtsein_notifier.views.alert_list import (
    ALERT_LIST,
    AlertCounts,
    AlertQuery,
    ListedAlert,
    alert_counts,
    alerts_asked,
    listed_alert,
)
from buurtsein_notifier.views.alert_reports import ALERT_REPORTS, EARLIER_REFUSALS, ReportOfAlert, alert_reports
from buurtsein_notifier.views.figures import BY_MONTH, BY_NETWORK, AlertFigures, FigureQuery, alert_figures
from buurtsein_notifier.views.judgements import Judgements, judgements
from buurtsein_notifier.views.kill_switch import KillSwitch, kill_switch, switch_of
from buurtsein_notifier.views.public_feed import ATOM, CAP, public_feed, public_message
from buurtsein_notifier.views.readers import note_reader
from buurtsein_notifier.views.receipts import ReceiptsTaken
from buurtsein_notifier.views.rule_trial import RuleTrial, rule_trial
from buurtsein_notifier.views.silences import (
    SILENCE_LIST,
    SilenceQuery,
    SilenceShown,
    listed_silence,
    silences_asked,
)
from buurtsein_notifier.views.steps import CheckedSteps, checked_steps

__all__ = [
    "ALERT_LIST",
    "ALERT_REPORTS",
    "ATOM",
    "BY_MONTH",
    "BY_NETWORK",
    "CAP",
    "EARLIER_REFUSALS",
    "SILENCE_LIST",
    "AlertCounts",
    "AlertFigures",
    "AlertFile",
    "AlertQuery",
    "CheckedSteps",
    "FigureQuery",
    "Judgements",
    "KillSwitch",
    "ListedAlert",
    "ReceiptsTaken",
    "ReportOfAlert",
    "RuleTrial",
    "SilenceQuery",
    "SilenceShown",
    "alert_counts",
    "alert_figures",
    "alert_file",
    "alert_reports",
    "alerts_asked",
    "checked_steps",
    "file_of",
    "judgements",
    "kill_switch",
    "listed_alert",
    "listed_silence",
    "note_reader",
    "public_feed",
    "public_message",
    "rule_trial",
    "silences_asked",
    "switch_of",
]
