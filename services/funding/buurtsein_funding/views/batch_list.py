"""Declares the list of batches of payments, for finance and for those who release them."""

from typing import Annotated, Literal

import asyncpg

from buurtsein_chassis.lists import Filter, Listing, ListQuery, Order, condition
from buurtsein_funding.documents import BATCHES
from buurtsein_funding.domain.payment import BatchState
from buurtsein_funding.views.payments import BatchSummary

BatchesIn = Filter(lambda states: [condition("state = any({})", [state.value for state in states])])


class BatchQuery(ListQuery):
    """The filter of the list of batches of payments."""

    order: Literal["newest", "oldest"] = "newest"
    state: Annotated[list[BatchState] | None, BatchesIn] = None


BATCH_LIST = Listing[BatchSummary](
    name="payment-batches",
    table="payment_batch",
    select="document, schema",
    key="batch_id",
    orders={"newest": Order("batch_id", "uuid", descending=True), "oldest": Order("batch_id", "uuid")},
    cells={
        "bestand": lambda shown: shown.batch_id,
        "status": lambda shown: shown.state,
        "betaaldag": lambda shown: shown.pay_on,
        "aantal": lambda shown: shown.number,
        "bedrag_cent": lambda shown: shown.total_cents,
        "voorbereid_door": lambda shown: shown.prepared_by,
        "voorbereid_op": lambda shown: shown.prepared_at,
        "vrijgegeven_door": lambda shown: shown.released_by,
        "vrijgegeven_op": lambda shown: shown.released_at,
        "sha256": lambda shown: shown.sha256,
    },
    version="version",
)


def listed_batch(row: asyncpg.Record) -> BatchSummary:
    """Return a batch of payments as the list shows it."""
    return BatchSummary(**BATCHES.read_row(row).model_dump())
