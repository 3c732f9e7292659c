"""Each alarm in `deploy/monitoring` fires on the metrics that real services export during its fault, not before."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from integration.deliveries_scene import Scripted, alter, due, typed
from integration.notifier_scene import LIVE, broken_rules, owed, released, untold
from unit.notifier.notifier_settings import GOOD
from unit.registry import registry_settings
from unit.registry.test_registry_network import VP1, network
from unit.reports import reports_settings

from buurtsein_chassis.database import Database
from buurtsein_contracts import uuid7
from buurtsein_kernel.commands import By
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.adapters import CannotSay, TryAgain, Unknown
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.store import NotifierStore
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain.states import NetworkState
from buurtsein_stack.servers import RunningServers, Servers
from harness.alarms import promtool
from harness.alarms.apart import answers, started, watched
from harness.alarms.watching import Watch
from harness.databases import FreshDatabase, fresh_database, opened
from harness.kafka import access, good, messages_of_at_most, send_raw
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.load import load
from harness.tools import needs
from harness.waiting import wait_until

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(400), needs(promtool.KIND)]

TOPIC = "bin.networks"


def watching(ledger: Ledger, rules: Path = promtool.RULES) -> Watch:
    return Watch("buurtsein-ledger", lambda: [one.url for one in ledger.running], rules)


def rings(watch: Watch, *alarms: str, seconds: int = 25 * 60) -> None:
    """Check that these alarms are silent before the fault and fire during the fault."""
    silent = [alarm for alarm in alarms if not watch.fires(alarm, seconds)]
    assert silent == []


async def test_a_killed_process(ledger: Ledger) -> None:
    service = await ledger.up("api")
    watch = watching(ledger)
    await watch.look()
    service.kill()
    await watch.look()
    await watch.look()
    rings(watch, "ServiceDown")


async def test_a_broker_that_no_process_reaches(ledger: Ledger) -> None:
    service = await ledger.up("api", "relay", env={"LEDGER_KAFKA_BOOTSTRAP": "127.0.0.1:9"})
    watch = watching(ledger)
    await watch.look()
    await load(ledger, service.url).run(10)
    await watch.look_during()
    rings(watch, "OutboxOld", "PartUnready")


async def test_a_database_that_the_service_cannot_read(ledger: Ledger) -> None:
    await ledger.up("api")
    watch = watching(ledger)
    await watch.look_at_fresh_gauges()
    await ledger.connection.execute("alter table outbox_pending rename to outbox_away")
    await watch.look_during()
    rings(watch, "MeasuresStale")


async def test_events_that_the_broker_refuses(ledger: Ledger, machine: Servers) -> None:
    service = await ledger.up("api", "relay")
    watch = watching(ledger)
    await watch.look_at_fresh_gauges()

    async def frozen() -> bool:
        await _entries(service, 1)  # the first ones may arrive before the limit
        return await ledger.count("outbox_frozen") > 0

    async with messages_of_at_most(machine, TOPIC, 10):
        await wait_until("a frozen stream", frozen, 30)
    await watch.look_during()
    rings(watch, "StreamFrozen")


async def test_a_consumer_that_stands_still_and_then_reads_only_duplicates(
    ledger: Ledger, servers: RunningServers
) -> None:
    await ledger.up("worker")
    watch, storm = watching(ledger), watching(ledger)
    await watch.look()
    await storm.look()
    await ledger.connection.execute("alter table inbox rename to inbox_away")
    same = [good(uuid7(), 1)] * 2500
    await send_raw(access(servers), TOPIC, same)
    await watch.look_during()
    rings(watch, "ConsumerStopped", "ConsumerLagging")
    await ledger.connection.execute("alter table inbox_away rename to inbox")
    await wait_until("all is read", lambda: _duplicates(storm, 2400), 90)
    await send_raw(access(servers), TOPIC, same)
    await wait_until("all is read again", lambda: _duplicates(storm, 4900), 90)
    rings(storm, "DuplicateStorm")


async def _duplicates(watch: Watch, number: int) -> bool:
    """Scrape the metrics; return whether more than `number` duplicates were dropped, and if not, forget the scrape."""
    await watch.look()
    samples = watch.scrapes[-1].series.items()
    found = sum(value for text, value in samples if "duplicates_total" in text) > number
    if not found:
        watch.scrapes.pop()
    return found


async def test_records_that_cannot_be_applied_and_one_that_is_missing(
    ledger: Ledger, servers: RunningServers, tmp_path: Path
) -> None:
    await ledger.up("worker")
    planted = tmp_path / "alerts.yml"
    planted.write_text(promtool.RULES.read_text().replace("buurtsein_dead_letters_open", "buurtsein_dead_letters"))
    watch, wrong = watching(ledger), watching(ledger, planted)
    await watch.look_at_fresh_gauges()
    key = uuid7()
    await send_raw(access(servers), TOPIC, [(str(key).encode(), b"?", []), good(key, 2)])
    await wait_until("a dead letter and a parked event", lambda: _both(ledger), 30)
    await watch.look_during()
    rings(watch, "DeadLetters", "ContractViolations", "EventsParked")
    wrong.scrapes = watch.scrapes
    assert not wrong.fires("DeadLetters")
    await ledger.connection.execute("update parked set parked_at = parked_at - interval '31 days'")
    await watch.look_during()
    rings(watch, "ParkedForgotten")


async def _both(ledger: Ledger) -> bool:
    return await ledger.count("dead_letter") > 0 and await ledger.count("parked") > 0


async def test_requests_that_fail_and_requests_that_wait_for_a_lock(ledger: Ledger) -> None:
    service = await ledger.up("api")
    watch, slow = watching(ledger), watching(ledger)
    await _entries(service, 1)
    await watch.look()
    await slow.look()
    locker = await asyncpg.connect(ledger.database.superuser)
    async with locker.transaction():
        await locker.execute("lock table entry in access exclusive mode")
        writing = asyncio.create_task(_entries(service, 5))
        await slow.look()
        await asyncio.sleep(1.5)
    await locker.close()
    await writing
    await slow.look()
    rings(slow, "RequestsSlow")
    await ledger.connection.execute("alter table entry rename to entry_away")
    await _entries(service, 3)
    await watch.look()
    await _entries(service, 3)
    await watch.look()
    rings(watch, "RequestsFailing")


async def _entries(service: Running, number: int) -> None:
    async with httpx.AsyncClient(timeout=20) as client:
        bodies = [{"network_id": str(uuid7()), "number": n} for n in range(number)]
        await asyncio.gather(*(client.post(f"{service.url}/v1/entries", json=body) for body in bodies))


async def test_retention_that_never_ran(ledger: Ledger) -> None:
    await ledger.up("api")
    watch = watching(ledger)
    await watch.look_at_fresh_gauges()
    await watch.look_during()
    rings(watch, "RetentionLate", seconds=75 * 60)


@pytest.fixture
async def notifier(servers: RunningServers) -> AsyncIterator[FreshDatabase]:
    async with fresh_database(servers, "notifier") as database:
        yield database


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait(10)


def _notifier(database: FreshDatabase, part: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start one role of a notifier that reaches neither a broker nor BE-Alert; return its process and address."""
    return started("notifier", GOOD, database, part)


