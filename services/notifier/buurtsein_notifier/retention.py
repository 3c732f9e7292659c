"""Defines how long the rows of the notifier's tables are kept. An unfinished delivery is never deleted.

The last use of the kill-switch is never deleted either, because it is the present state.
"""

from buurtsein_chassis.retention import Bound
from buurtsein_notifier.settings import Settings

_FINISHED = "t.state not in ('ready', 'leased', 'unknown') and t.finished_at < $1"
_NOT_JUDGED = "not exists (select from judgement j where j.report_id = t.report_id)"
_NOT_REPORTED = "not exists (select from incident i where i.fact_id = t.fact_id)"
_USED_SINCE = "exists (select from switch s where s.name = t.name and s.use_id > t.use_id)"
_NOT_SENT = "not exists (select from delivery d where d.alert_id = t.alert_id)"


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limits, in an order in which rows are deleted before the rows to which they refer."""
    judging = settings.retention_judging_days
    return [
        Bound("judgement", "judgement", judging, "t.judged_at < $1"),
        Bound("incident", "incident", judging, f"t.happened_at < $1 and {_NOT_JUDGED}"),
        Bound("fact", "fact", judging, f"t.happened_at < $1 and {_NOT_REPORTED}"),
        Bound("silence", "silence", settings.retention_alert_days, "t.ends_at < $1"),
        Bound("campaign_run", "campaign_run", judging, "t.proposed_at < $1"),
        Bound("held_fact", "held_fact", judging, "t.held_at < $1"),
        Bound("delivery", "delivery", judging, _FINISHED),
        Bound("alert", "alert", settings.retention_alert_days, f"t.expires_at < $1 and {_NOT_SENT}"),
        Bound("switch", "switch", settings.retention_alert_days, f"t.changed_at < $1 and {_USED_SINCE}"),
    ]
