"""A file's content decides its type, the scheme says which costs need evidence, and a coordinator can delete a file."""

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PIL import Image
from unit.funding.funding_memory import (
    COORDINATOR,
    GIVEN,
    NOW,
    SCHEME,
    STRANGER,
    InMemory,
    ask_more,
    coordinate,
    form,
    refusal,
    request,
)

from buurtsein_chassis.virus_scan import Clamd, ScanFailed
from buurtsein_contracts import KnownNetwork
from buurtsein_funding import handlers
from buurtsein_funding.api.evidence_intake import EvidenceIntake
from buurtsein_funding.domain.evidence import Evidence, EvidenceKind, kind_of
from buurtsein_funding.domain.scheme import Proof, Schemes
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 2)).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "kind"),
    [(PDF, EvidenceKind.PDF), (picture("JPEG"), EvidenceKind.JPEG), (picture("PNG"), EvidenceKind.PNG)],
    ids=["pdf", "jpeg", "png"],
)
def test_a_complete_file_is_known_by_its_content_and_half_of_it_is_refused(file: bytes, kind: EvidenceKind) -> None:
    assert kind_of(file) is kind
    with pytest.raises(DomainError, match="evidence_unreadable"):
        kind_of(file[: len(file) // 2])


@pytest.mark.parametrize("file", [b"", b"<html></html>", b"PK\x03\x04", picture("GIF"), b"%PDF-1.7 without an end"])
def test_another_file_is_refused(file: bytes) -> None:
    with pytest.raises(DomainError, match="evidence_unreadable"):
        kind_of(file)


@pytest.mark.parametrize("name", ["JavaScript", "JS", "Launch", "EmbeddedFile", "RichMedia", "Encrypt"])
def test_a_pdf_with_a_program_an_attachment_or_a_password_is_refused(name: str) -> None:
    with pytest.raises(DomainError, match="evidence_active"):
        kind_of(PDF.replace(b"/Catalog", b"/" + name.encode()))


class Scanner(Clamd):
    """A scanner with a fixed answer."""

    def __init__(self, answer: bool | None) -> None:
        self.answer = answer

    async def is_clean(self, file: bytes) -> bool:
        assert file == PDF
        if self.answer is None:
            raise ScanFailed
        return self.answer


@pytest.mark.parametrize(("answer", "code"), [(False, "evidence_infected"), (None, "evidence_scan_failed")])
async def test_a_file_with_malware_or_without_a_scan_is_refused(answer: bool | None, code: str) -> None:
    intake = EvidenceIntake(None, 20, 1000, scan=Scanner(answer))
    with pytest.raises(DomainError, match=code):
        await intake.checked(PDF)


async def test_without_a_scanner_only_the_content_is_checked() -> None:
    assert await EvidenceIntake(None, 20, 1000, scan=None).checked(PDF) is EvidenceKind.PDF


async def test_evidence_is_taken_back_until_the_city_can_have_seen_it(store: InMemory, network: KnownNetwork) -> None:
    draft = await request(store, network, draft=True)
    wrong, kept = [evidence(NOW - timedelta(hours=hour)) for hour in (2, 1)]
    store.proofs[draft.application_id] = [wrong, kept]
    with refusal("application_unknown"):
        await handlers.take_back(draft.application_id, wrong.evidence_id, STRANGER, store)
    assert await handlers.take_back(draft.application_id, wrong.evidence_id, COORDINATOR, store) == [kept]
    with refusal("evidence_unknown"):
        await handlers.take_back(draft.application_id, wrong.evidence_id, COORDINATOR, store)
    submitted = await coordinate(store, "submit", draft)
    with refusal("transition_refused"):
        await handlers.take_back(draft.application_id, kept.evidence_id, COORDINATOR, store)
    await ask_more(store, submitted)
    added = evidence(NOW + timedelta(hours=1))
    store.proofs[draft.application_id].append(added)
    with refusal("transition_refused"):
        await handlers.take_back(draft.application_id, kept.evidence_id, COORDINATOR, store)
    assert await handlers.take_back(draft.application_id, added.evidence_id, COORDINATOR, store) == [kept]


async def test_a_submission_is_refused_until_each_cost_has_the_proof_that_the_scheme_wants(
    store: InMemory, network: KnownNetwork
) -> None:
    kinds = tuple(kind.model_copy(update={"proof": Proof.INVOICE}) for kind in SCHEME.kinds)
    given = replace(GIVEN, schemes=Schemes(scheme=(SCHEME.model_copy(update={"kinds": kinds}),)))
    with refusal("proof_missing"):
        await handlers.request_support(form(network.network_id), COORDINATOR, given, store)
    draft = await handlers.request_support(form(network.network_id, draft=True), COORDINATOR, given, store)
    store.proofs[draft.application_id] = [evidence(NOW, line) for line in (1, 2)]
    with refusal("proof_missing") as refused:
        await handlers.submit(draft.application_id, By(COORDINATOR, "1"), given, store)
    assert refused.value.members == {"lines": [3]}
    store.proofs[draft.application_id].append(evidence(NOW, 3))
    submitted = await handlers.submit(draft.application_id, By(COORDINATOR, "1"), given, store)
    assert submitted.state is ApplicationState.SUBMITTED


def evidence(added_at: datetime, line: int | None = None) -> Evidence:
    return Evidence(sha256="0" * 64, kind=EvidenceKind.PDF, bytes=9, line=line, added_at=added_at)
