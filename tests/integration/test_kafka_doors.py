"""Other ways to authenticate to Kafka: SCRAM-SHA-256, and a certificate instead of a password (mTLS)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from buurtsein_operate import topics
from buurtsein_operate.cluster import Cluster
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from buurtsein_stack.kafka import Kafka, jaas
from buurtsein_stack.servers import RunningServers
from harness.ledger import Ledger, new_ledger
from harness.ledger_process import Running
from harness.load import load
from harness.tls import Authority
from harness.waiting import wait_until

pytestmark = [pytest.mark.thorough, pytest.mark.asyncio(loop_scope="module")]

USERS = ("registry-relay", "reports-worker")


@dataclass(frozen=True, slots=True)
class WithDoors(Kafka):
    """A Kafka broker with two extra TLS ports: one for passwords, and one for client certificates."""

    authority: Authority

    def door(self, name: str) -> str:
        return f"127.0.0.1:{self.home.port(name)}"

    def settings(self, data: Path) -> dict[str, str]:
        settings = Kafka.settings(self, data)
        doors = f",HASHED://{self.door('hashed')},CERTIFIED://{self.door('certified')}"
        return settings | {
            "listeners": settings["listeners"] + doors,
            "advertised.listeners": settings["advertised.listeners"] + doors,
            "listener.security.protocol.map": settings["listener.security.protocol.map"]
            + ",HASHED:SASL_SSL,CERTIFIED:SSL",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512,SCRAM-SHA-256",
            "listener.name.hashed.sasl.enabled.mechanisms": "SCRAM-SHA-256",
            "listener.name.hashed.scram-sha-256.sasl.jaas.config": jaas("scram.Scram"),
            "listener.name.certified.ssl.client.auth": "required",
            "ssl.principal.mapping.rules": "RULE:^CN=([^,]+)$/$1/",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.authority.folder / "127.0.0.1.pem"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority.ca),
        }


class Elsewhere(RunningServers):
    """The test run's PostgreSQL, and a separate Kafka broker that also has listeners with TLS."""

    kafka: WithDoors


@pytest.fixture(scope="module")
def elsewhere(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    home = Home(tmp_path_factory.mktemp("doors"))
    home.make()
    authority = Authority(tmp_path_factory.mktemp("authority"))
    for name in ("127.0.0.1", *USERS, "admin", "stranger"):
        authority.shown_by(name)
    found = Elsewhere(servers.postgres, WithDoors(home, authority))
    try:
        found.kafka.start()
        users = {name: who.password for name, who in found.principals.items() if name != "admin"}
        topics.apply(found.kafka.cluster(), users, Installation.load().consumers)
        _hashed(found.kafka, users)
        yield found
    finally:
        found.kafka.stop()


def _hashed(kafka: WithDoors, passwords: dict[str, str]) -> None:
    """Store the Kafka users' passwords for SCRAM-SHA-256 too, connected as the administrator with a certificate."""
    files = kafka.authority.folder, kafka.authority.ca
    admin = Cluster(
        kafka.door("certified"), "SSL", "admin", "", str(files[1]), "SCRAM-SHA-256", str(files[0] / "admin.pem")
    )
    consumers = Installation.load().consumers
    assert topics.apply(admin, passwords, consumers) == [f"user {name}" for name in sorted(passwords)]
    assert topics.apply(admin, passwords, consumers) == []


@pytest_asyncio.fixture(loop_scope="module")
async def ledger(elsewhere: Elsewhere, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(elsewhere, tmp_path) as fresh:
        yield fresh


async def carried(ledger: Ledger, **settings: str) -> None:
    service = await ledger.up("api", "relay", "worker", env={f"LEDGER_KAFKA_{key}": v for key, v in settings.items()})
    await load(ledger, service.url).run(5)
    await ledger.wait_until_applied(5)
    await ledger.check()


async def test_with_scram_sha_256_events_are_published_and_applied(ledger: Ledger, elsewhere: Elsewhere) -> None:
    await carried(
        ledger,
        BOOTSTRAP=elsewhere.kafka.door("hashed"),
        SECURITY_PROTOCOL="SASL_SSL",
        SASL_MECHANISM="SCRAM-SHA-256",
        CA_FILE=str(elsewhere.kafka.authority.ca),
    )


async def test_with_a_certificate_instead_of_a_password_events_are_published_and_applied(
    ledger: Ledger, elsewhere: Elsewhere
) -> None:
    folder = elsewhere.kafka.authority.folder
    await carried(
        ledger,
        BOOTSTRAP=elsewhere.kafka.door("certified"),
        SECURITY_PROTOCOL="SSL",
        CA_FILE=str(elsewhere.kafka.authority.ca),
        RELAY_CERTIFICATE_FILE=str(folder / "registry-relay.pem"),
        WORKER_CERTIFICATE_FILE=str(folder / "reports-worker.pem"),
    )


async def test_with_an_unknown_certificate_nothing_is_published(ledger: Ledger, elsewhere: Elsewhere) -> None:
    stranger = str(elsewhere.kafka.authority.folder / "stranger.pem")
    settings = {
        "BOOTSTRAP": elsewhere.kafka.door("certified"),
        "SECURITY_PROTOCOL": "SSL",
        "CA_FILE": str(elsewhere.kafka.authority.ca),
        "RELAY_CERTIFICATE_FILE": stranger,
        "WORKER_CERTIFICATE_FILE": stranger,
    }
    service = ledger.start("api", "relay", env={f"LEDGER_KAFKA_{key}": value for key, value in settings.items()})
    await wait_until("it answers", lambda: answers(service))
    await load(ledger, service.url).run(1)
    await wait_until("the broker refused it", lambda: refused(ledger))
    assert await ledger.count("outbox_pending") == 1


async def answers(service: Running) -> bool:
    try:
        return await asyncio.to_thread(service.is_live)
    except httpx.HTTPError:
        return False


async def refused(ledger: Ledger) -> bool:
    told = [*ledger.log_lines("relay.send_failed"), *ledger.log_lines("relay.topic_unknown")]
    return bool(told) or bool(ledger.log_lines("relay.retry"))
