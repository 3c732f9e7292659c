"""Handles the feedback of the police about an alert: the reporters whose reports were behind it are told."""

from buurtsein_contracts.events import FeedbackGiven
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_reports.handlers.stores import Store


async def tell_reporters(given: FeedbackGiven, store: Store) -> None:
    """Note at each report behind an alert that the police gave feedback; its reporter reads it with the status."""
    exercise = given.status is not CapStatus.ACTUAL
    await store.keep_feedback(given.report_ids or [], given.alert_id, given.given_at, exercise=exercise)
