"""Handles the commands of funding: each handler loads, calls one method of the domain, saves, and records events."""

from buurtsein_funding.handlers.applications import edit, request_support, submit, withdraw
from buurtsein_funding.handlers.decisions import ask_more, decide, review
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.erasure import forget
from buurtsein_funding.handlers.evidence import (
    EvidenceStore,
    SentFile,
    add_evidence,
    admit_evidence,
    evidence_unknown,
    take_back,
)
from buurtsein_funding.handlers.message_costs import MessageCosts, keep_costs
from buurtsein_funding.handlers.networks import coordinates, known, of_coordinator
from buurtsein_funding.handlers.payments import (
    PaymentStore,
    cancel,
    give_account,
    justify,
    prepare,
    read_back,
    reclaim,
    release,
)
from buurtsein_funding.handlers.stores import Store

__all__ = [
    "Dependencies",
    "EvidenceStore",
    "MessageCosts",
    "PaymentStore",
    "SentFile",
    "Store",
    "add_evidence",
    "admit_evidence",
    "ask_more",
    "cancel",
    "coordinates",
    "decide",
    "edit",
    "evidence_unknown",
    "forget",
    "give_account",
    "justify",
    "keep_costs",
    "known",
    "of_coordinator",
    "prepare",
    "read_back",
    "reclaim",
    "release",
    "request_support",
    "review",
    "submit",
    "take_back",
    "withdraw",
]
