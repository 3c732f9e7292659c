"""Makes what the alert rules need of a report, from its event."""

from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.rule import RuleBook


def incident_of(data: IncidentReported, book: RuleBook) -> Incident:
    """Return the data of a report that the alert rules need.

    For a report that was imported from the hotline, `reported_at` is ignored: it is the time of the import.
    """
    reported = None if data.channel is ReportChannel.HOTLINE else data.reported_at
    return Incident(
        report_id=data.report_id,
        category=data.category,
        severity=data.severity,
        longitude=data.location.longitude,
        latitude=data.location.latitude,
        has_exact_place=data.location.within_metres is None,
        channel=data.channel,
        happened_at=book.moment(data.category, data.happened_from, data.happened_to, reported),
    )
