"""Makes the network policies: every connection of a pod is forbidden, except those listed in this file."""

from collections.abc import Iterator, Sequence

from buurtsein_operate.kubernetes.names import (
    API,
    CALLS_OUT,
    HTTP_PORT,
    KAFKA,
    KAFKA_PORT,
    METRICS_PORT,
    OPERATE,
    OURS,
    POSTGRES,
    POSTGRES_PORT,
    RELAY,
    WORKER,
    Object,
    component_label,
    thing,
)

INGRESS = {"buurtsein/ingress": "true"}
"""The label of the namespace whose pods bring requests from outside; the operator sets it."""
MONITORING = {"buurtsein/monitoring": "true"}
"""The label of the namespace whose pods read metrics; the operator sets it."""
KAFKA_PODS = {"strimzi.io/cluster": KAFKA}
POSTGRES_PODS = {"cnpg.io/cluster": POSTGRES}
HTTPS = 443
_OPERATORS = (HTTPS, 6443)
"""The ports of a cluster's API server."""


def of_services(issuer: Sequence[str], outside: Sequence[str]) -> Iterator[Object]:
    """Yield the network policies for the pods of the services.

    Args:
        issuer: the networks (CIDR) in which the issuer of tokens is.
        outside: the networks that the roles in `calls_out` of a manifest may call, such as those of BE-Alert.
    """
    yield _policy("default-deny", {}, ingress=[], egress=[])
    yield _policy("dns", {}, egress=[_to([_dns()], (53, "UDP"), (53, "TCP"))])
    requests = [_from([_namespace(INGRESS), _pods(component_label(OPERATE))], HTTP_PORT)]
    yield _policy("requests", component_label(API), ingress=requests)
    yield _policy("to-services", component_label(OPERATE), egress=[_to([_pods(component_label(API))], HTTP_PORT)])
    yield _policy("metrics", OURS, ingress=[_from([_namespace(MONITORING)], METRICS_PORT)])
    yield _policy("to-postgres", OURS, egress=[_to([_pods(POSTGRES_PODS)], POSTGRES_PORT)])
    kafka_clients = {"matchExpressions": [_one_of("app.kubernetes.io/component", RELAY, WORKER, OPERATE)]}
    yield _policy("to-kafka", kafka_clients, egress=[_to([_pods(KAFKA_PODS)], KAFKA_PORT)])
    yield _policy("to-issuer", component_label(API), egress=[_to(_networks(issuer), HTTPS)])
    yield _policy("to-outside", CALLS_OUT, egress=[_to(_networks(outside), HTTPS)])


def of_kafka() -> Iterator[Object]:
    """Yield the policy that lets brokers and Strimzi's operators connect to each other and to the API server.

    Strimzi itself makes the policies that say who may connect to the brokers' listeners.
    """
    yield _policy("kafka", KAFKA_PODS, egress=[_to([_pods(KAFKA_PODS)]), _to([], *_OPERATORS)])


def of_postgres() -> Iterator[Object]:
    """Yield PostgreSQL's network policy: it allows replication, services, the operator and monitoring."""
    operator = _namespace({"kubernetes.io/metadata.name": "cnpg-system"})
    ingress = [
        _from([_pods(OURS), _pods(POSTGRES_PODS)], POSTGRES_PORT),
        _from([operator, _pods(POSTGRES_PODS)], POSTGRES_PORT, 8000),
        _from([_namespace(MONITORING)], 9187),
    ]
    yield _policy(
        "postgres", POSTGRES_PODS, ingress=ingress, egress=[_to([_pods(POSTGRES_PODS)]), _to([], *_OPERATORS)]
    )


def _policy(
    name: str, pods: Object, *, ingress: list[Object] | None = None, egress: list[Object] | None = None
) -> Object:
    selector = pods if not pods or "matchExpressions" in pods else {"matchLabels": pods}
    rules = {"ingress": ingress, "egress": egress}
    given = {direction: rule for direction, rule in rules.items() if rule}
    types = [direction.capitalize() for direction, rule in rules.items() if rule is not None]
    return thing(
        "NetworkPolicy", name, {"podSelector": selector, "policyTypes": types, **given}, api="networking.k8s.io/v1"
    )


def _from(peers: list[Object], *ports: int) -> Object:
    return {"from": peers, "ports": [_port(port) for port in ports]}


def _to(peers: list[Object], *ports: int | tuple[int, str]) -> Object:
    """Return a network rule that allows connections to these peers and ports; empty lists allow all."""
    return ({"to": peers} if peers else {}) | ({"ports": [_port(port) for port in ports]} if ports else {})


def _port(port: int | tuple[int, str]) -> Object:
    number, protocol = port if isinstance(port, tuple) else (port, "TCP")
    return {"port": number, "protocol": protocol}


def _pods(found_by: Object) -> Object:
    return {"podSelector": {"matchLabels": found_by}}


def _namespace(found_by: Object) -> Object:
    return {"namespaceSelector": {"matchLabels": found_by}}


def _dns() -> Object:
    return _namespace({"kubernetes.io/metadata.name": "kube-system"}) | _pods({"k8s-app": "kube-dns"})


def _networks(networks: Sequence[str]) -> list[Object]:
    return [{"ipBlock": {"cidr": cidr}} for cidr in networks]


def _one_of(label: str, *values: str) -> Object:
    return {"key": label, "operator": "In", "values": list(values)}
