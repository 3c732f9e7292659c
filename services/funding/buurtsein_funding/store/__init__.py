"""Reads and writes the tables of funding, in the caller's transaction."""

from buurtsein_funding.store.applications import ApplicationTable
from buurtsein_funding.store.message_costs import MessageCostTable


class FundingStore(ApplicationTable, MessageCostTable):
    """All tables that the handlers use, in one unit of work."""


__all__ = ["FundingStore"]
