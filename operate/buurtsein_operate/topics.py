"""Topics, access rules and users on a Kafka cluster, from the contracts' catalogue and from nothing else.

Invariant: applying twice changes nothing the second time; a rule of ours that the catalogue no longer gives is taken
away; partitions are never added to a topic with data, since that would break the order of its keys.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self, cast

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts.topics import COMPRESSION, OUTSIDERS, TOPICS, Topic, outsiders_of

DAY_MS = 86_400_000
SECONDS = 20
MESSAGE_LIMIT = 1_200_000
"""Bytes in one batch: above what a producer sends at once (1 MiB), since the limit counts the batch."""
Change = tuple[str, Callable[[], object]]
"""What is to be done, for a person, and the doing."""


@dataclass(frozen=True)
class Cluster:
    """A cluster and who administers it."""

    bootstrap: str
    security_protocol: str
    username: str
    password: str
    ca_file: str | None = None
    """Certificate of the broker's authority, where it is not one that this machine knows."""

    def __post_init__(self) -> None:
        """CommandError `ca-file` when that file is of no use: now, and not as a broker that cannot be reached."""
        if self.ca_file:
            _certificate(self.ca_file)

    @classmethod
    def of_stack(cls, kafka: Mapping[str, Any]) -> Self:
        """The cluster that the part `kafka` of a `stack.json` tells of, as its administrator."""
        admin = kafka["principals"]["admin"]
        return cls(kafka["bootstrap"], kafka["security_protocol"], admin["username"], admin["password"])

    @cached_property
    def admin(self) -> AdminClient:
        """The client; what it would print goes to the log `buurtsein.kafka`."""
        settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.security_protocol,
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.username,
            "sasl.password": self.password,
            "reconnect.backoff.max.ms": 200,
            "socket.timeout.ms": SECONDS * 1000,
        }
        if self.ca_file:
            settings["ssl.ca.location"] = self.ca_file
        log = logging.getLogger("buurtsein.kafka")
        log.addHandler(logging.NullHandler())
        return AdminClient(settings, logger=log)

    def answers(self) -> bool:
        """Whether the broker is there and lets its administrator in."""
        host, _, port = self.bootstrap.split(",")[0].rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return bool(self.admin.list_topics(timeout=3).brokers)
        except (OSError, KafkaException):
            return False


def _certificate(path: str) -> None:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        why = "is no certificate" if isinstance(error, ssl.SSLError) else f"cannot be read: {error.strerror}"
        raise CommandError("ca-file", f"{path} {why} (BUURTSEIN_KAFKA_CA_FILE)") from error


def services() -> tuple[str, ...]:
    """Every service that owns or reads a topic."""
    return tuple(sorted({name for topic in TOPICS for name in (topic.owner, *topic.readers)}))


def principals() -> tuple[str, ...]:
    """Everybody who may do something: two for each service, and the outsiders."""
    return (*(f"{name}-{role}" for name in services() for role in ("relay", "worker")), *OUTSIDERS)


def rules() -> frozenset[AclBinding]:
    """The access rules of the catalogue: owners write, readers read, everybody uses the groups of the own name."""
    topics = {rule for topic in TOPICS for rule in _topic_rules(topic)}
    readers = [name for name in principals() if not name.endswith("-relay")]
    groups = {rule for name in readers for rule in _group_rules(name)}
    return frozenset(topics | groups)


def _group_rules(name: str) -> Iterator[AclBinding]:
    """The group of the name itself, and those of the name and a point and more: no other name begins so."""
    yield _rule(ResourceType.GROUP, name, name, AclOperation.READ)
    yield _rule(ResourceType.GROUP, f"{name}.", name, AclOperation.READ, ResourcePatternType.PREFIXED)


def _topic_rules(topic: Topic) -> Iterator[AclBinding]:
    yield _rule(ResourceType.TOPIC, topic.name, f"{topic.owner}-relay", AclOperation.WRITE)
    for reader in (*(f"{name}-worker" for name in topic.readers), *outsiders_of(topic)):
        yield _rule(ResourceType.TOPIC, topic.name, reader, AclOperation.READ)


def _rule(
    kind: ResourceType,
    name: str,
    principal: str,
    operation: AclOperation,
    pattern: ResourcePatternType = ResourcePatternType.LITERAL,
) -> AclBinding:
    return AclBinding(kind, name, pattern, f"User:{principal}", "*", operation, AclPermissionType.ALLOW)


def apply(
    cluster: Cluster,
    users: Mapping[str, str],
    *,
    replication: int = 1,
    new_passwords: bool = False,
    dry_run: bool = False,
) -> list[str]:
    """Bring a cluster in line with the catalogue.

    Args:
        cluster: where, and as whom (needs the rights of an administrator).
        users: passwords by principal; a principal that is not named here is left alone.
        replication: copies of each partition of a new topic.
        new_passwords: also set the passwords of users that exist.
        dry_run: only tell.

    Returns:
        One line for each change.

    Raises:
        CommandError: `kafka`, with what the broker refused.
    """
    try:
        changes = [
            *_topic_changes(cluster.admin, replication),
            *_rule_changes(cluster.admin),
            *_user_changes(cluster.admin, users, new_passwords=new_passwords),
        ]
        for _, do in () if dry_run else changes:
            do()
    except KafkaException as error:
        reason = error.args[0]
        said = reason.str() if isinstance(reason, KafkaError) else str(reason)
        raise CommandError("kafka", f"Kafka at {cluster.bootstrap} refused: {said}") from error
    return [text for text, _ in changes]


