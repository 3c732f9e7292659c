"""Converts CAP 1.2 messages to and from XML, and checks XML against the OASIS schema.

Invariant: a parse reads only the given bytes, at most `MAX_BYTES`, without entities, DTDs or the network. A signature
after the last `info` is accepted, but not verified.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, get_args, get_origin

from lxml import etree
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap.model import CapAlert, cap_time

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MAX_BYTES = 256 * 1024
_QUALIFIED = f"{{{NAMESPACE}}}"
_SHOWN = 5


def to_xml(alert: CapAlert) -> bytes:
    """Return a message as UTF-8 XML, with times in the offset of Brussels; the same alert gives the same bytes.

    The message is not checked here; see `check_schema` and `violations`.

    Raises:
        DomainError: `cap_too_large`.
    """
    default_namespace: Any = {None: NAMESPACE}  # lxml-stubs knows no default namespace
    root = etree.Element(f"{_QUALIFIED}alert", nsmap=default_namespace)
    _fill(root, alert)
    return within_limit(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _fill(parent: etree._Element, model: BaseModel) -> None:
    for name in type(model).model_fields:
        value = getattr(model, name)
        for one in value if isinstance(value, tuple) else (value,):
            _append(parent, _element_name(name), one)


_element_name = cache(to_camel)
"""Returns the name of the XML element for the name of a field."""


def _append(parent: etree._Element, tag: str, value: object) -> None:
    if value is None:
        return
    child = etree.SubElement(parent, f"{_QUALIFIED}{tag}")
    if isinstance(value, BaseModel):
        _fill(child, value)
    else:
        child.text = _text(value)


def _text(value: object) -> str:
    match value:
        case datetime():
            return cap_time(value)
        case Decimal():
            return f"{value:f}"  # the schema allows no exponent
        case _:
            return str(value)


@lru_cache(maxsize=16)
def from_xml(xml: bytes) -> CapAlert:
    """Return the CAP message that this XML contains; the last messages are cached, because each is read several times.

    Raises:
        DomainError: cap_too_large, cap_not_xml, cap_doctype, cap_schema or cap_value.
    """
    root = parse(xml)
    if problems := _schema_problems(root):
        raise DomainError("cap_schema", "; ".join(problems[:_SHOWN]))
    try:
        return CapAlert.model_validate(_read(root, CapAlert))
    except ValidationError as error:
        places = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        raise DomainError("cap_value", f"Onbruikbare waarde in: {', '.join(sorted(places))}") from None


def _read(element: etree._Element, model: type[BaseModel]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, field in model.model_fields.items():
        children = element.findall(f"{_QUALIFIED}{_element_name(name)}")
        if get_origin(field.annotation) is tuple:
            values[name] = _read_each(children, get_args(field.annotation)[0])
        elif children:
            values[name] = children[0].text or ""
    return values


def _read_each(children: Iterable[etree._Element], kind: object) -> tuple[object, ...]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return tuple(_read(child, kind) for child in children)
    return tuple(child.text or "" for child in children)


def check_schema(xml: bytes) -> list[str]:
    """Return the errors of `xml` against the OASIS schema, one sentence each; an empty list when it is valid."""
    try:
        return _schema_problems(parse(xml))
    except DomainError as error:
        return [error.detail]


def _schema_problems(root: etree._Element) -> list[str]:
    schema = etree.XMLSchema(_schema_tree())  # a new object, because threads cannot share its error log
    schema.validate(root)
    entries: Any = schema.error_log  # lxml-stubs does not know that it can be iterated
    return [f"regel {entry.line}: {entry.message.replace(_QUALIFIED, '')}" for entry in entries]


@cache
def _schema_tree() -> etree._Element:
    return etree.fromstring(files("buurtsein_notifier.cap").joinpath("schema/CAP-v1.2.xsd").read_bytes())


def parse(xml: bytes) -> etree._Element:
    """Return the root of untrusted XML, read without entities or network; raise DomainError as `from_xml` does."""
    # remove comments, which would split the text around them
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(within_limit(xml), parser)
    except etree.XMLSyntaxError as error:
        raise DomainError("cap_not_xml", "Het bericht is geen leesbare XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DomainError("cap_doctype", "Een CAP-bericht mag geen DOCTYPE of entiteiten bevatten.")
    return root


def within_limit(xml: bytes) -> bytes:
    """Return the bytes of a message; raise DomainError `cap_too_large` when there are too many."""
    if len(xml) > MAX_BYTES:
        raise DomainError("cap_too_large", f"Het bericht is groter dan {MAX_BYTES // 1024} KiB.")
    return xml
