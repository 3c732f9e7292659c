"""Declares the lifecycle of an application, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words

APPLICATION = Machine(
    "Funding application",
    Words("A request for support", "Een aanvraag van financiële steun"),
    "funding",
    "bin.funding",
    (
        at(0, 0, "SUBMITTED"),
        at(1, 0, "GRANTED"),
        at(2, 0, "PAID", planned=True),
        at(1, 1, "REJECTED"),
        at(0, 1, "WITHDRAWN", planned=True),
    ),
    (
        Step(None, "submit", "SUBMITTED", "FundingRequested"),
        Step("SUBMITTED", "grant", "GRANTED", "FundingDecided"),
        Step("SUBMITTED", "reject", "REJECTED", "FundingDecided"),
        Step("GRANTED", "pay", "PAID", "FundingPaid", planned=True),
        Step("SUBMITTED", "withdraw", "WITHDRAWN", "FundingWithdrawn", planned=True),
    ),
)
