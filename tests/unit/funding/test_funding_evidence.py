"""The content of a file decides its type; evidence that contains a program or cannot be scanned is refused."""

import io

import pytest
from PIL import Image

from buurtsein_chassis.virus_scan import Clamd, ScanFailed
from buurtsein_funding.api.evidence_intake import EvidenceIntake
from buurtsein_funding.domain.evidence import EvidenceKind, kind_of
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
