"""Tests the one-machine stack on real servers, with simple stub processes in place of the services."""

import dataclasses
import json
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from joserfc import jwt
from joserfc.jwk import KeySet

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_contracts.topics import MEMBERS
from buurtsein_operate import topics
from buurtsein_stack import programs
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.people import PEOPLE
from buurtsein_stack.processes import find
from buurtsein_stack.servers_for_tests import servers_for_tests
from buurtsein_stack.stack import Stack

STUB = Path(__file__).with_name("stub_service.py")
ALL = {"postgres", "kafka", "issuer", "bealert", *service_names()}


def stub_program(home: Home, name: str, split: frozenset[str] = frozenset()) -> programs.Program:
    program = REAL_PROGRAM(home, name, split)
    if name in programs.HELPERS:
        return program
    roles = program.argv[4:]  # after `python -m PACKAGE run`
    return dataclasses.replace(program, argv=(sys.executable, str(STUB), name.partition("-")[0], *roles))


REAL_PROGRAM: Callable[..., programs.Program] = programs.program


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "program", stub_program)
        patch.setattr(programs, "migrate_all", lambda _: None)
        home = Path(tempfile.mkdtemp(prefix="buurtsein-stack-"))
        home.chmod(0o755)
        made = Stack(home)
        try:
            made.up()
            yield made
        finally:
            made.reset()
        assert not find(made.home)


@pytest.fixture(autouse=True)
def running(stack: Stack) -> None:
    stack.up()


def manifest(stack: Stack) -> dict[str, Any]:
    return dict(json.loads(stack.home.manifest.read_text()))


def pids(stack: Stack) -> dict[str, int]:
    return {name: one.pid for name, one in stack.processes().items()}


def credentials(stack: Stack, name: str) -> dict[str, str]:
    who = stack.servers.principals[name]
    return {
        "bootstrap_servers": stack.servers.bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": who.username,
        "sasl_plain_password": who.password,
    }


async def send(stack: Stack, who: str, topic: str, value: bytes = b"{}", **changes: str) -> None:
    producer = AIOKafkaProducer(acks="all", **(credentials(stack, who) | changes))
    try:
        await producer.start()
        await producer.send_and_wait(topic, value, key=b"k")
    finally:
        await producer.stop()


async def first_record(stack: Stack, who: str, topic: str, group: str) -> Any:
    consumer = AIOKafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **credentials(stack, who))
    try:
        await consumer.start()
        return (await consumer.getone()).value
    finally:
        await consumer.stop()


def test_status_shows_that_everything_runs(stack: Stack) -> None:
    states = {state.name: state for state in stack.status()}
    assert set(states) == ALL
    assert {state.health for state in states.values()} == {"ready"}
    assert all(state.port and state.pid and state.memory for state in states.values())


def test_stack_json_has_all_that_a_client_needs(stack: Stack) -> None:
    found = manifest(stack)
    assert stat.S_IMODE(stack.home.manifest.stat().st_mode) == 0o600
    assert list(found) == ["installation", "services", "kafka", "postgres", "issuer", "tokens", "bealert"]
    assert set(found["tokens"]) == set(PEOPLE)
    assert {"police-backoffice", "city-backoffice", "registry-relay"} <= set(found["kafka"]["principals"])
    issuer = str(found["issuer"]["url"])
    document = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(httpx.get(document["jwks_uri"]).json())
    claims = jwt.decode(str(found["tokens"]["coordinator2"]), keys).claims
    assert (claims["iss"], claims["aud"], claims["roles"]) == (issuer, "buurtsein", ["coordinator"])
    assert claims["sub"] != jwt.decode(str(found["tokens"]["coordinator"]), keys).claims["sub"]


def test_up_twice_changes_nothing(stack: Stack) -> None:
    before = pids(stack)
    stack.up()
    assert pids(stack) == before


def test_only_what_is_missing_is_started(stack: Stack) -> None:
    before = pids(stack)
    stack.kill("reports")
    assert "reports" not in pids(stack)
    stack.up()
    after = pids(stack)
    assert {name for name in ALL if after[name] != before[name]} == {"reports"}
    assert manifest(stack)["services"]["reports"]["pid"] == after["reports"]


@pytest.mark.parametrize("victim", [pytest.param("kafka", marks=pytest.mark.thorough), "postgres"])
async def test_acknowledged_data_survive_the_death_of_a_server(stack: Stack, victim: str) -> None:
    value = f"{victim} {time.time_ns()}".encode()
    await send(stack, "registry-relay", "bin.networks", value)
    stack.servers.postgres.sql(
        f"CREATE TABLE IF NOT EXISTS kept (v text); INSERT INTO kept VALUES ('{value.decode()}')"
    )
    stack.kill(victim)
    stack.up()
    assert value.decode() in stack.servers.postgres.sql("SELECT v FROM kept")
    consumer = AIOKafkaConsumer("bin.networks", auto_offset_reset="earliest", **credentials(stack, "admin"))
    await consumer.start()
    try:
        values: list[bytes | None] = []
        while value not in values:
            values.append((await consumer.getone()).value)
    finally:
        await consumer.stop()


