"""A real Kubernetes API server accepts each overlay, and refuses mistakes that the schemas alone accept.

`make kubernetes-test` runs this. The server checks objects as in any cluster; there is no kubelet, so no pod runs.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from harness.kubernetes import definitions
from harness.kubernetes.rendered import FOLDER, OVERLAYS, Object, overlay, rendered
from harness.kubernetes.server import Server, api_server
from harness.waiting import wait_for

pytestmark = [pytest.mark.external, pytest.mark.thorough, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Yield a Kubernetes API server with our namespace and with the resource types of Strimzi and CloudNativePG."""
    defined = [*definitions.strimzi(), *definitions.with_any_content()]
    with api_server() as running:
        running.take(defined)
        running.take(one for one in overlay("one-node") if one["kind"] == "Namespace")
        wait_for("all defined resources can be used", lambda: all(map(running.established, map(name_of, defined))))
        yield running


@pytest.fixture(scope="module")
def small() -> list[Object]:
    return overlay("one-node")


def name_of(defined: Object) -> str:
    return str(defined["metadata"]["name"])


def one(objects: list[Object], kind: str, name: str) -> Object:
    """Return a copy of the Kubernetes object that has this kind and name."""
    [found] = [each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return deepcopy(found)


def pod_of(workload: Object) -> Object:
    """Return the pod template of a Deployment, Job or CronJob."""
    spec = workload["spec"].get("jobTemplate", workload)["spec"]
    metadata = {"name": "pod", "namespace": "buurtsein", **spec["template"]["metadata"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec["template"]["spec"]}


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_server_takes_the_overlay_without_a_warning(server: Server, name: str) -> None:
    answer = server.would_take(overlay(name))
    assert answer.accepted, answer.text
    assert answer.text == ""


def test_the_server_admits_every_kind_of_pod_under_restricted_security(server: Server, small: list[Object]) -> None:
    workloads = [each for each in small if each["kind"] in {"Deployment", "Job", "CronJob"}]
    assert len(workloads) == 20
    for workload in workloads:
        answer = server.would_take([pod_of(workload)])
        assert answer.accepted, f"{workload['metadata']['name']}: {answer.text}"


def test_the_first_step_of_an_upgrade_migrates_and_touches_no_running_process(server: Server) -> None:
    chosen = "app.kubernetes.io/name=reports,app.kubernetes.io/component notin (api,relay,worker)"
    names = {
        re.sub("-[a-z0-9]{10}$", "", name) for name in server.would_apply(FOLDER / "overlays" / "one-node", chosen)
    }
    assert names == {
        "configmap/reports-files",
        "configmap/reports-settings",
        "cronjob.batch/reports-retention",
        "job.batch/reports-migrate",
        "serviceaccount/reports",
    }


def no_surge_and_none_missing(deployment: Object) -> None:
    deployment["spec"]["strategy"]["rollingUpdate"] = {"maxSurge": 0, "maxUnavailable": 0}


def always_again(job: Object) -> None:
    job["spec"]["template"]["spec"]["restartPolicy"] = "Always"


def other_labels(deployment: Object) -> None:
    deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"] = "relay"


def no_network(policy: Object) -> None:
    policy["spec"]["egress"][0]["to"][0]["ipBlock"]["cidr"] = "be-alert.example"


def more_than_most(autoscaler: Object) -> None:
    autoscaler["spec"]["minReplicas"] = 9


def two_budgets(budget: Object) -> None:
    budget["spec"]["minAvailable"] = 1


def a_right_that_does_not_exist(user: Object) -> None:
    user["spec"]["authorization"]["acls"][0]["operations"] = ["Publish"]


def no_partition(topic: Object) -> None:
    topic["spec"]["partitions"] = 0


def misspelt(deployment: Object) -> None:
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["readynessProbe"] = container.pop("readinessProbe")


MISTAKES: list[tuple[Callable[[Object], None], str, str, str]] = [
    (no_surge_and_none_missing, "Deployment", "reports-api", "may not be 0 when `maxSurge` is 0"),
    (
        always_again,
        "Job",
        "reports-migrate",
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure"',
    ),
    (other_labels, "Deployment", "reports-api", "`selector` does not match template `labels`"),
    (no_network, "NetworkPolicy", "to-outside", "ipBlock.cidr: Invalid value"),
    (more_than_most, "HorizontalPodAutoscaler", "reports-worker", "must be greater than or equal to `minReplicas`"),
    (two_budgets, "PodDisruptionBudget", "reports-api", "minAvailable and maxUnavailable cannot be both set"),
    (a_right_that_does_not_exist, "KafkaUser", "reports-relay", 'Unsupported value: "Publish"'),
    (no_partition, "KafkaTopic", "bin.networks", "spec.partitions in body should be greater than or equal to 1"),
    (misspelt, "Deployment", "reports-api", "readynessProbe"),
]


@pytest.mark.parametrize(
    ("plant", "kind", "name", "reason"), MISTAKES, ids=lambda value: getattr(value, "__name__", "")
)
def test_the_server_refuses_a_planted_mistake_for_its_reason(
    server: Server, plant: Callable[[Object], None], kind: str, name: str, reason: str
) -> None:
    wrong = one(overlay("three-zones"), kind, name)
    assert server.would_take([wrong]).accepted
    plant(wrong)
    answer = server.would_take([wrong])
    assert not answer.accepted
    assert reason in answer.text


def as_root(pod: Object) -> None:
    pod["spec"]["securityContext"] = {"runAsUser": 0}


def with_a_capability(pod: Object) -> None:
    del pod["spec"]["containers"][0]["securityContext"]["capabilities"]


@pytest.mark.parametrize(
    ("plant", "reason"), [(as_root, "runAsNonRoot != true"), (with_a_capability, "unrestricted capabilities")]
)
def test_the_server_refuses_a_pod_with_more_rights(
    server: Server, small: list[Object], plant: Callable[[Object], None], reason: str
) -> None:
    pod = pod_of(one(small, "Deployment", "reports-api"))
    plant(pod)
    answer = server.would_take([pod])
    assert not answer.accepted
    assert 'violates PodSecurity "restricted' in answer.text
    assert reason in answer.text


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_resources_of_cloudnativepg_and_prometheus_have_their_types(name: str, tmp_path: Path) -> None:
    objects = [*overlay(name), *rendered(FOLDER / "monitoring")]
    kinds = {each["kind"] for each in objects if each["apiVersion"] in definitions.MODULES}
    assert kinds == {"Cluster", "Database", "PodMonitor"}
    assert definitions.against_types(objects, tmp_path) == []


def test_a_misspelt_or_wrong_field_of_cloudnativepg_is_found(small: list[Object], tmp_path: Path) -> None:
    cluster = one(small, "Cluster", "buurtsein-postgres")
    spec: dict[str, Any] = cluster["spec"]
    misspelt, wrong = deepcopy(cluster), deepcopy(cluster)
    misspelt["spec"] = {**spec, "instanses": 3}
    wrong["spec"] = {**spec, "postgresql": {"synchronous": {"method": "some", "number": 1}}}
    mistakes = definitions.against_types([misspelt, wrong], tmp_path)
    assert len(mistakes) == 2
    assert "'\"instanses\"' does not exist" in mistakes[0]
    assert "synchronous/method must be equal to one of the allowed values" in mistakes[1]
