"""Makes and checks CAP 1.2 messages, without I/O: the model, its XML, rules beyond the schema, and SMS units.

Invariant: a message may be sent when `check_schema` finds nothing, `violations` finds no error and `guard_status` does
not raise.
"""

from buurtsein_notifier.cap.drawing import drawn_area
from buurtsein_notifier.cap.geometry import circle_text, polygon_text
from buurtsein_notifier.cap.model import (
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    NamedValue,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    address_list,
    cap_identifier,
    cap_time,
    parse_addresses,
    parse_references,
    reference_list,
)
from buurtsein_notifier.cap.rules import guard_status, violations
from buurtsein_notifier.cap.sms import DEFAULT_UNIT_PRICE, Encoding, SmsCount, plain_sms, sms_units
from buurtsein_notifier.cap.violation import Level, Violation
from buurtsein_notifier.cap.xml import MAX_BYTES, check_schema, from_xml, to_xml

__all__ = [
    "DEFAULT_UNIT_PRICE",
    "MAX_BYTES",
    "Area",
    "CapAlert",
    "Category",
    "Certainty",
    "Encoding",
    "Info",
    "Level",
    "MsgType",
    "NamedValue",
    "Reference",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "SmsCount",
    "Status",
    "Urgency",
    "Violation",
    "address_list",
    "cap_identifier",
    "cap_time",
    "check_schema",
    "circle_text",
    "drawn_area",
    "from_xml",
    "guard_status",
    "parse_addresses",
    "parse_references",
    "plain_sms",
    "polygon_text",
    "reference_list",
    "sms_units",
    "to_xml",
    "violations",
]
