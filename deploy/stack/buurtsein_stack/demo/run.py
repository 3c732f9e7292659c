"""Runs the demo on a new, separate stack, stops what it started, and checks that the counts of events are equal."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.demo import alarm, circle, handling, networks, payment
from buurtsein_stack.demo.cast import Cast, cast, wait_for
from buurtsein_stack.demo.networks import Neighbourhood
from buurtsein_stack.demo.proof import AUDIENCES, CITY, POLICE, Ledger, Sources, prove
from buurtsein_stack.demo.stage import Stage
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.stack import Stack

SPLIT = ("reports", "notifier")
BACK_OFFICES = {POLICE: "backoffice.jsonl", CITY: "city-backoffice.jsonl"}
KEPT = ("alerts", payment.FILE, "timeline.json", "ledger.json", *BACK_OFFICES.values())


def run(console: Console, *, keep: bool = False) -> bool:
    """Play the demo; return whether the counts of accepted, logged, published and applied events are equal.

    `keep` leaves the stack running after a complete demo.
    """
    folder = Home.default().path / "demo"
    begun = time.monotonic()
    _clear(folder)
    stage, stack = Stage(console), Stack(Home.default().demo.path, split=SPLIT)
    stack.reset()
    complete = False
    try:
        with console.status("servers en diensten starten"):
            stack.up()
        stage.say(
            f"Alles draait ({time.monotonic() - begun:.1f} s).", "PostgreSQL, Kafka, four services, BE-Alert simulator."
        )
        manifest = json.loads(stack.home.manifest.read_text())
        with back_offices(stack, folder), cast(manifest) as people:
            balanced = _story(stage, people, stack, folder)
        complete = True
    finally:
        stage.save(folder / "timeline.json")
        if not (keep and complete):
            with console.status("alles stopt"):
                stack.reset()
    if keep:
        stage.say(
            f"Alles draait nog, zoals in {stack.home.manifest}: make status, make logs. Opruimen: make reset.",
            "Still running: make status, make logs; make reset throws it away.",
        )
    kept = f"Bewaard in {folder}: {', '.join(KEPT)} ({time.monotonic() - begun:.0f} s in totaal)."
    stage.say(kept, "What the demo made is kept there.")
    return balanced


def _clear(folder: Path) -> None:
    """Delete the files that an earlier run of the demo left."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.rmtree(folder / name, ignore_errors=True)
        if (folder / name).exists():
            (folder / name).unlink()


