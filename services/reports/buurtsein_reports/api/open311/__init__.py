"""Serves the standard Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2), for reports that the city handles.

Invariant: a report that comes in this way is handled exactly as one of `POST /v1/reports`.
"""

from buurtsein_chassis.facades import Facade
from buurtsein_reports.api.open311.documents import ERROR_RESPONSES, error_document
from buurtsein_reports.api.open311.routes import router

FACADE = Facade("/open311/v2", router, error_document, ERROR_RESPONSES)

__all__ = ["FACADE"]
