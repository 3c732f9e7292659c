"""Reads and writes the tables of reports, in the caller's transaction."""

from buurtsein_reports.store.editions import EditionTable
from buurtsein_reports.store.handling import HandledTable
from buurtsein_reports.store.photos import PhotoTable
from buurtsein_reports.store.submission import SubmittedTable


class ReportsStore(SubmittedTable, HandledTable, PhotoTable, EditionTable):
    """Reads and writes all tables that the handlers use, in one unit of work."""


__all__ = ["ReportsStore"]
