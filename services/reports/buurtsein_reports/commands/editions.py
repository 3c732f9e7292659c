"""Defines the commands that propose a new edition of the categories, or of the units and rules."""

from datetime import date
from typing import Annotated

from pydantic import Field

from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Plain
from buurtsein_reports.domain.category import CategoryDocument
from buurtsein_reports.domain.routing import RoutingDocument


class Propose(Command):
    """A request to put a new edition into force from a day on, with the reason for it."""

    valid_from: date
    why: Annotated[str, Field(min_length=1, max_length=1000), Plain]


class ProposeCategories(Propose):
    """A request to put new categories into force; the document has all categories, also those that do not change."""

    document: CategoryDocument


class ProposeRouting(Propose):
    """A request to put new units and rules into force; the document has all of them, also those that do not change."""

    document: RoutingDocument
