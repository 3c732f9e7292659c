"""Serves lists over HTTP: filters, sort orders, cursors, counts, and the formats JSON, CSV and GeoJSON.

A service declares a `Listing` and a `ListQuery`; its route calls `Lister.answer`.
"""

from buurtsein_chassis.lists.answers import Lister, anyone_may_list, may_list, require_short, written
from buurtsein_chassis.lists.declared import (
    PLACE,
    Condition,
    Filter,
    Format,
    Listing,
    ListPage,
    ListQuery,
    Order,
    Total,
    condition,
    contains,
    equals,
    one_of,
    words_in,
)
from buurtsein_chassis.lists.formats import AS_CSV, AS_CSV_AND_GEOJSON, NOT_MODIFIED, csv_response
from buurtsein_chassis.lists.pages import page_rows

__all__ = [
    "AS_CSV",
    "AS_CSV_AND_GEOJSON",
    "NOT_MODIFIED",
    "PLACE",
    "Condition",
    "Filter",
    "Format",
    "ListPage",
    "ListQuery",
    "Lister",
    "Listing",
    "Order",
    "Total",
    "anyone_may_list",
    "condition",
    "contains",
    "csv_response",
    "equals",
    "may_list",
    "one_of",
    "page_rows",
    "require_short",
    "words_in",
    "written",
]
