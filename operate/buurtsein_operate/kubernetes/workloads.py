"""Makes one service's workloads: a Deployment for each role, a Service, the migration Job and the retention CronJob."""

from collections.abc import Iterator

from buurtsein_chassis.manifest import Manifest
from buurtsein_operate.kubernetes.names import (
    API,
    HTTP_PORT,
    MIGRATE,
    RETENTION,
    Object,
    labels,
    roles,
    service_label,
    thing,
)
from buurtsein_operate.kubernetes.pods import pod


def workloads(manifest: Manifest, *, has_files: bool) -> Iterator[Object]:
    """Yield one service's workloads; `has_files` says that its settings name files of the installation."""
    account = thing("ServiceAccount", manifest.name, api="v1", labels=service_label(manifest.name))
    yield account | {"automountServiceAccountToken": False}
    for role in roles(manifest):
        yield _deployment(manifest, role, pod(manifest, role, ["run", "--only", role], has_files=has_files))
        yield _disruption_budget(manifest, role)
    yield _service(manifest)
    yield _migration(manifest, pod(manifest, MIGRATE, ["migrate"], has_files=has_files))
    yield _retention(manifest, pod(manifest, RETENTION, ["retention"], has_files=has_files))


def _deployment(manifest: Manifest, role: str, template: Object) -> Object:
    """Return a Deployment without `replicas`: Kubernetes runs one pod, until an overlay or autoscaler sets more."""
    own = labels(manifest, role)
    spec = {
        "selector": {"matchLabels": own},
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": template,
    }
    return thing("Deployment", f"{manifest.name}-{role}", spec, api="apps/v1", labels=own)


def _disruption_budget(manifest: Manifest, role: str) -> Object:
    """Return a disruption budget that allows one pod at a time to be evicted, so that every node can be drained."""
    own = labels(manifest, role)
    spec = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": own},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return thing("PodDisruptionBudget", f"{manifest.name}-{role}", spec, api="policy/v1", labels=own)


def _service(manifest: Manifest) -> Object:
    own = labels(manifest, API)
    spec = {"selector": own, "ports": [{"name": "http", "port": HTTP_PORT, "targetPort": "http"}]}
    return thing("Service", manifest.name, spec, api="v1", labels=own)


def _migration(manifest: Manifest, template: Object) -> Object:
    """Return the Job that migrates the database; Kubernetes deletes it after ten minutes, for the next release."""
    spec = {"backoffLimit": 6, "activeDeadlineSeconds": 3600, "ttlSecondsAfterFinished": 600, "template": template}
    return thing("Job", f"{manifest.name}-{MIGRATE}", spec, api="batch/v1", labels=labels(manifest, MIGRATE))


def _retention(manifest: Manifest, template: Object) -> Object:
    own = labels(manifest, RETENTION)
    spec = {
        "schedule": "30 2 * * *",
        "timeZone": "Europe/Brussels",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 3600,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": {"backoffLimit": 3, "activeDeadlineSeconds": 3600, "template": template}},
    }
    return thing("CronJob", f"{manifest.name}-{RETENTION}", spec, api="batch/v1", labels=own)
