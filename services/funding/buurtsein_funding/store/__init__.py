"""Reads and writes the tables of funding, in the caller's transaction."""

from buurtsein_funding.store.applications import ApplicationTable
from buurtsein_funding.store.evidence import EvidenceTable
from buurtsein_funding.store.message_costs import MessageCostTable
from buurtsein_funding.store.payments import PaymentTables


class FundingStore(ApplicationTable, MessageCostTable, PaymentTables, EvidenceTable):
    """Reads and writes all tables that the handlers use, in one unit of work."""


__all__ = ["FundingStore"]
