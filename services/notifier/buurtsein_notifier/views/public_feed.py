"""Makes the public feed (Atom, RFC 4287) of the messages that were sent to everybody, with CAP scope `Public`."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

import asyncpg
from lxml import etree

from buurtsein_chassis.database import Connection
from buurtsein_kernel.problems import missing
from buurtsein_notifier.cap import CapAlert, Status, cap_time, from_xml
from buurtsein_notifier.domain.message import Outgoing

ATOM = "application/atom+xml"
CAP = "application/cap+xml"
MOST = 50
_SENT = "is_public and state in ('sent', 'partial')"
_ATOM: dict[str | None, str] = {None: "http://www.w3.org/2005/Atom"}
_NEVER = "1970-01-01T00:00:00+00:00"


async def public_feed(connection: Connection, outgoing: Outgoing) -> bytes:
    """Return the feed of the newest messages to everybody; an exercise says in its title that it is one."""
    rows = await connection.fetch(
        f"select delivery_id, xml, finished_at from delivery where {_SENT} order by finished_at desc limit {MOST}"  # noqa: S608
    )
    return _feed(rows, outgoing)


async def public_message(connection: Connection, identifier: str) -> bytes:
    """Return the CAP message to everybody with this identifier; raise DomainError `alert_unknown` for any other."""
    xml = await connection.fetchval(f"select xml from delivery where cap_identifier = $1 and {_SENT}", identifier)  # noqa: S608
    if xml is None:
        raise missing("alert_unknown", "Deze waarschuwing bestaat niet.")
    return str(xml).encode()


def _feed(rows: Sequence[asyncpg.Record], outgoing: Outgoing) -> bytes:
    name = outgoing.shown.name or outgoing.sender
    feed = etree.Element("feed", {}, _ATOM)  # type: ignore[arg-type] # the stubs know no default namespace
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", "nl")
    _add(feed, "id", uuid5(NAMESPACE_URL, outgoing.sender).urn)
    _add(feed, "title", f"Berichten van {name}")
    _add(feed, "updated", cap_time(rows[0]["finished_at"]) if rows else _NEVER)
    _add(_add(feed, "author"), "name", name)
    _add(feed, "link", rel="self", type=ATOM, href="public-alerts.atom")
    for row in rows:
        _entry(feed, row, from_xml(row["xml"].encode()))
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))


def _entry(feed: etree._Element, row: asyncpg.Record, message: CapAlert) -> None:
    entry, info = _add(feed, "entry"), message.info[0]
    mark = "" if message.status is Status.ACTUAL else f"{message.status}: "
    _add(entry, "id", row["delivery_id"].urn)
    _add(entry, "title", f"{mark}{info.headline or info.event}")
    _add(entry, "updated", cap_time(row["finished_at"]))
    _add(entry, "published", cap_time(message.sent))
    _add(entry, "summary", " ".join(filter(None, (info.description, info.instruction))))
    for term in (message.msg_type, message.status, *info.category):
        _add(entry, "category", term=str(term))
    _add(entry, "link", rel="alternate", type=CAP, href=f"public-alerts/{message.identifier}")


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, tag, attributes)
    made.text = text
    return made
