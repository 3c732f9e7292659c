"""Makes the HTTP responses of reports: for the reporter, and for those who handle a report."""

from buurtsein_reports.views.bulk import SAMPLE, Bulk, BulkOutcome, BulkResult, selected
from buurtsein_reports.views.categories import Categories, categories
from buurtsein_reports.views.exports import ExportRequest, ReportExport, export_written
from buurtsein_reports.views.figures import FIGURES, Figure, FigureQuery, Figures, Openness, figures
from buurtsein_reports.views.filters import SavedFilter, SavedFilters, kept, saved_filters
from buurtsein_reports.views.forwarded import ForwardedReport, forwarded_report
from buurtsein_reports.views.handled import Handled, Reaction, clerk_actions
from buurtsein_reports.views.neighbourhoods import NeighbourhoodList
from buurtsein_reports.views.open311 import PUBLIC_SECONDS
from buurtsein_reports.views.own_reports import OwnReports, own_reports
from buurtsein_reports.views.photos import PhotoDone, PhotoReceipt, photo_read, released_photo
from buurtsein_reports.views.progress import Progress, progress
from buurtsein_reports.views.receipts import Receipt, receipt_headers
from buurtsein_reports.views.report_file import Reader, ReportFile, report_file
from buurtsein_reports.views.report_list import (
    REPORTS,
    ListedReport,
    ReportCounts,
    ReportQuery,
    asked_for,
    listed_report,
    listing_of,
    report_counts,
)
from buurtsein_reports.views.similar import NEARBY, Likeness, SimilarReports, similar_reports
from buurtsein_reports.views.sources import KnownSources, known_sources
from buurtsein_reports.views.trial import RoutingTrial, TryRouting, routing_trial

__all__ = [
    "FIGURES",
    "NEARBY",
    "PUBLIC_SECONDS",
    "REPORTS",
    "SAMPLE",
    "Bulk",
    "BulkOutcome",
    "BulkResult",
    "Categories",
    "ExportRequest",
    "Figure",
    "FigureQuery",
    "Figures",
    "ForwardedReport",
    "Handled",
    "KnownSources",
    "Likeness",
    "ListedReport",
    "NeighbourhoodList",
    "Openness",
    "OwnReports",
    "PhotoDone",
    "PhotoReceipt",
    "Progress",
    "Reaction",
    "Reader",
    "Receipt",
    "ReportCounts",
    "ReportExport",
    "ReportFile",
    "ReportQuery",
    "RoutingTrial",
    "SavedFilter",
    "SavedFilters",
    "SimilarReports",
    "TryRouting",
    "asked_for",
    "categories",
    "clerk_actions",
    "export_written",
    "figures",
    "forwarded_report",
    "kept",
    "known_sources",
    "listed_report",
    "listing_of",
    "own_reports",
    "photo_read",
    "progress",
    "receipt_headers",
    "released_photo",
    "report_counts",
    "report_file",
    "routing_trial",
    "saved_filters",
    "selected",
    "similar_reports",
]
