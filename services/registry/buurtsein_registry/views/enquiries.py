"""Makes the responses about enquiries: what the sender learns, coordinators read, and officials count."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_registry.domain.enquiry import Asked, Enquiry, EnquiryStatus
from buurtsein_registry.views.network_file import readable_network


class EnquirySent(BaseModel):
    """The confirmation that an enquiry waits for the coordinators of a network."""

    enquiry_id: UUID
    sent_at: datetime
    message: str
    """What happens next, in Dutch."""


class EnquiryState(BaseModel):
    """An enquiry without what was asked and by whom."""

    enquiry_id: UUID
    network_id: UUID
    sent_at: datetime
    status: EnquiryStatus
    closed_at: datetime | None = None
    version: int
    """The value for `If-Match`, to close the enquiry."""


class EnquiryShown(EnquiryState):
    """An enquiry as the coordinators of its network read it."""

    text: str
    email: str | None = None
    phone: str | None = None


class EnquiriesShown(BaseModel):
    """The enquiries of one network, open ones first, then the newest first."""

    items: list[EnquiryShown]


class EnquiryCounts(BaseModel):
    """How many enquiries of a network are stored, by status."""

    open: int
    answered: int
    spam: int
    oldest_open: datetime | None = None
    """When the oldest open one was sent."""


def sent(enquiry: Enquiry) -> EnquirySent:
    """Return the confirmation for the sender; nobody is mailed."""
    message = "Een coördinator van het netwerk leest uw vraag en antwoordt u zelf."
    return EnquirySent(enquiry_id=enquiry.enquiry_id, sent_at=enquiry.sent_at, message=message)


def enquiry_state(enquiry: Enquiry) -> EnquiryState:
    """Return an enquiry without what was asked."""
    return EnquiryState.model_validate(enquiry.model_dump())


def enquiries_shown(found: Sequence[tuple[Enquiry, Asked]]) -> EnquiriesShown:
    """Return the response that shows enquiries to a coordinator."""
    return EnquiriesShown(
        items=[EnquiryShown.model_validate(enquiry.model_dump() | asked.model_dump()) for enquiry, asked in found]
    )


async def enquiry_counts(connection: Connection, network_id: UUID) -> EnquiryCounts:
    """Return how many enquiries of a network are stored; raise `network_unknown`."""
    await readable_network(connection, network_id, None)
    rows = await connection.fetch(
        "select status, count(*) as number, min(sent_at) as oldest from enquiry where network_id = $1 group by status",
        network_id,
    )
    numbers = {row["status"]: row["number"] for row in rows}
    oldest = next((row["oldest"] for row in rows if row["status"] == EnquiryStatus.OPEN), None)
    by_name = {status.value.lower(): numbers.get(status.value, 0) for status in EnquiryStatus}
    return EnquiryCounts(**by_name, oldest_open=oldest)
