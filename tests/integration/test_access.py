"""Least privilege on the real servers: each tier of topics, each role of a database."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError

from buurtsein_chassis.kafka import KafkaAccess
from buurtsein_contracts.topics import OUTSIDERS, TOPICS, Tier
from buurtsein_deploy.servers import SERVICES, RunningServers
from harness.databases import FreshDatabase, in_database
from harness.kafka import access

PUBLIC = [topic.name for topic in TOPICS if topic.tier is Tier.PUBLIC_BODIES]
INTERNAL = [topic.name for topic in TOPICS if topic.tier is Tier.INTERNAL]


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


@pytest.mark.parametrize("topic", PUBLIC)
@pytest.mark.parametrize("outsider", OUTSIDERS)
async def test_a_back_office_reads_the_topics_of_public_bodies(
    servers: RunningServers, outsider: str, topic: str
) -> None:
    whom = access(servers, outsider)
    assert await can_read(whom, topic, f"{outsider}.test")
    assert not await can_write(whom, topic)


@pytest.mark.parametrize("topic", INTERNAL)
@pytest.mark.parametrize("outsider", OUTSIDERS)
async def test_a_back_office_does_not_see_internal_topics(servers: RunningServers, outsider: str, topic: str) -> None:
    assert not await can_read(access(servers, outsider), topic, f"{outsider}.test")


async def test_a_back_office_cannot_use_another_ones_group(servers: RunningServers) -> None:
    assert not await can_read(access(servers, "city-backoffice"), PUBLIC[0], "police-backoffice.test")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_its_own_topics_and_no_others(servers: RunningServers, service: str) -> None:
    relay = access(servers, f"{service}-relay")
    allowed = {topic.name for topic in TOPICS if topic.owner == service}
    written = {topic.name for topic in TOPICS if await can_write(relay, topic.name)}
    assert written == allowed


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_what_it_listens_to_and_nothing_else(servers: RunningServers, service: str) -> None:
    worker, group = access(servers, f"{service}-worker"), f"{service}-worker.test"
    allowed = {topic.name for topic in TOPICS if service in topic.readers}
    read = {topic.name for topic in TOPICS if await can_read(worker, topic.name, group)}
    assert read == allowed
    assert not any([await can_write(worker, topic.name) for topic in TOPICS])


@pytest.mark.parametrize(("user", "password"), [("police-backoffice", "wrong"), ("nobody", "wrong"), ("admin", "")])
async def test_a_wrong_password_gets_nothing(servers: RunningServers, user: str, password: str) -> None:
    consumer = AIOKafkaConsumer(
        PUBLIC[0], **KafkaAccess(servers.bootstrap, user, password, encrypted=False).client_options()
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


async def test_an_answer_that_was_given_cannot_be_changed(ledger_database: FreshDatabase) -> None:
    connection = await asyncpg.connect(ledger_database.app)
    for statement in ("update idempotency set body = 'x'", "delete from idempotency"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_a_relay_sees_the_outbox_and_nothing_of_people(ledger_database: FreshDatabase) -> None:
    connection = await asyncpg.connect(ledger_database.relay)
    assert await connection.fetch("select * from outbox_pending") == []
    for table in ("person_vault", "member", "network", "inbox", "idempotency"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"select * from {table}")
    await connection.close()


async def test_a_service_cannot_enter_another_services_database(servers: RunningServers) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(in_database(servers.dsn("registry", "app"), "funding"))
