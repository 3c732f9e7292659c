"""Defines the commands that propose a new edition of the categories, or of the units and rules."""

from buurtsein_kernel.editions import Propose
from buurtsein_reports.domain.category import CategoryDocument
from buurtsein_reports.domain.routing import RoutingDocument


class ProposeCategories(Propose):
    """A request to put new categories into force; the document has all categories, also those that do not change."""

    document: CategoryDocument


class ProposeRouting(Propose):
    """A request to put new units and rules into force; the document has all of them, also those that do not change."""

    document: RoutingDocument
