"""Handles the feedback of the police about an alert: it is stored for each report that led to the alert."""

from buurtsein_contracts.events import FeedbackGiven
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_reports.handlers.stores import Store


async def tell_reporters(given: FeedbackGiven, store: Store) -> None:
    """Store the feedback for each report that led to the alert; reporters read it together with the status."""
    exercise = given.status is not CapStatus.ACTUAL
    await store.keep_feedback(given.report_ids or [], given.alert_id, given.given_at, exercise=exercise)
