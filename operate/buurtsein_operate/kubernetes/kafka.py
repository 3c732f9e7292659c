"""Makes Strimzi's resources: the Kafka cluster, its topics, and a Kafka user with access rules for each client.

Topics, settings and access rules are those of `buurtsein topics apply`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from confluent_kafka.admin import AclBinding, AclOperation, ResourcePatternType, ResourceType

from buurtsein_chassis.manifest import topics
from buurtsein_contracts.topics import Topic
from buurtsein_operate.consumers import Consumer
from buurtsein_operate.kubernetes.names import ADMIN, KAFKA, KAFKA_PORT, OURS, Object, thing
from buurtsein_operate.rights import principals, rules
from buurtsein_operate.topics import config

VERSION = "kafka.strimzi.io/v1"
OF_CLUSTER = {"strimzi.io/cluster": KAFKA}


def cluster() -> Iterator[Object]:
    """Yield Strimzi's resources for a Kafka cluster of one node, to which a kustomize overlay adds nodes."""
    listener = {
        "name": "internal",
        "port": KAFKA_PORT,
        "type": "internal",
        "tls": True,
        "authentication": {"type": "scram-sha-512"},
        "networkPolicyPeers": [{"podSelector": {"matchLabels": OURS}}],
    }
    kafka = {
        "listeners": [listener],
        "authorization": {"type": "simple", "superUsers": [ADMIN]},
        "config": {
            "auto.create.topics.enable": False,
            "default.replication.factor": 1,
            "min.insync.replicas": 1,
            "offsets.topic.replication.factor": 1,
        },
    }
    spec = {"kafka": kafka, "entityOperator": {"topicOperator": {}, "userOperator": {}}}
    yield thing("Kafka", KAFKA, spec, api=VERSION)
    nodes = {
        "replicas": 1,
        "roles": ["controller", "broker"],
        "storage": {"type": "persistent-claim", "size": "20Gi", "deleteClaim": False},
        "jvmOptions": {"-Xms": "512m", "-Xmx": "512m"},
        "resources": {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "1536Mi"}},
    }
    yield thing("KafkaNodePool", "nodes", nodes, api=VERSION, labels=OF_CLUSTER)


def kafka_topics() -> Iterator[Object]:
    """Yield Strimzi's topics of the installed services, with replication factors for a cluster of one node."""
    yield from (_topic(topic) for topic in topics())


def _topic(topic: Topic) -> Object:
    settings = {name: int(value) if value.lstrip("-").isdigit() else value for name, value in config(topic, 1).items()}
    spec = {"partitions": topic.partitions, "replicas": 1, "config": settings}
    return thing("KafkaTopic", topic.name, spec, api=VERSION, labels=OF_CLUSTER)


def users(consumers: Sequence[Consumer]) -> Iterator[Object]:
    """Yield Strimzi's users with their access rules: services, outside consumers, and the administrator."""
    wanted = sorted(rules(consumers), key=_place)
    rights = {name: list(own) for name, own in groupby(wanted, key=lambda rule: rule.principal.removeprefix("User:"))}
    yield from (_user(name, rights.get(name, [])) for name in principals(consumers))
    yield _user(ADMIN, [])


def _user(name: str, rights: Sequence[AclBinding]) -> Object:
    spec: Object = {"authentication": {"type": "scram-sha-512"}}
    if rights:
        spec["authorization"] = {"type": "simple", "acls": [_right(rule) for rule in rights]}
    return thing("KafkaUser", name, spec, api=VERSION, labels=OF_CLUSTER)


def _right(rule: AclBinding) -> Object:
    prefixed = rule.resource_pattern_type is ResourcePatternType.PREFIXED
    resource = {
        "type": ResourceType(rule.restype).name.lower(),
        "name": rule.name,
        "patternType": "prefix" if prefixed else "literal",
    }
    return {"resource": resource, "operations": [AclOperation(rule.operation).name.capitalize()], "host": rule.host}


def _place(rule: AclBinding) -> tuple[str, ...]:
    return rule.principal, ResourceType(rule.restype).name, rule.name, AclOperation(rule.operation).name
