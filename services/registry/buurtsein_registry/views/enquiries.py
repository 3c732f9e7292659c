"""Makes the responses about enquiries: what the sender learns, coordinators read, and officials count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page
from buurtsein_kernel.keyring import Keyring
from buurtsein_registry.domain.enquiry import WITHDRAW, Asked, Enquiry, EnquiryPlace, EnquiryStatus
from buurtsein_registry.domain.tokens import tokens
from buurtsein_registry.views.network_file import readable_network

CURSOR = r"^(open|closed)\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""The pattern of the cursor of a page of enquiries: the status of the last one on the page before, and its id."""


class EnquirySent(BaseModel):
    """The confirmation that an enquiry waits for the coordinators of a network."""

    enquiry_id: UUID
    sent_at: datetime
    message: str
    """What happens next, in Dutch."""
    withdrawal_token: str | None = None
    """The secret with which the sender can withdraw the enquiry."""


class EnquiryWithdrawn(BaseModel):
    """The confirmation that an enquiry is deleted."""

    withdrawn: bool = True


class EnquiryState(BaseModel):
    """An enquiry without the question and the sender's contact data."""

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


class EnquiryCounts(BaseModel):
    """How many enquiries of a network are stored, by status."""

    open: int
    answered: int
    spam: int
    oldest_open: datetime | None = None
    """The time at which the oldest open enquiry was sent."""


def sent(enquiry: Enquiry) -> EnquirySent:
    """Return the confirmation for the sender; nobody is mailed."""
    message = "Een coördinator van het netwerk leest uw vraag en antwoordt u zelf."
    return EnquirySent(enquiry_id=enquiry.enquiry_id, sent_at=enquiry.sent_at, message=message)


def enquiry_state(enquiry: Enquiry) -> EnquiryState:
    """Convert an enquiry to the form of the response, without the question and the sender's contact data."""
    return EnquiryState.model_validate(enquiry.model_dump())


def enquiries_shown(found: Sequence[tuple[Enquiry, Asked]], limit: int) -> Page[EnquiryShown]:
    """Return a page of enquiries for a coordinator; a full page has a cursor, also when nothing comes after it.

    The rows of the next page are not read in advance, because the read of each row is recorded.
    """
    items = [EnquiryShown.model_validate(enquiry.model_dump() | asked.model_dump()) for enquiry, asked in found]
    return Page(items=items, next=_cursor(items[-1]) if len(items) == limit else None)


def _cursor(shown: EnquiryShown) -> str:
    return f"{'closed' if shown.closed_at else 'open'}.{shown.enquiry_id}"


def enquiry_place(cursor: str | None) -> EnquiryPlace | None:
    """Return the place after which a page begins, from a cursor of the form CURSOR; None for the first page."""
    if cursor is None:
        return None
    status, _, enquiry_id = cursor.partition(".")
    return EnquiryPlace(status == "open", UUID(enquiry_id))


def add_token(keyring: Keyring, answer: dict[str, Any]) -> None:
    """Add the token with which the sender can withdraw the enquiry to a confirmation; it is never stored."""
    answer["withdrawal_token"] = tokens(WITHDRAW, UUID(answer["enquiry_id"]), keyring)[0]


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
