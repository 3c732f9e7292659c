"""Stores and shows editions of documents that two people put into force; the kernel decides on them."""

from buurtsein_chassis.editions.store import EditionTable, found_edition, in_force, row_in_force
from buurtsein_chassis.editions.views import (
    EditionFile,
    Editions,
    ListedEdition,
    edition_file,
    editions,
    version_of,
)

__all__ = [
    "EditionFile",
    "EditionTable",
    "Editions",
    "ListedEdition",
    "edition_file",
    "editions",
    "found_edition",
    "in_force",
    "row_in_force",
    "version_of",
]
