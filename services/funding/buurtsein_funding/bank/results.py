"""Reads which payments the bank made or refused: pain.002, camt.053 and camt.054 of any version, or CSV.

Invariant: a parse reads only the given bytes, at most `MAX_BYTES`, without entities, DTDs or the network.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO

from lxml import etree
from pydantic import BaseModel, ConfigDict

from buurtsein_kernel.problems import DomainError, Word

MAX_BYTES = 5 * 1024 * 1024
MOST_RESULTS = 10_000
_PAID = frozenset({"ACSC", "ACCC"})
_REFUSED = frozenset({"RJCT", "CANC"})
_COLUMNS = ("end_to_end_id", "status", "date", "reason")
_LONGEST_ID, _LONGEST_REASON = 35, 60


class Result(BaseModel):
    """The bank's report about one payment or, without an end-to-end id, about all payments of a file."""

    model_config = ConfigDict(frozen=True)

    end_to_end_id: str | None = None
    message_id: str | None = None
    paid_on: date | None = None
    """The day of the payment; None for a payment that was refused or sent back."""
    reason: str | None = None
    """The bank's code for a refusal, such as AC04 for a closed account."""
    cents: int | None = None


def read_results(file: bytes) -> list[Result]:
    """Return the results in a file of the bank, also of payments that are not ours; pending payments are left out.

    Raises:
        DomainError: `results_too_large`, or `results_unreadable` for a file in an unknown form.
    """
    if len(file) > MAX_BYTES:
        most = MAX_BYTES // 1024 // 1024
        raise _too_large(f"Het bestand is groter dan {most} MB.", "megabytes", most)
    read = _of_xml if file.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _of_csv
    found: list[Result] = []
    for result in read(file):
        found.append(result)
        if len(found) > MOST_RESULTS:
            raise _too_large(f"Het bestand heeft meer dan {MOST_RESULTS} betalingen.", "results", MOST_RESULTS)
    return found


def _too_large(detail: str, why: str, most: int) -> DomainError:
    return DomainError("results_too_large", detail, values={"why": Word("refused", why), "most": most})


def _unreadable() -> DomainError:
    return DomainError("results_unreadable", "Dit is geen bestand van de bank dat we kunnen lezen.")


def _of_xml(file: bytes) -> Iterator[Result]:
    root = _parsed(file)
    if (report := _first(root, "CstmrPmtStsRpt")) is not None:
        return _of_report(report)
    if _first(root, "BkToCstmrStmt") is not None or _first(root, "BkToCstmrDbtCdtNtfctn") is not None:
        return (result for entry in root.iter("{*}Ntry") for result in _of_entry(entry))
    raise _unreadable()


def _parsed(file: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(file, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable()
    return root


def _of_report(report: etree._Element) -> Iterator[Result]:
    """Yield the results of a pain.002: of each transaction, and of the whole file when the bank refused all of it."""
    message = _text(report, "OrgnlGrpInfAndSts/OrgnlMsgId")
    for group in (*report.findall("{*}OrgnlGrpInfAndSts"), *report.findall("{*}OrgnlPmtInfAndSts")):
        if (_text(group, "GrpSts") or _text(group, "PmtInfSts")) in _REFUSED and not group.findall("{*}TxInfAndSts"):
            yield Result(message_id=_text(group, "OrgnlPmtInfId") or message, reason=_reason(group))
    for one in report.iter("{*}TxInfAndSts"):
        status, name = _text(one, "TxSts"), _text(one, "OrgnlEndToEndId")
        if status in _PAID:
            yield Result(end_to_end_id=name, paid_on=_day(_text(one, "AccptncDtTm")) or _made_on(report))
        elif status in _REFUSED:
            yield Result(end_to_end_id=name, reason=_reason(one))


def _of_entry(entry: etree._Element) -> Iterator[Result]:
    """Yield the results of a booked entry: a debit means paid; a credit with return information means it came back."""
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != "BOOK":
        return
    booked = _day(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))
    debit = _text(entry, "CdtDbtInd") == "DBIT"
    details = list(entry.iter("{*}TxDtls"))
    for one in details:
        name, cents = _text(one, "Refs/EndToEndId"), _cents(one, "Amt") or _cents(one, "AmtDtls/TxAmt/Amt")
        if debit and booked:
            yield Result(end_to_end_id=name, paid_on=booked, cents=cents)
        elif _find(one, "RtrInf") is not None:
            yield Result(end_to_end_id=name, reason=_text(one, "RtrInf/Rsn/Cd") or "returned", cents=cents)
    for batch in entry.iter("{*}Btch"):
        if debit and booked and not details:
            yield Result(message_id=_text(batch, "PmtInfId") or _text(batch, "MsgId"), paid_on=booked)


def _of_csv(file: bytes) -> Iterator[Result]:
    """Yield the results of a CSV file with `;` and the columns end_to_end_id, status (paid, failed), date, reason."""
    try:
        rows = csv.DictReader(StringIO(file.decode("utf-8-sig")), delimiter=";", strict=True)
        if not set(_COLUMNS[:2]) <= set(rows.fieldnames or ()):
            raise _unreadable()
        for row in rows:
            yield _of_row(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable() from error


def _of_row(row: dict[str, str | None]) -> Result:
    name, status, day, reason = ((row.get(column) or "").strip() for column in _COLUMNS)
    paid_on = _day(day)
    if status not in {"paid", "failed"} or (status == "paid" and paid_on is None):
        raise _unreadable()
    if status == "paid":
        return Result(end_to_end_id=name[:_LONGEST_ID], paid_on=paid_on)
    return Result(end_to_end_id=name[:_LONGEST_ID], reason=reason[:_LONGEST_REASON] or "unknown")


def _reason(element: etree._Element) -> str:
    found = _text(element, "StsRsnInf/Rsn/Cd") or _text(element, "StsRsnInf/Rsn/Prtry")
    return found[:_LONGEST_REASON] if found else "unknown"


def _made_on(report: etree._Element) -> date | None:
    return _day(_text(report, "GrpHdr/CreDtTm"))


def _first(root: etree._Element, tag: str) -> etree._Element | None:
    return next(root.iter(f"{{*}}{tag}"), None)


def _find(element: etree._Element, path: str) -> etree._Element | None:
    return element.find("/".join(f"{{*}}{tag}" for tag in path.split("/")))


def _text(element: etree._Element, path: str) -> str | None:
    found = _find(element, path)
    return (found.text or "").strip() or None if found is not None else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _cents(element: etree._Element, path: str) -> int | None:
    try:
        return int(Decimal(_text(element, path) or "") * 100)
    except InvalidOperation:
        return None