def _story(stage: Stage, people: Cast, stack: Stack, folder: Path) -> bool:
    installation = Installation.load()
    plans = json.loads((installation.folder / "networks.json").read_text())
    residents, traders = Neighbourhood(plans[0], "coordinator"), Neighbourhood(plans[1], "coordinator2")

    stage.scene("Twee buurten worden een netwerk", "Two neighbourhoods become networks")
    for place in (residents, traders):
        networks.apply_and_submit(stage, people, place, networks.charter(people, place))
        networks.tell_where(stage, people, place)
        networks.appoint(stage, people, place)
        networks.approve(stage, people, place)

    stage.scene("Steun vragen, te vroeg", "Asking for support, too early")
    networks.reject(stage, people, networks.ask_support(stage, people, residents))

    stage.scene("Erkenning en BE-Alert", "Recognition and BE-Alert")
    for place in (residents, traders):
        networks.recognise_and_equip(stage, people, place)
        networks.mandate(stage, people, place)

    stage.scene("Leden sluiten aan", "Members join")
    networks.join(stage, people, residents, "resident", {"kind": "RESIDENT", "name": "Ann Voorbeeld"})
    networks.join(stage, people, residents, "member", {"kind": "WORKER", "name": "Bert Voorbeeld"})
    shop = {"kind": "TRADER", "name": "Winkel Voorbeeld", "enterprise_number": "0403.019.261", "legal_person": True}
    networks.join(stage, people, traders, "trader", shop)

    stage.scene("Steun vragen, opnieuw", "Asking for support, again")
    granted = networks.grant(stage, people, residents)

    stage.scene("De steun wordt betaald", "The support is paid")
    payment.pay(stage, people, residents, granted, folder)
    payment.prove(stage, people, residents, granted)

    stage.scene("Een netwerk verandert", "A network changes")
    networks.change(stage, people, traders)
    networks.withdraw(stage, people, Neighbourhood(plans[0] | {"name": "BIN Te vroeg"}, "coordinator"))

    stage.scene("De export van de meldlijn", "The hotline's export is imported")
    outage = alarm.import_export(stage, people, stack, installation.folder / "hotline-export.csv")

    stage.scene("Een melding wordt afgehandeld", "A report is handled")
    handling.handle(stage, people, residents)

    stage.scene("Een reeks inbraken", "A burst of burglaries")
    receipts = alarm.report_burglaries(stage, people, residents)
    burglaries = alarm.release(stage, people)
    wrong = alarm.arrive(stage, people, folder / "alerts")

    stage.scene("Na een oproep: waarschuwing, gsm, terugkoppeling, kosten", "A call, a phone, feedback, cost")
    warned = circle.warn(stage, people, residents)
    circle.answer_for(stage, people, warned)
    circle.tell_reporters(stage, people, burglaries, receipts)
    circle.pay(stage, people, residents)

    stage.scene("Het bewijs", "The proof")
    ledger = _settled_ledger(stack, people, folder, outage)
    ledger.save(folder / "ledger.json")
    stage.table(ledger.table())
    stage.say(
        f"Van aanvaard tot zichtbaar: p50 {ledger.quiet_p50} ms, p99 {ledger.quiet_p99} ms; "
        f"met de uitval erbij p50 {ledger.p50} ms, p99 {ledger.p99} ms.",
        "From accepted to visible at the back-office, without and with the outage.",
    )
    good = ledger.balanced and not wrong
    stage.say("Alles klopt." if good else "HET KLOPT NIET.", "Everything adds up." if good else "IT DOES NOT ADD UP.")
    return good


def _settled_ledger(stack: Stack, people: Cast, folder: Path, outage: tuple[str, str]) -> Ledger:
    """Count until as many events are applied as accepted, at most for 15 seconds; return the last counts."""
    sources = _sources(stack, people, folder, outage)
    try:
        wait_for("everything came through", lambda: prove(sources).balanced, 15)
    except CommandError:
        return prove(sources)
    return prove(sources)


def _sources(stack: Stack, people: Cast, folder: Path, outage: tuple[str, str]) -> Sources:
    admin = stack.servers.principals["admin"]
    kafka = people.manifest["kafka"]
    accepted: dict[str, list[str]] = {}
    for correlation, topics in people.accepted.items():
        for topic in topics:
            accepted.setdefault(topic, []).append(correlation)
    return Sources(
        databases=people.manifest["postgres"]["databases"],
        kafka={
            "bootstrap_servers": kafka["bootstrap"],
            "security_protocol": kafka["security_protocol"],
            "sasl_mechanism": kafka["sasl_mechanism"],
            "sasl_plain_username": admin.username,
            "sasl_plain_password": admin.password,
        },
        back_offices={who: folder / name for who, name in BACK_OFFICES.items()},
        accepted=accepted,
        outages=[outage],
    )


@contextmanager
def back_offices(stack: Stack, folder: Path) -> Iterator[None]:
    """Run the back-offices of police and city during the `with` block, each with read-only Kafka credentials."""
    with ExitStack() as running:
        for name, file in BACK_OFFICES.items():
            running.enter_context(_back_office(stack, name, folder / file))
        yield


@contextmanager
def _back_office(stack: Stack, name: str, file: Path) -> Iterator[None]:
    who = stack.servers.principals[name]
    stack.home.keep("password", who.password, name)
    environment = {
        "BACKOFFICE_BOOTSTRAP": stack.servers.bootstrap,
        "BACKOFFICE_USERNAME": who.username,
        "BACKOFFICE_AUDIENCE": AUDIENCES[name],
        "BACKOFFICE_PASSWORD_FILE": str(stack.home.secrets / name / "password"),
        "BUURTSEIN_HOME": str(stack.home.path),
        "BUURTSEIN_PROCESS": name,
    }
    file.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "buurtsein_stack.backoffice", str(file)], env=os.environ | environment
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
