"""Reads and writes the tables of reports, in the caller's transaction."""

from buurtsein_reports.store.reports import ReportsStore

__all__ = ["ReportsStore"]
