"""Makes the HTTP responses of funding: applications, lists and sums of them, schemes, and conditions of a network."""

from buurtsein_funding.views.application_file import ApplicationFile, application_file, file_of
from buurtsein_funding.views.application_list import (
    APPLICATION_LIST,
    SUBMITTED,
    SUMS,
    ApplicationCounts,
    ApplicationQuery,
    OfNetwork,
    Sums,
    application_counts,
    listed_application,
    listed_own,
    of_network,
    sums_of,
)
from buurtsein_funding.views.batch_list import BATCH_LIST, BatchQuery, listed_batch
from buurtsein_funding.views.conditions import ConditionsNow, conditions_now
from buurtsein_funding.views.evidence import (
    EvidenceList,
    ShownEvidence,
    evidence_of,
    evidence_read,
)
from buurtsein_funding.views.message_costs import COSTS_NEWEST, COSTS_SUM, CommunicationCosts, communication_costs
from buurtsein_funding.views.payments import (
    PAYMENTS_OF_BATCH,
    AccountGiven,
    BatchFile,
    BatchSummary,
    FileForm,
    ReadBack,
    ShownAccount,
    account_read,
    add_account,
    batch_file,
    payment_file,
)
from buurtsein_funding.views.readings import Reading, ReadingReason
from buurtsein_funding.views.schemes import PUBLIC_SECONDS, ShownSchemes, form_schema, schemes

__all__ = [
    "APPLICATION_LIST",
    "BATCH_LIST",
    "COSTS_NEWEST",
    "COSTS_SUM",
    "PAYMENTS_OF_BATCH",
    "PUBLIC_SECONDS",
    "SUBMITTED",
    "SUMS",
    "AccountGiven",
    "ApplicationCounts",
    "ApplicationFile",
    "ApplicationQuery",
    "BatchFile",
    "BatchQuery",
    "BatchSummary",
    "CommunicationCosts",
    "ConditionsNow",
    "EvidenceList",
    "FileForm",
    "OfNetwork",
    "ReadBack",
    "Reading",
    "ReadingReason",
    "ShownAccount",
    "ShownEvidence",
    "ShownSchemes",
    "Sums",
    "account_read",
    "add_account",
    "application_counts",
    "application_file",
    "batch_file",
    "communication_costs",
    "conditions_now",
    "evidence_of",
    "evidence_read",
    "file_of",
    "form_schema",
    "listed_application",
    "listed_batch",
    "listed_own",
    "of_network",
    "payment_file",
    "schemes",
    "sums_of",
]
