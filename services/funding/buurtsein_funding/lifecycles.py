"""Declares the lifecycle of an application, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words

APPLICATION = Machine(
    "Funding application",
    Words("A request for support", "Een aanvraag van financiële steun"),
    "funding",
    "bin.funding",
    (
        at(0, 0, "DRAFT"),
        at(1, 0, "SUBMITTED"),
        at(1, 2, "INCOMPLETE"),
        at(2, 0, "UNDER_REVIEW"),
        at(3, 0, "GRANTED"),
        at(2, 2, "REJECTED"),
        at(0, 1, "WITHDRAWN"),
        at(4, 0, "PAID"),
        at(4, 1, "JUSTIFIED"),
        at(3, 1, "RECLAIMED"),
    ),
    (
        Step(None, "draft", "DRAFT"),
        Step("DRAFT", "edit", "DRAFT"),
        Step("DRAFT", "submit", "SUBMITTED", "FundingRequested"),
        Step("SUBMITTED", "ask_more", "INCOMPLETE", "FundingIncomplete"),
        Step("INCOMPLETE", "edit", "INCOMPLETE"),
        Step("INCOMPLETE", "submit", "SUBMITTED", "FundingCompleted"),
        Step("SUBMITTED", "review", "UNDER_REVIEW", "FundingReviewed"),
        Step("INCOMPLETE", "review", "UNDER_REVIEW", "FundingReviewed"),
        Step("UNDER_REVIEW", "review", "UNDER_REVIEW", "FundingReviewed"),
        Step("UNDER_REVIEW", "ask_more", "INCOMPLETE", "FundingIncomplete"),
        Step("UNDER_REVIEW", "grant", "GRANTED", "FundingDecided"),
        Step("UNDER_REVIEW", "reject", "REJECTED", "FundingDecided"),
        Step("DRAFT", "withdraw", "WITHDRAWN"),
        Step("SUBMITTED", "withdraw", "WITHDRAWN", "FundingWithdrawn"),
        Step("INCOMPLETE", "withdraw", "WITHDRAWN", "FundingWithdrawn"),
        Step("UNDER_REVIEW", "withdraw", "WITHDRAWN", "FundingWithdrawn"),
        Step("GRANTED", "pay", "PAID", "FundingPaid"),
        Step("PAID", "justify", "JUSTIFIED", "FundingJustified"),
        Step("PAID", "reclaim", "RECLAIMED", "FundingReclaimed"),
        Step("JUSTIFIED", "reclaim", "RECLAIMED", "FundingReclaimed"),
    ),
)
