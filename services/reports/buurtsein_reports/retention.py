"""Defines how long reports are kept: first texts and personal data are removed, and the rest stays longer."""

from buurtsein_chassis.retention import Bound
from buurtsein_reports.settings import Settings

_EMPTY = (
    "text = '', street = null, house_number = null, box = null, address_id = null,"
    " place_description = null, latitude = null, longitude = null, forwarded_to = null,"
    " assignee = null, account = null, answers = '{}', tracking_sha256 = ''"
)
_OLD_REPORT = "exists (select from report r where r.report_id = t.report_id and r.reported_at < $1)"


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limits; their periods are settings, which the data controller must confirm."""
    texts, readings = settings.retention_text_days, settings.retention_reading_days
    return [
        Bound("reporter", "reporter", settings.retention_reporter_days, _OLD_REPORT),
        Bound(
            "report.text",
            "report",
            texts,
            "t.reported_at < $1 and (t.text <> '' or t.latitude is not null)",
            blank=_EMPTY,
        ),
        Bound(
            "report_step.text",
            "report_step",
            texts,
            f"{_OLD_REPORT} and coalesce(t.actor, t.assignee, t.message, t.note, t.forwarded_to) is not null",
            blank="actor = null, assignee = null, message = null, note = null, forwarded_to = null",
        ),
        Bound("earlier_place", "earlier_place", texts, _OLD_REPORT),
        Bound("report_feedback", "report_feedback", texts, _OLD_REPORT),
        Bound("report_photo", "report_photo", texts, _OLD_REPORT),
        Bound("photo_act", "photo_act", texts, _OLD_REPORT),
        Bound("report_repeat", "report_repeat", settings.retention_repeat_days, "t.received_at < $1"),
        Bound("report_reading", "report_reading", readings, "t.read_at < $1"),
        Bound("report_export", "report_export", readings, "t.asked_at < $1"),
        Bound("saved_filter", "saved_filter", settings.retention_filter_days, "t.saved_at < $1"),
        Bound("emergency_count", "emergency_count", readings, "t.day < $1::date"),
    ]
