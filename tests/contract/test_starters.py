"""The Java and TypeScript starter projects accept the same records as our Python package, and read a real Kafka.

Each project is installed and compiled once, together with the programs of all pages. C# is not compiled, because the
test environment has no compiler for it.
"""

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from buurtsein_contracts import EVENTS, InOrder
from buurtsein_contracts.asyncapi import document
from buurtsein_contracts.goldens import FOLDER, folder_of
from buurtsein_contracts.portal.details import details_of
from buurtsein_contracts.portal.rendering import environment
from buurtsein_contracts.portal.snippets import snippets_of
from buurtsein_contracts.portal.starting import starting_files
from buurtsein_contracts.testing import records
from buurtsein_contracts.testing.records import Record
from buurtsein_stack.servers import RunningServers
from harness import tools
from harness.kafka import access, begin_at_the_end, send_raw
from harness.programs import run

REPLAY = Path(__file__).parent / "replay"
MAVEN = [*tools.MAVEN, "--offline"]
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
LATER = timedelta(minutes=11)
DEADLINE_SECONDS = 90

pytestmark = [pytest.mark.external, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    starting_files(folder)
    return folder


@pytest.fixture(scope="module")
def java(portal: Path) -> Path:
    folder = with_programs(portal / "java", "Java")
    shutil.copy(REPLAY / "Replay.java", folder / "src/main/java/be/example")
    run([*MAVEN, "compile"], folder)
    return folder


@pytest.fixture(scope="module")
def typescript(portal: Path) -> Path:
    folder = with_programs(portal / "typescript", "TypeScript")
    shutil.copy(REPLAY / "replay.ts", folder)
    (folder / "node_modules").symlink_to(tools.node_modules(tools.typescript_package()))
    run(["npm", "run", "build"], folder)
    return folder


def with_programs(folder: Path, language: str) -> Path:
    """Return a copy of a starter project to which the example program of every event is added."""
    messages, templates = document()["components"]["messages"], environment()
    for data in EVENTS:
        [snippet] = [
            s for s in snippets_of(details_of(data, FOLDER, messages, []), templates) if s.language == language
        ]
        (folder / snippet.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / snippet.file).write_text(snippet.code)
    return folder


def of_every_event() -> Iterator[Record]:
    """Yield four records of each event: valid, invalid, unreadable, and of a newer version."""
    for data in EVENTS:
        good = records.as_record(records.made(data.__name__))
        for folder in ("examples", "invalid"):
            for path in sorted((folder_of(data) / folder).glob("*.json")):
                yield replace(good, value=path.read_bytes())
        yield from records.broken(data.__name__).values()
        yield from records.from_the_future(data.__name__)


def streams() -> Iterator[Record]:
    """Yield the records of several streams in random order, with duplicates, gaps and unreadable records."""
    chance = random.Random(41002)
    for number in range(40):
        key = f"019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f{number:04x}"
        order = [chance.randint(1, 7) for _ in range(12)]
        for sequence in order:
            good = records.as_record(records.made("AlertSent", sequence, alert_id=key))
            broken = records.broken("AlertSent")[chance.choice(["not JSON", "unknown type", "no headers"])]
            place = {"ce_partitionkey": key.encode(), "ce_sequence": f"{sequence:020d}".encode()}
            headers = list((dict(broken.headers) | place).items()) if broken.headers else []
            yield chance.choice([good, good, good, replace(broken, headers=headers)])


@pytest.fixture(scope="module")
def given() -> list[Record | None]:
    """Return the records to process; a None between them ends the wait for missing records."""
    return [*of_every_event(), *streams(), None, *streams()]


def in_file(given: list[Record | None], path: Path) -> Path:
    """Write the records to a file, which the starter programs read."""

    def text(value: bytes | None) -> str | None:
        return None if value is None else b64encode(value).decode()

    def one(record: Record | None, now: int) -> dict[str, Any]:
        if record is None:
            return {"now": now}
        headers = {name: text(value) for name, value in record.headers if value is not None}
        return {"now": now, "headers": headers, "value": text(record.value)}

    path.write_text(json.dumps([one(record, milliseconds(moment)) for record, moment in at_moments(given)]))
    return path


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def at_moments(given: list[Record | None]) -> Iterator[tuple[Record | None, datetime]]:
    moment = NOW
    for record in given:
        moment += timedelta(milliseconds=1) if record else LATER
        yield record, moment


def by_python(given: list[Record | None]) -> list[Any]:
    """Return what our Python class `InOrder` does with these records."""
    kept, said = InOrder(), []
    for record, moment in at_moments(given):
        if record is None:
            steps, aside = kept.overdue(moment), None
        else:
            steps, aside = kept.take(record.headers, record.value, moment)
        said.append([aside.code if aside else None, [[event.key, event.sequence, late] for event, late in steps]])
    return said


def check(output: str, given: list[Record | None]) -> None:
    *told, folded = [json.loads(line) for line in output.splitlines() if line.startswith("[")]
    assert told == by_python(given)
    assert {code for code, _ in told} == {None, "invalid_event", "unknown_type", "unknown_version"}
    assert {late for _, steps in told for *_, late in steps} == {True, False}
    assert folded == sorted(folded)
    assert len(folded) > 1


@tools.needs("java")
@pytest.mark.thorough
def test_the_java_project_accepts_and_refuses_what_the_package_does(
    java: Path, given: list[Record | None], tmp_path: Path
) -> None:
    file = in_file(given, tmp_path / "records.json")
    check(run([*MAVEN, "exec:java", "-Dexec.mainClass=be.example.Replay", f"-Dexec.args={file}"], java), given)


@tools.needs("typescript")
@pytest.mark.thorough
def test_the_typescript_project_accepts_and_refuses_what_the_package_does(
    typescript: Path, given: list[Record | None], tmp_path: Path
) -> None:
    file = in_file(given, tmp_path / "records.json")
    check(run(["node", "build/replay.js", str(file)], typescript), given)


@tools.needs("java")
@pytest.mark.thorough
def test_every_program_in_java_compiles(java: Path) -> None:
    assert {path.stem for path in java.rglob("Read*.class")} == {f"Read{data.__name__}" for data in EVENTS}


@tools.needs("typescript")
@pytest.mark.thorough
def test_every_program_in_typescript_compiles_under_nodenext(typescript: Path) -> None:
    assert len(list((typescript / "build").glob("read-*.js"))) == len(EVENTS)


def stream() -> Iterator[Record]:
    """Yield reports (one of them twice), unreadable records, records of a newer version, and another event type."""
    yield from records.duplicated("IncidentReported", reference="AAAA-1111")
    yield from records.broken("IncidentReported").values()
    for number, record in enumerate(records.from_the_future("IncidentReported"), start=2):
        yield replace(record, headers=[*dict(record.headers, ce_sequence=f"{number:020d}".encode()).items()])
    yield records.as_record(records.made("IncidentTriaged", 4))
    yield records.as_record(records.made("IncidentReported", 5, reference="ZZZZ-9999"))


@pytest.fixture(scope="module")
def broker(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return a police back-office's access to Kafka, after sending test records that its consumer groups will read."""
    for group in ("incident-reported", "incident-reported-again"):
        asyncio.run(begin_at_the_end(access(servers), f"police-backoffice.{group}", "bin.incidents"))
    sent = [(record.key, record.value, record.headers) for record in stream()]
    asyncio.run(send_raw(access(servers, "reports-relay"), "bin.incidents", sent))
    who = servers.principals["police-backoffice"]
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(who.password)
    return {
        "BIN_BOOTSTRAP": servers.bootstrap,
        "BIN_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "BIN_USERNAME": who.username,
        "BIN_PASSWORD_FILE": str(secret),
    }


def output_until_the_last(command: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    """Run a program that never ends, stop it after its last expected report, and return its output until then."""
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        watch = threading.Timer(DEADLINE_SECONDS, program.kill)
        watch.start()
        for line in program.stdout or ():
            lines.append(line.rstrip())
            if "ZZZZ-9999" in line:
                break
        program.terminate()
        watch.cancel()
    return lines


def check_reports(lines: list[str]) -> None:
    """Check that the output has each report once and in order, and that the unreadable record was put aside."""
    found = [match[1] for line in lines if (match := re.search(r" ([A-Z0-9]{4}-[A-Z0-9]{4}) ", line))]
    assert (len(found), found[:1], found[-1:]) == (4, ["AAAA-1111"], ["ZZZZ-9999"]), lines
    assert sum(line.startswith("put aside: bin.incidents ") for line in lines) == len(
        records.broken("IncidentReported")
    )


@tools.needs("java")
@pytest.mark.thorough
def test_the_program_in_java_reads_a_stream(broker: dict[str, str], java: Path) -> None:
    command = [*MAVEN, "exec:java", "-Dexec.mainClass=be.example.ReadIncidentReported"]
    check_reports(output_until_the_last(command, java, broker))


@tools.needs("typescript")
@pytest.mark.thorough
def test_the_program_in_typescript_reads_a_stream(broker: dict[str, str], typescript: Path) -> None:
    """The TypeScript program uses its own consumer group, because the members of a group must share an assignor."""
    program = typescript / "build" / "read-incident-reported.js"
    program.write_text(program.read_text().replace(".incident-reported`", ".incident-reported-again`"))
    check_reports(output_until_the_last(["node", str(program)], typescript, broker))
