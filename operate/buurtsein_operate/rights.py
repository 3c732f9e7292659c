"""Makes Kafka's access rules from the manifests of the services and the list of outside consumers."""

from collections.abc import Iterator, Sequence

from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

from buurtsein_chassis.manifest import readers_of, service_names, topics
from buurtsein_contracts.topics import Topic
from buurtsein_operate.consumers import Consumer


def principals(consumers: Sequence[Consumer]) -> tuple[str, ...]:
    """Return the Kafka users that need access rules: two for each service, one for each outside consumer."""
    services = (f"{name}-{role}" for name in service_names() for role in ("relay", "worker"))
    return (*services, *(consumer.name for consumer in consumers))


def rules(consumers: Sequence[Consumer]) -> frozenset[AclBinding]:
    """Return the access rules: who may write or read each topic, and which consumer groups each user may use."""
    of_topics = {rule for topic in topics() for rule in _topic_rules(topic, consumers)}
    readers = [name for name in principals(consumers) if not name.endswith("-relay")]
    of_groups = {rule for name in readers for rule in _group_rules(name)}
    return frozenset(of_topics | of_groups)


def _group_rules(name: str) -> Iterator[AclBinding]:
    """Yield the access rules that let one Kafka user use the group `name` and all groups that begin with `name.`."""
    yield _rule(ResourceType.GROUP, name, name, AclOperation.READ)
    yield _rule(ResourceType.GROUP, f"{name}.", name, AclOperation.READ, ResourcePatternType.PREFIXED)


def _topic_rules(topic: Topic, consumers: Sequence[Consumer]) -> Iterator[AclBinding]:
    yield _rule(ResourceType.TOPIC, topic.name, f"{topic.owner}-relay", AclOperation.WRITE)
    for service in readers_of(topic):
        yield _rule(ResourceType.TOPIC, topic.name, f"{service}-worker", AclOperation.READ)
    for consumer in consumers:
        if consumer.tier in topic.audiences:
            yield _rule(ResourceType.TOPIC, topic.name, consumer.name, AclOperation.READ)


def _rule(
    kind: ResourceType,
    name: str,
    principal: str,
    operation: AclOperation,
    pattern: ResourcePatternType = ResourcePatternType.LITERAL,
) -> AclBinding:
    return AclBinding(kind, name, pattern, f"User:{principal}", "*", operation, AclPermissionType.ALLOW)