async def test_deliveries_that_go_wrong(notifier: FreshDatabase, processes: list[subprocess.Popen[bytes]]) -> None:
    process, url = _notifier(notifier, "api")
    processes.append(process)
    watch = Watch("buurtsein-notifier", lambda: [url])
    await wait_until("a notifier", lambda: answers(url), 30)
    await watch.look_at_fresh_gauges()
    async with opened(notifier.app) as database:
        await _each_fault(database)
        await watch.look_during()
    rings(watch, "DeliveryUnknown", "DeliveriesTurnedAway", "DeliveriesBlocked", "DeliveriesWaiting", "DeliveriesHeld")
    rings(watch, "FeedbackOverdue", "EmergencyReleaseUnjudged", "ProposalUntold", "RuleFailing", "AlertOverload")


async def test_a_charter_a_task_an_erasure_and_a_network_that_nobody_goes_on_with(
    servers: RunningServers, processes: list[subprocess.Popen[bytes]]
) -> None:
    async def forgotten(connection: asyncpg.Connection) -> None:
        await connection.execute(registry_settings.FORGOTTEN)
        alone = network(NetworkState.RECOGNISED, recognition=VP1)
        await connection.execute(registry_settings.WITHOUT_COORDINATOR, NETWORKS.write(alone), NETWORKS.schema)

    watch = await watched(servers, processes, "registry", registry_settings.GOOD, forgotten)
    rings(watch, "CharterStalled", "ErasuresUnconfirmed", "TaskOverdue", "NetworksAtRisk")


async def test_a_body_that_does_not_answer_about_a_report(
    servers: RunningServers, processes: list[subprocess.Popen[bytes]]
) -> None:
    async def unanswered(connection: asyncpg.Connection) -> None:
        await connection.execute(reports_settings.UNANSWERED)

    watch = await watched(servers, processes, "reports", reports_settings.GOOD, unanswered)
    rings(watch, "AnswersOverdue")


async def _each_fault(database: Database) -> None:
    """Make deliveries fail, feedback overdue, a proposal unknown to all and a rule unreadable; set the kill-switch."""
    await released(database)
    worker = Deliveries(typed(Scripted([Unknown("reset")], [CannotSay("away")])), LIVE)
    await worker.step(database)
    await due(database)
    await worker.step(database)
    await owed(database)
    await released(database)
    await alter(database, "xml = 'geen xml' where state = 'ready'")
    await Deliveries(typed(Scripted()), LIVE).step(database)
    await released(database)
    await Deliveries(typed(Scripted([TryAgain("turned_away_http_401")])), LIVE).step(database)
    await untold(database)
    await broken_rules(database)
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        seen = (await store.kill_switch()).version
        await handlers.switch(commands.Switch(on=True, reason="a test"), By("p" + "0" * 32, str(seen)), LIVE, store)


async def test_a_job_that_fails_and_then_no_worker(
    notifier: FreshDatabase, processes: list[subprocess.Popen[bytes]]
) -> None:
    (api, url), (worker, _) = (_notifier(notifier, part) for part in ("api", "worker"))
    processes += [api, worker]
    watch = Watch("buurtsein-notifier", lambda: [url])
    await wait_until("a notifier", lambda: answers(url), 30)
    await watch.look_at_fresh_gauges()
    connection = await asyncpg.connect(notifier.superuser)
    await connection.execute("alter table alert rename to alert_away")

    async def thrice() -> bool:
        return bool(await connection.fetchval("select max(failures_in_a_row) >= 3 from job_run"))

    await wait_until("three failures in a row", thrice, 120)
    worker.kill()
    await connection.close()
    await watch.look_during()
    await watch.look_during()
    rings(watch, "JobFailing", "JobLate")
