"""Makes a payment file in the form of ISO 20022 pain.001.001.09, as Belgian banks take it.

Invariant: the same orders give the same bytes, so that the hash of a file can be checked later.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from buurtsein_funding.bank.order import Order, Orders, Payer

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_LONGEST_NAME, _LONGEST_TEXT = 70, 140

type Node = tuple[str, str | list[Node]]
"""An element: its tag, and its text or the elements in it."""


def to_pain001(orders: Orders) -> bytes:
    """Return the payment file as UTF-8 XML, which is valid against the schema."""
    sums: list[Node] = [("NbOfTxs", str(len(orders.orders))), ("CtrlSum", _euros(orders.total_cents))]
    head: list[Node] = [
        ("MsgId", orders.message_id),
        ("CreDtTm", orders.made_at.isoformat(timespec="seconds")),
        *sums,
        ("InitgPty", [("Nm", _sepa(orders.payer.name, _LONGEST_NAME))]),
    ]
    payment: list[Node] = [
        ("PmtInfId", orders.message_id),
        ("PmtMtd", "TRF"),
        ("BtchBookg", "false"),
        *sums,
        ("PmtTpInf", [("SvcLvl", [("Cd", "SEPA")])]),
        ("ReqdExctnDt", [("Dt", orders.pay_on.isoformat())]),
        *_payer(orders.payer),
        ("ChrgBr", "SLEV"),
        *(_transaction(order) for order in orders.orders),
    ]
    body: Node = ("CstmrCdtTrfInitn", [("GrpHdr", head), ("PmtInf", payment)])
    namespaces: Any = {None: NAMESPACE}  # lxml-stubs knows no default namespace
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap=namespaces)
    _append(root, body)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def schema_problems(xml: bytes) -> list[str]:
    """Return the errors of a payment file against the schema of ISO 20022; an empty list when it is valid."""
    schema = etree.XMLSchema(_schema_tree())  # a new object, because threads cannot share its error log
    schema.validate(etree.fromstring(xml))
    entries: Any = schema.error_log  # lxml-stubs does not know that it can be iterated
    return [str(entry.message) for entry in entries]


@cache
def _schema_tree() -> etree._Element:
    return etree.fromstring(files("buurtsein_funding.bank").joinpath("schema/pain.001.001.09.xsd").read_bytes())


def _payer(payer: Payer) -> Iterator[Node]:
    bank: Node = ("BICFI", payer.bic) if payer.bic else ("Othr", [("Id", "NOTPROVIDED")])
    yield "Dbtr", [("Nm", _sepa(payer.name, _LONGEST_NAME))]
    yield "DbtrAcct", [("Id", [("IBAN", payer.iban)]), ("Ccy", "EUR")]
    yield "DbtrAgt", [("FinInstnId", [bank])]


def _transaction(order: Order) -> Node:
    account = order.account
    return "CdtTrfTxInf", [
        ("PmtId", [("EndToEndId", order.end_to_end_id)]),
        ("Amt", [("InstdAmt", _euros(order.cents))]),
        ("Cdtr", [("Nm", _sepa(account.holder, _LONGEST_NAME))]),
        ("CdtrAcct", [("Id", [("IBAN", account.iban)])]),
        ("RmtInf", [_structured(account.message) if account.message else ("Ustrd", _sepa(order.text, _LONGEST_TEXT))]),
    ]


def _structured(message: str) -> Node:
    """Return a Belgian structured message; the issuer BBA says that it is one."""
    kind: Node = ("Tp", [("CdOrPrtry", [("Cd", "SCOR")]), ("Issr", "BBA")])
    return "Strd", [("CdtrRefInf", [kind, ("Ref", message)])]


def _append(parent: etree._Element, node: Node) -> None:
    tag, content = node
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    if tag == "InstdAmt":
        child.set("Ccy", "EUR")
    if isinstance(content, str):
        child.text = content
        return
    for one in content:
        _append(child, one)


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _sepa(text: str, longest: int) -> str:
    """Return a text in the characters that every bank of the SEPA takes: no accents, and a space for other signs."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(_NOT_SEPA.sub(" ", plain).split())[:longest] or "-"