def done(futures: Iterable[Future[Any]]) -> None:
    """Wait for each answer; each may fail by itself."""
    for future in futures:
        future.result(timeout=SECONDS)


def _create_topic(admin: AdminClient, new: NewTopic) -> None:
    done(admin.create_topics([new]).values())


def _alter(admin: AdminClient, altered: ConfigResource) -> None:
    done(admin.incremental_alter_configs([altered]).values())


def _allow(admin: AdminClient, missing: list[AclBinding]) -> None:
    done(admin.create_acls(missing).values())


def _forbid(admin: AdminClient, rule: AclBinding) -> None:
    done(admin.delete_acls([_exactly(rule)]).values())


def _set_user(admin: AdminClient, new: UserScramCredentialUpsertion) -> None:
    done(admin.alter_user_scram_credentials([new]).values())


def config(topic: Topic, replication: int) -> dict[str, str]:
    """The settings that a topic must have."""
    kept = -1 if topic.retention_days is None else topic.retention_days * DAY_MS
    return {
        "retention.ms": str(kept),
        "retention.bytes": "-1",
        "cleanup.policy": "delete",
        "max.message.bytes": str(MESSAGE_LIMIT),
        "compression.type": {"none": "uncompressed"}.get(COMPRESSION, COMPRESSION),
        "min.insync.replicas": str(max(1, replication - 1)),
    }


def _topic_changes(admin: AdminClient, replication: int) -> Iterator[Change]:
    there = admin.list_topics(timeout=SECONDS).topics
    missing = [topic for topic in TOPICS if topic.name not in there]
    for topic in missing:
        new = NewTopic(topic.name, topic.partitions, replication, config=config(topic, replication))
        yield f"create topic {topic.name}", partial(_create_topic, admin, new)
    present = [topic for topic in TOPICS if topic.name in there]
    for topic in present:
        count = len(there[topic.name].partitions)
        if count != topic.partitions:
            raise CommandError(
                "partitions", f"{topic.name} has {count} partitions and must have {topic.partitions}: move it by hand"
            )
        yield from _config_changes(admin, topic)


def _config_changes(admin: AdminClient, topic: Topic) -> Iterator[Change]:
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic.name)
    [future] = admin.describe_configs([resource]).values()
    now = {name: entry.value for name, entry in future.result(timeout=SECONDS).items()}
    wanted = {name: value for name, value in config(topic, 1).items() if name != "min.insync.replicas"}
    for name, value in wanted.items():
        if now.get(name) != value:
            entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
            altered = ConfigResource(ConfigResource.Type.TOPIC, topic.name, incremental_configs=[entry])
            yield (
                f"set {topic.name} {name}={value} (was {now.get(name)})",
                partial(_alter, admin, altered),
            )


def _rule_changes(admin: AdminClient) -> Iterator[Change]:
    # the client's types forbid None, its documentation asks for it: "any"
    everything = AclBindingFilter(
        ResourceType.ANY,
        cast("str", None),
        ResourcePatternType.ANY,
        cast("str", None),
        cast("str", None),
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    ours = {f"User:{name}" for name in principals()}
    there = {rule for rule in admin.describe_acls(everything).result(timeout=SECONDS) if rule.principal in ours}
    missing, extra = sorted(rules() - there, key=_tell), sorted(there - rules(), key=_tell)
    if missing:
        text = "\n".join(f"allow {_tell(rule)}" for rule in missing)
        yield text, partial(_allow, admin, missing)
    for rule in extra:
        yield f"no longer allow {_tell(rule)}", partial(_forbid, admin, rule)


def _tell(rule: AclBinding) -> str:
    who, what = rule.principal.removeprefix("User:"), ResourceType(rule.restype).name.lower()
    star = "*" if rule.resource_pattern_type is ResourcePatternType.PREFIXED else ""
    return f"{who} {AclOperation(rule.operation).name} {what} {rule.name}{star}"


def _exactly(rule: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        rule.restype,
        rule.name,
        rule.resource_pattern_type,
        rule.principal,
        rule.host,
        rule.operation,
        rule.permission_type,
    )


def _user_changes(admin: AdminClient, users: Mapping[str, str], *, new_passwords: bool) -> Iterator[Change]:
    described = cast("Future[dict[str, Any]]", admin.describe_user_scram_credentials())
    there = set(described.result(timeout=SECONDS))
    wanted = [name for name in sorted(users) if new_passwords or name not in there]
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
    for name in wanted:
        new = UserScramCredentialUpsertion(name, info, users[name].encode())
        yield f"user {name}", partial(_set_user, admin, new)
