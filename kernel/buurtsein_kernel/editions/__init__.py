"""Keeps versions of a document that two people put into force: editions, each from a day on."""

from buurtsein_kernel.editions.changes import Change, changes
from buurtsein_kernel.editions.deciding import EditionStore, Propose, approve, propose, withdraw
from buurtsein_kernel.editions.edition import (
    ACTIONS,
    Edition,
    EditionStatus,
    Editor,
    Last,
    Needed,
    Proposal,
    proposed,
)

__all__ = [
    "ACTIONS",
    "Change",
    "Edition",
    "EditionStatus",
    "EditionStore",
    "Editor",
    "Last",
    "Needed",
    "Proposal",
    "Propose",
    "approve",
    "changes",
    "propose",
    "proposed",
    "withdraw",
]
