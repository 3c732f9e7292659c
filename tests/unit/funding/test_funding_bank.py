"""Payment files are valid for the bank, accounts are checked, and the bank's answers are read safely."""

import hashlib
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from lxml import etree
from pydantic import ValidationError

from buurtsein_funding.bank import (
    Account,
    Order,
    Orders,
    Payer,
    Result,
    masked,
    read_results,
    schema_problems,
    to_pain001,
)
from buurtsein_kernel.problems import DomainError

IBAN, OTHER_IBAN = "BE68539007547034", "BE71096123456769"
MESSAGE = "010806817183"
DAY = date(2026, 3, 2)


def order(name: str = "e1", holder: str = "BIN Noordwijk vzw", cents: int = 18500, message: str | None = None) -> Order:
    account = Account(holder=holder, iban=IBAN, message=message)
    return Order(end_to_end_id=name, account=account, cents=cents, text="Steun communicatiekosten 2026")


def orders(*some: Order, bic: str | None = None) -> Orders:
    made_at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    payer = Payer(name="Stad Voorbeeld", iban=OTHER_IBAN, bic=bic)
    return Orders(message_id="m1", made_at=made_at, pay_on=DAY, payer=payer, orders=some or (order(),))


@pytest.mark.parametrize(
    "given",
    [
        orders(),
        orders(bic="GKCCBEBB"),
        orders(order("e1", message="+++010/8068/17183+++"), order("e2", "Société Générale & Cie ½", 1)),
        orders(order(holder="王")),
    ],
)
def test_the_payment_file_pain_001_is_valid_against_its_xsd(given: Orders) -> None:
    assert schema_problems(to_pain001(given)) == []


def test_the_check_against_the_xsd_sees_a_file_that_is_wrong() -> None:
    wrong = to_pain001(orders()).replace(b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>CASH</PmtMtd>")
    assert "PmtMtd" in schema_problems(wrong)[0]


def test_the_payment_file_has_counts_control_sum_and_the_belgian_structured_message() -> None:
    root = etree.fromstring(to_pain001(orders(order("e1", message=MESSAGE), order("e2", "Crèche", 1))))
    texts = {tag: [one.text for one in root.iter(f"{{*}}{tag}")] for tag in ("NbOfTxs", "CtrlSum", "Ref", "Issr", "Nm")}
    assert texts["NbOfTxs"] == ["2", "2"]
    assert texts["CtrlSum"] == ["185.01", "185.01"]
    assert (texts["Ref"], texts["Issr"]) == ([MESSAGE], ["BBA"])
    assert "Creche" in texts["Nm"]


def test_the_same_orders_give_the_same_bytes() -> None:
    assert to_pain001(orders()) == to_pain001(orders())


def test_the_schema_is_the_one_of_its_readme() -> None:
    schema = files("buurtsein_funding.bank").joinpath("schema/pain.001.001.09.xsd").read_bytes()
    said = files("buurtsein_funding.bank").joinpath("schema/README.md").read_text()
    assert hashlib.sha256(schema).hexdigest() in said


@pytest.mark.parametrize("wrong", ["BE68539007547035", "BE00", "53900754", ""])
def test_an_iban_with_wrong_check_digits_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="IBAN"):
        Account(holder="x", iban=wrong)


def test_an_iban_is_stored_without_spaces_and_shown_masked() -> None:
    account = Account(holder="x", iban="be68 5390 0754 7034")
    assert account.iban == IBAN
    assert masked(account.iban) == "BE68 •••••••• 7034"


@pytest.mark.parametrize("wrong", ["+++010/8068/17184+++", "123", "010806817180"])
def test_a_structured_message_with_wrong_check_digits_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="mededeling"):
        Account(holder="x", iban=IBAN, message=wrong)


REPORT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>bank</MsgId><CreDtTm>2026-03-02T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>m1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>
{payment}</CstmrPmtStsRpt></Document>"""
PARTLY = """<OrgnlPmtInfAndSts><OrgnlPmtInfId>m1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<TxInfAndSts><OrgnlEndToEndId>e1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>e2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>e3</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>"""
REFUSED = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DU01</Cd></Rsn></StsRsnInf>"


@pytest.mark.parametrize("version", ["03", "10", "14"])
def test_paid_and_failed_are_read_back_from_pain_002(version: str) -> None:
    file = REPORT.format(version=version, group="", payment=PARTLY).encode()
    assert read_results(file) == [
        Result(end_to_end_id="e1", paid_on=DAY),
        Result(end_to_end_id="e2", reason="AC04"),
    ]


def test_a_pain_002_that_refuses_the_whole_file_fails_all_its_payments() -> None:
    file = REPORT.format(version="10", group=REFUSED, payment="").encode()
    assert read_results(file) == [Result(message_id="m1", reason="DU01")]


STATEMENT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}"><{top}><{part}>
<Ntry><Amt Ccy="EUR">185.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{booked}</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>e1</EndToEndId></Refs><Amt Ccy="EUR">185.00</Amt></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{pending}</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>e9</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{booked}</Sts>
<BookgDt><DtTm>2026-03-02T01:00:00</DtTm></BookgDt>
<NtryDtls><Btch><PmtInfId>m2</PmtInfId></Btch></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{booked}</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>e2</EndToEndId></Refs><Amt Ccy="EUR">2.00</Amt>
<RtrInf><Rsn><Cd>MD07</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></{part}></{top}></Document>"""


@pytest.mark.parametrize(
    ("kind", "top", "part", "booked", "pending"),
    [
        ("053.001.02", "BkToCstmrStmt", "Stmt", "BOOK", "PDNG"),
        ("053.001.08", "BkToCstmrStmt", "Stmt", "<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>"),
        ("054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", "<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>"),
    ],
)
def test_paid_and_returned_are_read_back_from_camt_053_and_camt_054(
    kind: str, top: str, part: str, booked: str, pending: str
) -> None:
    file = STATEMENT.format(kind=kind, top=top, part=part, booked=booked, pending=pending)
    assert read_results(file.encode()) == [
        Result(end_to_end_id="e1", paid_on=DAY, cents=18500),
        Result(message_id="m2", paid_on=DAY),
        Result(end_to_end_id="e2", reason="MD07", cents=200),
    ]


def test_paid_and_failed_are_read_back_from_csv() -> None:
    file = "\ufeffend_to_end_id;status;date;reason\ne1;paid;2026-03-02;\ne2;failed;;AC04\n".encode()
    assert read_results(file) == [
        Result(end_to_end_id="e1", paid_on=DAY),
        Result(end_to_end_id="e2", reason="AC04"),
    ]


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (BOMB + REPORT.format(version="10", group="&b;", payment=""), "results_unreadable"),
        (
            '<!DOCTYPE d SYSTEM "file:///etc/passwd">' + REPORT.format(version="10", group="", payment=""),
            "results_unreadable",
        ),
        ("<Document/>", "results_unreadable"),
        ("<Document", "results_unreadable"),
        ("a;b\n1;2\n", "results_unreadable"),
        ("end_to_end_id;status\ne1;maybe\n", "results_unreadable"),
        ("end_to_end_id;status;date\ne1;paid;\n", "results_unreadable"),
        ("\x00\x01", "results_unreadable"),
        ("x" * (5 * 1024 * 1024 + 1), "results_too_large"),
        ("end_to_end_id;status;date\n" + "e1;paid;2026-03-02\n" * 10_001, "results_too_large"),
    ],
)
def test_a_hostile_or_wrong_file_of_the_bank_is_refused(file: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_results(file.encode())
    assert refused.value.code == code
