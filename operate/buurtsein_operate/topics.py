"""Makes a cluster's topics, users and access rules agree with the manifests and the outside consumers.

Invariant: applying twice changes nothing the second time. A known user loses a right when no manifest and no
consumer asks for it any more. Partitions are never added to an existing topic, since that would break the order of
events with the same key.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, cast

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
from buurtsein_chassis.manifest import topics
from buurtsein_contracts.topics import COMPRESSION, Topic
from buurtsein_operate.cluster import SECONDS, Cluster
from buurtsein_operate.consumers import Consumer
from buurtsein_operate.rights import principals, rules

DAY_MS = 86_400_000
MESSAGE_LIMIT = 1_200_000
"""The topic setting `max.message.bytes`; it limits a batch, so it is above a producer's largest request (1 MiB)."""
Change = tuple[str, Callable[[], object]]
"""One change: a line of text for a person, and the function that carries it out."""


def apply(
    cluster: Cluster,
    users: Mapping[str, str],
    consumers: Sequence[Consumer],
    *,
    replication: int = 1,
    new_passwords: bool = False,
    revoke_unknown: bool = False,
    dry_run: bool = False,
) -> list[str]:
    """Change a cluster until its topics, users and access rules match the manifests and outside consumers.

    Args:
        cluster: the address of the cluster and its administrator's credentials.
        users: passwords by Kafka user; a user that is missing here keeps its password.
        consumers: the outside consumers, which get the rights of their tier.
        replication: the number of copies of each partition of a new topic.
        new_passwords: also set the passwords of existing users.
        revoke_unknown: remove the rights to our topics from users that are in no manifest and not in `consumers`;
            without it these rights are only listed.
        dry_run: change nothing, only return the lines.

    Returns:
        One line for each change.

    Raises:
        CommandError: `kafka`, when the broker refuses or does not answer; `partitions`, when a topic has another number
            of partitions.
    """
    with cluster.refusals():
        changes = [
            *_topic_changes(cluster.admin, replication),
            *_rule_changes(cluster.admin, consumers, revoke_unknown=revoke_unknown),
            *_user_changes(cluster, users, new_passwords=new_passwords),
        ]
        for _, do in () if dry_run else changes:
            do()
    return [text for text, _ in changes]


def done(futures: Iterable[Future[Any]]) -> None:
    """Wait for all results of the admin client; raise the first error."""
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


def in_sync(replication: int) -> int:
    """Return `min.insync.replicas` for this number of brokers: all but one, and at least one."""
    return max(1, replication - 1)


def config(topic: Topic, replication: int) -> dict[str, str]:
    """Return the configuration that a topic must have on a cluster with this replication factor."""
    kept = -1 if topic.retention_days is None else topic.retention_days * DAY_MS
    return {
        "retention.ms": str(kept),
        "retention.bytes": "-1",
        "cleanup.policy": "delete",
        "max.message.bytes": str(MESSAGE_LIMIT),
        "compression.type": {"none": "uncompressed"}.get(COMPRESSION, COMPRESSION),
        "min.insync.replicas": str(in_sync(replication)),
    }


def _topic_changes(admin: AdminClient, replication: int) -> Iterator[Change]:
    there = admin.list_topics(timeout=SECONDS).topics
    missing = [topic for topic in topics() if topic.name not in there]
    for topic in missing:
        new = NewTopic(topic.name, topic.partitions, replication, config=config(topic, replication))
        yield f"create topic {topic.name}", partial(_create_topic, admin, new)
    present = [topic for topic in topics() if topic.name in there]
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


def _rule_changes(admin: AdminClient, consumers: Sequence[Consumer], *, revoke_unknown: bool) -> Iterator[Change]:
    known, wanted = {f"User:{name}" for name in principals(consumers)}, rules(consumers)
    present = _present_rules(admin)
    unknown = {rule.principal for rule in present if _is_of_our_topics(rule)} - known
    concerned = {rule for rule in present if rule.principal in (known | unknown if revoke_unknown else known)}
    missing, extra = sorted(wanted - concerned, key=_tell), sorted(concerned - wanted, key=_tell)
    if missing:
        text = "\n".join(f"allow {_tell(rule)}" for rule in missing)
        yield text, partial(_allow, admin, missing)
    for rule in extra:
        yield f"no longer allow {_tell(rule)}", partial(_forbid, admin, rule)
    for rule in sorted(present - concerned, key=_tell):
        if _is_of_our_topics(rule):
            yield f"kept although its user is unknown: {_tell(rule)} (--revoke-unknown removes it)", lambda: None


def _is_of_our_topics(rule: AclBinding) -> bool:
    return rule.restype is ResourceType.TOPIC and rule.name in {topic.name for topic in topics()}


def _present_rules(admin: AdminClient) -> set[AclBinding]:
    # To get the rules of every resource, confluent-kafka's documentation asks for None, which its type hints forbid.
    everything = AclBindingFilter(
        ResourceType.ANY,
        cast("str", None),
        ResourcePatternType.ANY,
        cast("str", None),
        cast("str", None),
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    return set(admin.describe_acls(everything).result(timeout=SECONDS))


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


def _user_changes(cluster: Cluster, users: Mapping[str, str], *, new_passwords: bool) -> Iterator[Change]:
    mechanism = ScramMechanism[cluster.mechanism.replace("-", "_")]
    described = cast("Future[dict[str, Any]]", cluster.admin.describe_user_scram_credentials())
    present = {
        name
        for name, found in described.result(timeout=SECONDS).items()
        if mechanism in {info.mechanism for info in found.scram_credential_infos}
    }
    wanted = [name for name in sorted(users) if new_passwords or name not in present]
    info = ScramCredentialInfo(mechanism, 8192)
    for name in wanted:
        new = UserScramCredentialUpsertion(name, info, users[name].encode())
        yield f"user {name}", partial(_set_user, cluster.admin, new)
