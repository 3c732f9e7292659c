"""Makes the HTTP responses of reports: for the reporter, and for those who handle a report."""

from buurtsein_reports.views.categories import Categories, categories
from buurtsein_reports.views.progress import Progress, progress
from buurtsein_reports.views.receipts import Receipt, receipt_headers
from buurtsein_reports.views.report_file import Reader, ReportFile, report_file
from buurtsein_reports.views.sources import KnownSources, known_sources

__all__ = [
    "Categories",
    "KnownSources",
    "Progress",
    "Reader",
    "Receipt",
    "ReportFile",
    "categories",
    "known_sources",
    "progress",
    "receipt_headers",
    "report_file",
]
