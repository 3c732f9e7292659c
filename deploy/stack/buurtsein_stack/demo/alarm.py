"""Plays the demo's part about alerts: reports lead to an alert, which is delivered to BE-Alert."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from buurtsein_notifier.cap import check_schema
from buurtsein_operate.hotline import read
from buurtsein_operate.imports import Outcome, Reports, Service, send_all
from buurtsein_operate.output import grid
from buurtsein_operate.sheets import Row
from buurtsein_stack.demo.cast import Cast, Document, wait_for
from buurtsein_stack.demo.networks import Neighbourhood
from buurtsein_stack.demo.stage import Stage
from buurtsein_stack.stack import Stack

INCIDENTS, CITY_INCIDENTS, ALERTS = "bin.incidents", "bin.city-incidents", "bin.alerts"
KILLED = ("reports-relay", "notifier-worker")
BEFORE_KILL = 40
"""How many rows of the import are sent before the processes are killed."""
BURGLARIES = ((0, 0), (0.0012, 0.0006), (-0.0010, 0.0008), (0.0004, -0.0009))
"""The places of the burglaries, in degrees from the centre of the neighbourhood."""


def import_export(stage: Stage, cast: Cast, stack: Stack, export: Path) -> tuple[str, str]:
    """Import a hotline's export, kill a relay and a worker halfway; return the times of the kill and the recovery."""
    rows = list(read(export).rows())
    outcomes = asyncio.run(_import(cast, rows[:BEFORE_KILL]))
    begun = datetime.now(UTC).isoformat()
    for name in KILLED:
        stack.kill(name)
    stage.say(f"Midden in de import vallen {' en '.join(KILLED)} uit (SIGKILL).", "In mid-import two are killed.")
    meanwhile = asyncio.run(_import(cast, rows[BEFORE_KILL:]))
    accepted = sum(outcome.result == "accepted" for outcome in meanwhile)
    _tell(stage, [*outcomes, *meanwhile], export)
    stage.say(
        f"{accepted} meldingen zijn aanvaard terwijl ze uit lagen.", "Reports were accepted while they were down."
    )
    for name in KILLED:
        stack.start(name)
    wait_for("the relay published the backlog", lambda: _caught_up(stack))
    stage.say("Ze draaien weer en halen de achterstand in.", "They are back and catch up.")
    return begun, datetime.now(UTC).isoformat()


def _caught_up(stack: Stack) -> bool:
    return all(state.health == "ready" for state in stack.status() if state.name in KILLED)


async def _import(cast: Cast, rows: Sequence[Row]) -> list[Outcome]:
    headers = {"Authorization": f"Bearer {cast.manifest['tokens']['city-officer']}"}

    table = cast.ask("reports", "", "/v1/categories")["items"]
    of_city = {facts["category"] for facts in table if "city" in facts["route_to"]}

    async def remember(answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.CREATED and "Idempotent-Replayed" not in answer.headers:
            category = json.loads(await answer.aread())["category"]
            topics = (INCIDENTS, CITY_INCIDENTS) if category in of_city else (INCIDENTS,)
            cast.accepted[answer.headers["X-Correlation-Id"]] = topics

    hooks = {"response": [remember]}
    url = cast.manifest["services"]["reports"]["url"]
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20, event_hooks=hooks) as client:
        return [outcome async for outcome in send_all(rows, Reports(Service(client)))]


def _tell(stage: Stage, outcomes: list[Outcome], export: Path) -> None:
    expected = export.with_name(export.stem + ".expected.csv").read_text().split()[1:]
    differing = sum(line.split(",")[2] != outcome.result for line, outcome in zip(expected, outcomes, strict=True))
    table = grid("uitkomst", "rijen")
    for result, number in sorted(Counter(outcome.result for outcome in outcomes).items()):
        table.add_row(result, str(number))
    stage.table(table)
    stage.say(
        f"{len(outcomes)} rijen verwerkt; {differing} wijken af van de verwachting.", "Compared with what was expected."
    )


def report_burglaries(stage: Stage, cast: Cast, place: Neighbourhood) -> list[Document]:
    """Report several burglaries and return the receipts; a burglary in progress is refused with "call 101"."""
    longitude, latitude = place.middle
    now = datetime.now(UTC)
    body = {"category": "inbraak", "text": "Ze staan nu binnen bij de buren!", "in_progress": True}
    problem = cast.is_refused("reports", "", "/v1/reports", body)
    stage.say(f"Een inbraak die bezig is: “{problem['detail']}” ({problem['code']})", "In progress: call 101.")
    receipts = []
    for number, (east, north) in enumerate(BURGLARIES):
        report = {
            "category": "inbraak",
            "text": "Achterdeur geforceerd tijdens onze afwezigheid.",
            "happened_from": (now - timedelta(hours=5 - number)).isoformat(),
            "location": {"longitude": longitude + east, "latitude": latitude + north, "postcode": "9300"},
        }
        receipts.append(cast.does("reports", "" if number % 2 else "resident", "/v1/reports", report, emits=INCIDENTS))
    stage.say(
        f"{len(receipts)} meldingen van inbraak; kenmerk {receipts[0]['reference']}.", "Four reports of burglary."
    )
    stage.quote(f"     {receipts[0]['next_step']}\n     Tip: {receipts[0]['advice'][0]}")
    return receipts


def release(stage: Stage, cast: Cast) -> Document:
    """Let an officer read and release the proposed alert; return the alert as the officer read it."""
    proposed = wait_for("a proposed alert", lambda: _alerts(cast, "PROPOSED"))
    stage.say(
        f"{len(proposed)} waarschuwing voorgesteld. Waarom: {proposed[0]['why']}",
        "One alert is proposed, with its reason.",
    )
    path = f"/v1/alerts/{proposed[0]['alert_id']}"
    answer = cast.client("notifier", "officer").get(path)
    shown: Document = answer.json()
    sms = shown["sms"]
    stage.quote(
        f"     “{sms['text']}”  ({sms['characters']} tekens {sms['encoding']}, {sms['units']} sms per ontvanger)"
    )
    cast.does("notifier", "officer", f"{path}/release", emits=ALERTS, version=answer.headers["ETag"])
    stage.say("Een officier geeft vrij.", "An officer releases it.")
    return shown


def _alerts(cast: Cast, state: str) -> list[Document]:
    found: list[Document] = cast.ask("notifier", "officer", f"/v1/alerts?state={state}")["items"]
    return found


def arrive(stage: Stage, cast: Cast, folder: Path) -> int:
    """Show, validate and store the CAP messages that BE-Alert received; return how many are invalid or duplicates."""
    bealert = cast.manifest["bealert"]["url"]
    received = wait_for("the message at BE-Alert", lambda: httpx.get(f"{bealert}/alerts").json())
    wait_for("the alert is noted as sent", lambda: _alerts(cast, "SENT"))
    folder.mkdir(parents=True, exist_ok=True)
    for message in received:
        (folder / f"{message['identifier']}.xml").write_text(message["xml"])
        faults = check_schema(message["xml"].encode())
        verdict = "geldig volgens het schema van CAP 1.2" if not faults else "; ".join(faults)
        times = message["deliveries"]
        stage.say(
            f"BE-Alert ontving {message['identifier']}, {times} keer; {verdict}.", "It arrived, once, and is valid."
        )
        stage.quote("\n".join(f"     {line}" for line in message["xml"].split("\n")[:24]))
    return sum(message["deliveries"] != 1 or bool(check_schema(message["xml"].encode())) for message in received)
