"""On the real servers, each Kafka user and each database role has exactly the access that it needs."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError

from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_contracts.topics import TOPICS
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, in_database
from harness.kafka import access

NAMES = [topic.name for topic in TOPICS]


async def can_read(whom: KafkaAccess, topic: str, group: str) -> bool:
    consumer = AIOKafkaConsumer(
        topic, group_id=group, auto_offset_reset="earliest", request_timeout_ms=5000, **whom.client_options()
    )
    try:
        await consumer.start()
        await consumer.getmany(timeout_ms=700)
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError):
        return False
    finally:
        await consumer.stop()
    return True


async def can_write(whom: KafkaAccess, topic: str) -> bool:
    producer = AIOKafkaProducer(acks="all", enable_idempotence=False, **whom.client_options())
    await producer.start()
    try:
        await producer.send_and_wait(topic, key=b"access-test", value=b"{}")
    except TopicAuthorizationFailedError:
        return False
    finally:
        await producer.stop()
    return True


READ_BY = {
    "police-backoffice": {"bin.networks", "bin.erasures", "bin.incidents", "bin.alerts"},
    "city-backoffice": {"bin.networks", "bin.erasures", "bin.city-incidents", "bin.funding"},
}


@pytest.mark.parametrize("outsider", READ_BY)
async def test_a_back_office_reads_only_the_topics_of_its_tier(servers: RunningServers, outsider: str) -> None:
    whom = access(servers, outsider)
    assert {name for name in NAMES if await can_read(whom, name, f"{outsider}.test")} == READ_BY[outsider]
    assert not any([await can_write(whom, name) for name in NAMES])


@pytest.mark.parametrize(
    ("group", "allowed"),
    [
        ("city-backoffice", True),
        ("city-backoffice.desk", True),
        ("city-backoffice-evil", False),
        ("city-backofficedesk", False),
        ("city", False),
        ("police-backoffice.test", False),
    ],
)
async def test_a_back_office_uses_groups_of_its_own_name_only(
    servers: RunningServers, group: str, *, allowed: bool
) -> None:
    assert await can_read(access(servers, "city-backoffice"), "bin.networks", group) == allowed


async def test_a_worker_cannot_use_a_group_that_only_begins_like_its_own(servers: RunningServers) -> None:
    assert not await can_read(access(servers, "reports-worker"), "bin.networks", "reports-worker-evil")


@pytest.mark.parametrize("service", service_names())
async def test_a_service_writes_its_own_topics_and_no_others(servers: RunningServers, service: str) -> None:
    relay = access(servers, f"{service}-relay")
    allowed = {topic.name for topic in TOPICS if topic.owner == service}
    written = {topic.name for topic in TOPICS if await can_write(relay, topic.name)}
    assert written == allowed


@pytest.mark.parametrize("service", service_names())
async def test_a_service_reads_only_the_topics_that_it_subscribes_to(servers: RunningServers, service: str) -> None:
    worker, group = access(servers, f"{service}-worker"), f"{service}-worker.test"
    allowed = {topic.name for topic in manifest_of(service).reads}
    read = {topic.name for topic in TOPICS if await can_read(worker, topic.name, group)}
    assert read == allowed
    assert not any([await can_write(worker, topic.name) for topic in TOPICS])


@pytest.mark.parametrize(("user", "password"), [("police-backoffice", "wrong"), ("nobody", "wrong"), ("admin", "")])
async def test_a_wrong_password_gets_nothing(servers: RunningServers, user: str, password: str) -> None:
    consumer = AIOKafkaConsumer(
        "bin.networks", **KafkaAccess(servers.bootstrap, user, password, encrypted=False).client_options()
    )
    with pytest.raises(KafkaConnectionError):
        await consumer.start()
    await consumer.stop()


async def test_the_event_log_cannot_be_changed(ledger_database: FreshDatabase) -> None:
    for role in (ledger_database.app, ledger_database.relay):
        connection = await asyncpg.connect(role)
        for statement in ("update event_log set key = 'x'", "delete from event_log", "truncate event_log"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        await connection.close()


async def test_a_stored_response_cannot_be_changed(ledger_database: FreshDatabase) -> None:
    connection = await asyncpg.connect(ledger_database.app)
    for statement in ("update idempotency set body = 'x'", "delete from idempotency"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_a_relay_can_read_the_outbox_and_no_personal_data(ledger_database: FreshDatabase) -> None:
    connection = await asyncpg.connect(ledger_database.relay)
    assert await connection.fetch("select * from outbox_pending") == []
    for table in ("person_vault", "member", "network", "inbox", "idempotency"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"select * from {table}")
    await connection.close()


async def test_a_service_cannot_connect_to_the_database_of_another(servers: RunningServers) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(in_database(servers.dsn("registry", "app"), "funding"))


@pytest.mark.parametrize("role", ["app", "relay"])
@pytest.mark.parametrize(
    "call", ["lo_creat(-1)", "lo_create(0)", "lo_from_bytea(0, 'x')", "lo_put(1, 0, 'x')", "lo_import('/etc/passwd')"]
)
async def test_a_role_cannot_use_large_objects(servers: RunningServers, role: str, call: str) -> None:
    connection = await asyncpg.connect(servers.dsn("reports", role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"select {call}")
    finally:
        await connection.close()
