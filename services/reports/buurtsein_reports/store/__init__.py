"""Reads and writes the tables of reports, in the caller's transaction."""

from buurtsein_reports.store.handling import HandledTable
from buurtsein_reports.store.submission import SubmittedTable


class ReportsStore(SubmittedTable, HandledTable):
    """The tables of reports, their steps, the counts of emergencies and the known networks, in one unit of work."""


__all__ = ["ReportsStore"]