async def test_a_role_can_only_connect_to_its_own_database(stack: Stack) -> None:
    own = await asyncpg.connect(stack.servers.dsn("registry", "app"))
    await own.close()
    other = stack.servers.dsn("registry", "app").removesuffix("/registry")
    for database in ("reports", "postgres"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"{other}/{database}")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stack.servers.dsn("registry", "app").replace(":", ":x", 2).replace("x//", "//", 1))


def test_provisioning_again_changes_nothing_and_repairs_what_was_changed(stack: Stack) -> None:
    cluster, consumers = stack.servers.kafka.cluster(), Installation.load().consumers
    assert topics.apply(cluster, {}, consumers) == []
    wrong = dataclasses.replace(MEMBERS, retention_days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topics, "topics", lambda: (wrong,))
        topics.apply(cluster, {}, consumers)
    told = topics.apply(cluster, {}, consumers, dry_run=True)
    assert told == topics.apply(cluster, {}, consumers)
    assert any("bin.members retention.ms=2592000000 (was 86400000)" in line for line in told)
    assert topics.apply(cluster, {}, consumers) == []


@pytest.mark.thorough
def test_processes_of_a_killed_command_are_found(stack: Stack) -> None:
    stack.down()
    assert not stack.home.manifest.exists()
    assert not stack.processes()
    code = "import signal, os; from pathlib import Path; from buurtsein_stack.servers import Servers\n"
    code += f"Servers(Path({str(stack.home.path)!r})).start(); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code], check=False)
    assert set(stack.processes()) == {"postgres", "kafka"}
    stack.down()
    assert not stack.processes()


@pytest.mark.thorough
def test_a_service_that_cannot_start_is_one_sentence_and_nothing_is_left(stack: Stack) -> None:
    stack.kill("funding")
    before = pids(stack)

    def broken(home: Home, name: str, split: frozenset[str] = frozenset()) -> programs.Program:
        code = "raise SystemExit('no such rule')"
        return dataclasses.replace(REAL_PROGRAM(home, name, split), argv=(sys.executable, "-c", code))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "program", broken)
        with pytest.raises(CommandError, match=r"funding ended at its start: no such rule") as caught:
            stack.up()
    assert caught.value.code == "not-started"
    assert pids(stack) == before


def test_a_split_service_runs_as_three_processes(stack: Stack) -> None:
    for name in ("reports-relay", "reports-worker"):
        Stack(stack.home.path, split={"reports"}).start(name)
    assert {"reports", "reports-relay", "reports-worker"} <= set(pids(stack))


@pytest.mark.thorough
def test_services_start_without_relays_and_the_relays_join_later(stack: Stack) -> None:
    for name in stack.processes().keys() - {"postgres", "kafka"}:
        stack.kill(name)
    Stack(stack.home.path, only=("api", "worker")).up()
    before = pids(stack)
    assert ("reports-worker" in before, "reports-relay" in before) == (True, False)
    Stack(stack.home.path).up()
    assert {"reports-relay", *before} <= set(pids(stack))
    for name in stack.processes().keys() - {"postgres", "kafka"}:
        stack.kill(name)


def test_settings_can_be_given_for_one_start(stack: Stack) -> None:
    stack.kill("notifier")
    stack.start("notifier", {"NOTIFIER_CAP_STATUS": "Test"})
    assert stack.processes()["notifier"].environ()["NOTIFIER_CAP_STATUS"] == "Test"
    stack.kill("notifier")
    stack.start("notifier")
    assert stack.processes()["notifier"].environ()["NOTIFIER_CAP_STATUS"] == "Exercise"
    assert manifest(stack)["services"]["notifier"]["pid"] == pids(stack)["notifier"]


def test_a_process_halted_by_sigstop_is_ended_too(stack: Stack) -> None:
    stack.kill("reports", signal.SIGSTOP)
    assert {state.name: state.health for state in stack.status()}["reports"] == "not-ready"
    begun = time.monotonic()
    stack.kill("reports", signal.SIGTERM)
    assert "reports" not in pids(stack)
    assert time.monotonic() - begun < 10


def test_secrets_are_private_and_in_no_argument(stack: Stack) -> None:
    files = [path for path in stack.home.secrets.rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    words = {path.read_text() for path in files if path.suffix != ".json"}
    arguments = " ".join(" ".join(process.cmdline()) for process in stack.processes().values())
    assert not [word for word in words if word in arguments]


def test_nothing_listens_beyond_this_machine(stack: Stack) -> None:
    for process in stack.processes().values():
        for connection in process.net_connections():
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip in {"127.0.0.1", "::ffff:127.0.0.1"}


def test_containers_without_an_engine_fail_and_do_not_skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUURTSEIN_SERVERS", "containers")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    with pytest.raises(CommandError) as caught:
        servers_for_tests(tmp_path / "home")
    assert caught.value.code == "no-engine"
