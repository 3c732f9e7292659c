"""Makes the receipt that a reporter gets for a report."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.category import CategoryData
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.report import AcceptedReport, ReportFlag
from buurtsein_reports.domain.states import ReportStatus
from buurtsein_reports.domain.texts import Texts
from buurtsein_reports.handlers import Dependencies


class FormalComplaint(BaseModel):
    """How to make a formal complaint: a text and a web address."""

    text: str
    url: str


class Receipt(BaseModel):
    """The receipt for a reporter, in the language of the report; the tracking token in it is never stored."""

    report_id: UUID
    reference: str
    tracking_token: str | None = None
    status: ReportStatus
    category: CategoryCode
    language: Language
    next_step: str
    advice: list[str]
    emergency_reminder: str
    photos: str
    """What not to photograph: faces, number plates, and danger."""
    formal_complaint: FormalComplaint | None = None
    network_id: UUID | None = None
    flags: list[ReportFlag] = []

    @classmethod
    def of(cls, report: AcceptedReport, data: CategoryData, language: Language, given: Dependencies) -> Self:
        """Return the receipt of an accepted report, without the tracking token."""
        texts, own_texts = given.texts.in_language(language), data.texts.in_language(language)
        return cls(
            report_id=report.report_id,
            reference=report.reference,
            status=report.status,
            category=report.category,
            language=language,
            next_step=own_texts.next_step,
            advice=own_texts.advice,
            emergency_reminder=f"{texts.police_first} {texts.reminder}" if data.police_first else texts.reminder,
            photos=texts.photos,
            formal_complaint=_complaint(data, texts, given),
            network_id=report.network_id,
            flags=report.flags,
        )


def receipt_headers(receipt: Receipt) -> dict[str, str]:
    """Return the receipt's HTTP headers: the address to follow the report, and `Cache-Control` against storing."""
    return {"Cache-Control": "no-store", "Location": f"/v1/reports/{receipt.reference}/status"}


def _complaint(data: CategoryData, texts: Texts, given: Dependencies) -> FormalComplaint | None:
    if data.complaint is None:
        return None
    url = given.complaints.online_url if data.complaint.is_online else given.complaints.office_url
    return FormalComplaint(text=texts.complaint[data.complaint], url=url)
