"""Shows the messages that the simulator received as a page, each as the telephone of a member would show it."""

from collections.abc import Iterator, Sequence
from html import escape

from buurtsein_notifier.cap import CapAlert, Info, MsgType, Status, from_xml, sms_units
from buurtsein_stack.bealert.mailbox import Received
from buurtsein_stack.bealert.receipts import counts

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}
_STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 2rem; background: #eef1f4; color: #16202a }
main { display: flex; flex-wrap: wrap; gap: 1.5rem }
article { width: 20rem; background: #fff; border-radius: 1.2rem; padding: 1rem; box-shadow: 0 1px 4px #0003 }
.mark { background: #b3261e; color: #fff; font-weight: bold; text-align: center; padding: .2rem; border-radius: .4rem }
.sms { background: #dcebff; border-radius: .8rem; padding: .6rem .8rem; margin: .6rem 0; overflow-wrap: anywhere }
.small, td, th { font-size: .8rem; color: #46525e; text-align: left; overflow-wrap: anywhere }
"""
_MARKS = {Status.EXERCISE: "OEFENING", Status.TEST: "TEST", Status.ACTUAL: "", Status.SYSTEM: "SYSTEEM"}
_TYPES = {MsgType.CANCEL: "INGETROKKEN", MsgType.UPDATE: "VERVOLG"}


def page(messages: Sequence[Received]) -> str:
    """Return the page with all messages, the newest first; it loads itself again each five seconds."""
    shown = "".join(_article(one) for one in reversed(messages)) or "<p>Nog geen berichten.</p>"
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>BE-Alert, nagebootst</title>'
        '<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">'
        f"<style>{_STYLE}</style></head><body><h1>BE-Alert, nagebootst</h1><main>{shown}</main></body></html>"
    )


def _article(received: Received) -> str:
    message = from_xml(received.xml.encode())
    return f"<article>{''.join(_parts(received, message))}</article>"


def _parts(received: Received, message: CapAlert) -> Iterator[str]:
    for mark in filter(None, (_MARKS.get(message.status, message.status.value), _TYPES.get(message.msg_type))):
        yield f'<p class="mark">{escape(mark)}</p>'
    yield f'<p class="small">{escape(message.restriction or message.scope.value)}</p>'
    for info in message.info:
        yield from _texts(info)
    yield f'<p class="small">{escape(received.identifier)}, {received.deliveries} keer ontvangen</p>'
    rows = "".join(
        f"<tr><td>{escape(one['channel'])}</td><td>{one['delivered']}</td><td>{one['failed']}</td></tr>"
        for one in counts(received)
    )
    if rows:
        yield f"<table><tr><th>kanaal</th><th>aangekomen</th><th>mislukt</th></tr>{rows}</table>"


def _texts(info: Info) -> Iterator[str]:
    """Yield the texts in one language as HTML: the headline as an SMS with its number of units, then other texts."""
    language = (info.language or "").split("-")[0]
    units = sms_units(info.headline or "").units
    yield f'<div class="sms" lang="{escape(language)}">{escape(info.headline or info.event)}</div>'
    yield f'<p class="small">1789, {escape(language)}, {units} sms</p>'
    for text in filter(None, (info.description, info.instruction, info.sender_name, info.contact, info.web)):
        yield f'<p class="small" lang="{escape(language)}">{escape(text)}</p>'
