"""Plays the demo's part about an alert after a call: police send the alert, and tell the members how it ended."""

from typing import Any

from buurtsein_stack.demo.alarm import ALERTS
from buurtsein_stack.demo.cast import Cast, Document, wait_for
from buurtsein_stack.demo.networks import Neighbourhood, today
from buurtsein_stack.demo.stage import Stage, euros

CALL = {
    "event": "Verdachte deurverkoop",
    "headline": "Iemand verkoopt aan de deur als elektricien. Verdacht? Bel 101.",
    "description": "De politie kreeg een oproep over iemand die zich als elektricien voordoet.",
    "instruction": "Laat niemand binnen die u niet verwacht.",
}
ANSWER = {
    "event": "Deurverkoop opgehelderd",
    "headline": "De deurverkoper is gevonden. Bedankt voor uw hulp.",
    "description": "De politie vond de deurverkoper na een oproep van een lid.",
    "instruction": "U hoeft niets meer te doen.",
}


def warn(stage: Stage, cast: Cast, place: Neighbourhood) -> str:
    """Let a dispatcher write an alert after a call and an officer release it; return the alert's path."""
    longitude, latitude = place.middle
    where = {"longitude": longitude, "latitude": latitude, "metres": 100}
    body = {"kind": "HOT", "category": "verdacht gedrag", "texts": {"nl": CALL}, "place": where}
    path = f"/v1/alerts/{cast.does('notifier', 'dispatcher', '/v1/alerts', body)['alert_id']}"
    stage.say("Iemand belt 101. De dispatcher schrijft een waarschuwing.", "After a call the dispatcher writes one.")
    _release(cast, path)
    shown = _sent(cast, path)
    reach = shown["reach"]
    messages, units = (sum(one[name] for one in reach[part]) for part, name in _COUNTED)
    stage.say("Een officier geeft ze vrij. Zo ziet een gsm ze:", "An officer releases it. What a phone shows:")
    stage.quote(f"     “{shown['sms']['text']}”")
    stage.say(
        f"{messages} leden krijgen een sms: {units} eenheden, {euros(reach['total_cents'])} na de gratis eenheden.",
        "So many members get it, and so much it costs.",
    )
    return path


_COUNTED = (("networks", "messages"), ("costs", "units"))


def answer_for(stage: Stage, cast: Cast, path: str) -> None:
    """Let the police send the members the feedback that is due: how the alert ended."""
    due = cast.ask("notifier", "officer", path)["feedback"]["due_at"]
    stage.say(f"De politie is terugkoppeling verschuldigd voor {due}.", "Police owe the members feedback.")
    seen = cast.version("notifier", "dispatcher", path)
    body = {"purpose": "feedback", "texts": {"nl": ANSWER}}
    draft = cast.does("notifier", "dispatcher", f"{path}/follow-ups", body, version=seen)
    _release(cast, f"/v1/alerts/{draft['alert_id']}")
    wait_for("the feedback is given", lambda: cast.ask("notifier", "officer", path)["feedback"].get("given_at"))
    stage.say("De leden horen hoe het afliep: de terugkoppeling is gegeven.", "The members hear how it ended.")


def tell_reporters(stage: Stage, cast: Cast, alert: Document, receipts: list[Document]) -> None:
    """Let an officer note that members were told about the burglaries; read this feedback as one of the reporters."""
    path = f"/v1/alerts/{alert['alert_id']}"
    seen = cast.version("notifier", "officer", path)
    cast.does("notifier", "officer", f"{path}/feedback", {"how": "Verteld op de vergadering."}, version=seen)
    told = wait_for("the reporter is told", lambda: _heard(cast, receipts[0]))
    stage.say("Wie een inbraak meldde, leest bij de melding:", "Who reported a burglary reads with the report:")
    stage.quote(f"     “{told[0]['text']}”")


def pay(stage: Stage, cast: Cast, place: Neighbourhood) -> None:
    """Show what messages cost the network; funding fills in these costs in its application for support."""
    path = f"/v1/networks/{place.file['network_id']}/communication-costs?year={today().year}"
    costs = wait_for("funding knows the costs", lambda: _counted(cast, place.coordinator, path))
    stage.say(
        f"In de steunaanvraag staan de kosten klaar: {costs['messages']} berichten, {costs['units']} eenheden,"
        f" {euros(costs['total_cents'])}.",
        "The costs wait for the network's application for support.",
    )


def _release(cast: Cast, path: str) -> None:
    """Propose a draft as its writer, and release it as an officer."""
    seen = cast.version("notifier", "dispatcher", path)
    put = cast.does("notifier", "dispatcher", f"{path}/proposal", version=seen)
    cast.does("notifier", "officer", f"{path}/release", emits=ALERTS, version=put["etag"])


def _sent(cast: Cast, path: str) -> Document:
    def arrived() -> Any:
        shown = cast.ask("notifier", "officer", path)
        return shown["state"] == "SENT" and shown

    shown: Document = wait_for("the alert is sent", arrived)
    return shown


def _heard(cast: Cast, receipt: Document) -> Any:
    headers = {"Tracking-Token": receipt["tracking_token"]}
    answer = cast.client("reports", "").get(f"/v1/reports/{receipt['reference']}/status", headers=headers)
    return answer.is_success and answer.json()["feedback"]


def _counted(cast: Cast, role: str, path: str) -> Any:
    answer = cast.client("funding", role).get(path)
    return answer.is_success and answer.json()["messages"] >= SENT and answer.json()


SENT = 3
"""How many messages of the demo reach members: two alerts, and the feedback about one."""
