"""Makes the event with which funding confirms that it has deleted its data about an erased person."""

from datetime import datetime
from uuid import UUID

from buurtsein_contracts.events import ErasureConfirmed


def confirmed(erasure_id: UUID, now: datetime) -> ErasureConfirmed:
    """Return the event ErasureConfirmed for the event PersonErased whose id is `erasure_id`."""
    return ErasureConfirmed(erasure_id=erasure_id, service="funding", confirmed_at=now)
