"""Makes autoscalers (by CPU) for API and worker; a service's workers are at most the partitions of its topics."""

from collections.abc import Iterator

from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.kubernetes.names import API, WORKER, Object, labels, roles, thing

LEAST = 2
MOST_API = 6
CPU_PERCENT = 70
"""The part of the CPU that its pods ask for, above which pods are added."""


def autoscalers(manifest: Manifest) -> Iterator[Object]:
    """Yield the HorizontalPodAutoscalers of one service."""
    yield _autoscaler(manifest, API, MOST_API)
    if WORKER in roles(manifest):
        yield _autoscaler(manifest, WORKER, most_workers(manifest))


def most_workers(manifest: Manifest) -> int:
    """Return a service's maximum number of workers: the partitions of its largest topic, and at least two."""
    return max([LEAST, *(topic.partitions for topic in manifest.reads)])


def _autoscaler(manifest: Manifest, role: str, most: int) -> Object:
    name = f"{manifest.name}-{role}"
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": CPU_PERCENT}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": LEAST,
        "maxReplicas": most,
        "metrics": [{"type": "Resource", "resource": cpu}],
        # Each change of the number of workers makes the consumer groups rebalance.
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 600}},
    }
    return thing("HorizontalPodAutoscaler", name, spec, api="autoscaling/v2", labels=labels(manifest, role))
