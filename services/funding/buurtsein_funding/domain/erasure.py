"""Makes the event by which funding confirms that it has deleted what it kept of an erased person."""

from datetime import datetime
from uuid import UUID

from buurtsein_contracts.events import ErasureConfirmed


def confirmed(erasure_id: UUID, now: datetime) -> ErasureConfirmed:
    """Return the event; `erasure_id` is the id of the event PersonErased."""
    return ErasureConfirmed(erasure_id=erasure_id, service="funding", confirmed_at=now)
