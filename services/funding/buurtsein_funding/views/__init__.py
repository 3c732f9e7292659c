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
    of_network,
    sums_of,
)
from buurtsein_funding.views.conditions import ConditionsNow, conditions_now
from buurtsein_funding.views.evidence import (
    EvidenceList,
    ShownEvidence,
    evidence_of,
    evidence_read,
)
from buurtsein_funding.views.message_costs import CommunicationCosts, communication_costs
from buurtsein_funding.views.payments import (
    BatchFile,
    BatchSummary,
    FileForm,
    ReadBack,
    ShownAccount,
    account_read,
    batch_file,
    batches,
    payment_file,
)
from buurtsein_funding.views.schemes import PUBLIC_SECONDS, ShownSchemes, form_schema, schemes

__all__ = [
    "APPLICATION_LIST",
    "PUBLIC_SECONDS",
    "SUBMITTED",
    "SUMS",
    "ApplicationCounts",
    "ApplicationFile",
    "ApplicationQuery",
    "BatchFile",
    "BatchSummary",
    "CommunicationCosts",
    "ConditionsNow",
    "EvidenceList",
    "FileForm",
    "OfNetwork",
    "ReadBack",
    "ShownAccount",
    "ShownEvidence",
    "ShownSchemes",
    "Sums",
    "account_read",
    "application_counts",
    "application_file",
    "batch_file",
    "batches",
    "communication_costs",
    "conditions_now",
    "evidence_of",
    "evidence_read",
    "file_of",
    "form_schema",
    "listed_application",
    "of_network",
    "payment_file",
    "schemes",
    "sums_of",
]
