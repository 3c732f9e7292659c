"""The Kubernetes manifests give each process only the secrets, settings and network connections that it needs."""

import importlib
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from confluent_kafka.admin import AclOperation, ResourceType
from pydantic import SecretStr
from typer.testing import CliRunner

from buurtsein_chassis import manifest as described
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifests
from buurtsein_operate.cli import app
from buurtsein_operate.installation import Installation
from buurtsein_operate.kubernetes import folders, kafka, secrets
from buurtsein_operate.kubernetes.names import FILES_FOLDER, SECRETS_FOLDER, roles
from buurtsein_operate.rights import rules
from buurtsein_operate.topics import config
from buurtsein_stack.installation import SHIPPED
from harness.kubernetes import programs
from harness.tools import ToolMissing

ROOT = Path(__file__).parents[2]
AALST = SHIPPED / "aalst"
WRITTEN = ROOT / "deploy" / "kubernetes"


def objects(files: folders.Files, folder: str = "") -> list[dict[str, Any]]:
    """Return all Kubernetes objects in the YAML files of these manifests, or of one folder."""
    texts = [text for path, text in files.items() if path.startswith(folder) and path.endswith(".yaml")]
    return [one for text in texts for one in yaml.load_all(text, Loader=yaml.CSafeLoader)]


@pytest.fixture(scope="module")
def made() -> list[dict[str, Any]]:
    files = folders.files(Installation.read(AALST))
    return objects({path: text for path, text in files.items() if not path.startswith("volumes/")})


def pods(made: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the pod template of each Deployment, Job and CronJob, by its name."""
    found = {}
    for one in made:
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec and "containers" in spec["template"].get("spec", {}):
            found[one["metadata"]["name"]] = spec["template"]
    return found


def secret_files(pod: dict[str, Any]) -> set[str]:
    """Return the names of a pod's secret files; for the service's own Secret, the name of that Secret."""
    [volume] = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "secrets"]
    sources = [source["secret"] for source in volume["projected"]["sources"]]
    return {item["path"] for one in sources for item in one.get("items", [{"path": one["name"]}])}


def test_each_role_gets_its_own_secrets_and_no_other(made: list[dict[str, Any]]) -> None:
    certificates = {"postgres-ca.crt", "kafka-ca.crt"}
    of = {name: secret_files(pod) for name, pod in pods(made).items()}
    assert of["reports-api"] - certificates == {"reports_database_app", "reports_pseudonym_key", "reports-secrets"}
    assert of["notifier-worker"] - certificates == {
        "notifier_database_app",
        "notifier_kafka_worker_password",
        "notifier-secrets",
    }
    assert [name for name, files in of.items() if "notifier-secrets" in files] == ["notifier-worker"]
    assert [name for name, files in of.items() if "notifier_receipt_secret" in files] == ["notifier-api"]
    assert of["reports-relay"] - certificates == {
        "reports_database_app",
        "reports_database_relay",
        "reports_kafka_relay_password",
    }
    assert of["reports-migrate"] == {"reports_database_migrator", "postgres-ca.crt"}
    assert [name for name, files in of.items() if any("migrator" in file for file in files)] == [
        f"{service}-{task}" for service in manifests() for task in ("migrate", "retention")
    ]


def test_a_role_without_work_has_no_pods(made: list[dict[str, Any]]) -> None:
    assert {"registry-api", "registry-relay", "registry-worker", "reports-worker"} <= set(pods(made))
    assert roles(replace(manifests()["registry"], jobs=(), subscriptions={})) == ["api", "relay"]


def test_no_variable_of_the_cluster_looks_like_a_setting(made: list[dict[str, Any]]) -> None:
    assert {pod["spec"]["enableServiceLinks"] for pod in pods(made).values()} == {False}


def test_a_process_has_longer_to_stop_than_it_drains_and_finishes(made: list[dict[str, Any]]) -> None:
    env = (WRITTEN / "base" / "registry.env").read_text()
    settings = dict(line.split("=", 1) for line in env.splitlines() if "=" in line and not line.startswith("#"))
    stops = pods(made)["registry-api"]["spec"]["terminationGracePeriodSeconds"]
    assert stops > float(settings["REGISTRY_DRAIN_SECONDS"]) + float(settings["REGISTRY_GRACEFUL_SECONDS"])


@pytest.mark.parametrize("service", sorted(manifests()))
def test_the_settings_are_those_with_which_the_service_starts_in_production(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = manifests()[service]
    for line in (WRITTEN / "base" / f"{service}.env").read_text().splitlines()[1:]:
        name, _, value = line.partition("=")
        assert name.removeprefix(f"{service.upper()}_").lower() in manifest.load(manifest.settings).model_fields
        monkeypatch.setenv(name, value.replace(FILES_FOLDER, str(WRITTEN / "base" / "installation")))
    given = {name: _secret(name) for name in secrets.secret_fields(manifest)}
    assert manifest.load(manifest.settings)(**given).profile == "production"


def _secret(name: str) -> SecretStr:
    if name == "duty":
        return SecretStr('[[contacts]]\nname = "wacht"\nurl = "jsons://desk.example"')
    address = f"postgresql://user:word@host/name?sslmode=verify-full&sslrootcert={SECRETS_FOLDER}/postgres-ca.crt"
    return SecretStr(address if name.startswith("database_") else "x" * 43)


def test_who_may_talk_to_whom(made: list[dict[str, Any]]) -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in made if one["kind"] == "NetworkPolicy"}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert _concerned(made, policies["to-outside"]) == {"notifier-worker", "registry-api", "reports-api"}
    apis = {f"{service}-api" for service in manifests()}
    assert _concerned(made, policies["to-issuer"]) == _concerned(made, policies["requests"]) == apis
    ends = ("-relay", "-worker")
    assert _concerned(made, policies["to-kafka"]) == {name for name in pods(made) if name.endswith(ends)}
    assert _concerned(made, policies["to-postgres"]) == set(pods(made))


def _concerned(made: list[dict[str, Any]], policy: dict[str, Any]) -> set[str]:
    selector = policy["podSelector"]
    wanted = {label: {value} for label, value in selector.get("matchLabels", {}).items()}
    wanted |= {one["key"]: set(one["values"]) for one in selector.get("matchExpressions", ())}
    return {
        name
        for name, pod in pods(made).items()
        if all(pod["metadata"]["labels"].get(label) in values for label, values in wanted.items())
    }


def test_topics_and_rights_are_those_of_topics_apply() -> None:
    installation = Installation.read(AALST)
    topics = {one["metadata"]["name"]: one["spec"] for one in kafka.kafka_topics()}
    for topic in described.topics():
        told = {name: str(value) for name, value in topics[topic.name]["config"].items()}
        assert (told, topics[topic.name]["partitions"]) == (config(topic, 1), topic.partitions)
    given = {
        (user["metadata"]["name"], acl["resource"]["type"], acl["resource"]["name"], acl["operations"][0].upper())
        for user in kafka.users(installation.consumers)
        for acl in user["spec"].get("authorization", {}).get("acls", ())
    }
    assert given == {
        (
            rule.principal.removeprefix("User:"),
            ResourceType(rule.restype).name.lower(),
            rule.name,
            AclOperation(rule.operation).name,
        )
        for rule in rules(installation.consumers)
    }


@pytest.fixture
def lamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the example service of street lamps in the test's temporary folder."""
    info = tmp_path / "city_lamps-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: city-lamps\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[buurtsein.services]\nlamps = city_lamps.manifest:MANIFEST\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(ROOT / "tests" / "data" / "city_lamps")
    importlib.invalidate_caches()
    manifests.cache_clear()
    yield
    manifests.cache_clear()


@pytest.mark.usefixtures("lamps")
def test_a_service_from_outside_gets_all_that_ours_have() -> None:
    made = objects(folders.files(Installation.read(AALST)))
    names = {(one["kind"], one["metadata"]["name"]) for one in made if "metadata" in one}
    assert {f"lamps-{part}" for part in ("api", "relay", "worker", "migrate", "retention")} <= set(pods(made))
    assert {
        ("Service", "lamps"),
        ("KafkaTopic", "city.lamps"),
        ("KafkaUser", "lamps-relay"),
        ("Database", "lamps"),
        ("HorizontalPodAutoscaler", "lamps-worker"),
    } <= names


def test_every_secret_of_a_pod_is_made_by_the_command_or_an_operator(made: list[dict[str, Any]]) -> None:
    ours = {one["metadata"]["name"] for one in [*secrets.generated(manifests().values()), secrets.pseudonym_key()]}
    of_strimzi = {one["metadata"]["name"] for one in made if one["kind"] == "KafkaUser"} | {"buurtsein-cluster-ca-cert"}
    for pod in pods(made).values():
        [volume] = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "secrets"]
        needed = {one["secret"]["name"] for one in volume["projected"]["sources"] if not one["secret"].get("optional")}
        assert needed <= ours | of_strimzi | {"buurtsein-postgres-ca"}


def test_secrets_are_written_once_and_for_the_owner_of_the_file_only(tmp_path: Path) -> None:
    file = tmp_path / "secrets.yaml"
    assert CliRunner().invoke(app, ["kubernetes", "secrets", "--to", str(file)]).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = {one["metadata"]["name"]: one["stringData"] for one in yaml.safe_load_all(file.read_text())}
    assert first["registry-database-app"]["password"] in first["registry-database-app"]["uri"]
    again = CliRunner().invoke(app, ["kubernetes", "secrets", "--to", str(file)])
    assert isinstance(again.exception, CommandError)
    assert again.exception.code == "secrets-file"


def test_a_service_that_is_added_later_does_not_get_another_pseudonym_key(tmp_path: Path) -> None:
    file = tmp_path / "secrets.yaml"
    CliRunner().invoke(app, ["kubernetes", "secrets", "--service", "reports", "--to", str(file)])
    names = {one["metadata"]["name"] for one in yaml.safe_load_all(file.read_text())}
    assert names == {"reports-secrets", *(f"reports-database-{role}" for role in ("app", "migrator", "relay"))}


def test_each_volume_of_files_is_shared_by_the_processes_that_use_it_and_by_no_other() -> None:
    settings = {"reports": "REPORTS_PHOTOS_FOLDER", "funding": "FUNDING_EVIDENCE_FOLDER"}
    added = objects(folders.files(Installation.read(AALST)), "volumes/")
    claims = {one["metadata"]["name"]: one["spec"] for one in added if one["kind"] == "PersistentVolumeClaim"}
    assert [spec["accessModes"] for spec in claims.values()] == [["ReadWriteMany"]] * len(settings)
    patched = pods(added)
    assert set(patched) == {f"{service}-{role}" for service in settings for role in ("api", "worker")}
    for pod in patched.values():
        [container], [volume] = pod["spec"]["containers"], pod["spec"]["volumes"]
        [variable], [mount] = container["env"], container["volumeMounts"]
        setting = settings[container["name"]]
        assert volume["persistentVolumeClaim"]["claimName"] == setting.lower().replace("_", "-")
        assert volume["persistentVolumeClaim"]["claimName"] in claims
        assert (variable["name"], variable["value"], mount["name"]) == (setting, mount["mountPath"], volume["name"])


def test_a_file_that_is_edited_by_hand_or_left_over_is_found(tmp_path: Path) -> None:
    write = ["kubernetes", "write", "--installation", str(AALST), "--to", str(tmp_path)]
    assert CliRunner().invoke(app, write).exit_code == 0
    assert CliRunner().invoke(app, [*write, "--check"]).exit_code == 0
    (tmp_path / "base" / "registry.yaml").write_text("by hand")
    (tmp_path / "base" / "gone.yaml").write_text("of a service that is gone")
    checked = CliRunner().invoke(app, [*write, "--check"])
    assert checked.exit_code == 1
    assert {Path(line.split(" ")[0]).name for line in checked.stdout.splitlines()} == {"registry.yaml", "gone.yaml"}
    CliRunner().invoke(app, write)
    assert not (tmp_path / "base" / "gone.yaml").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('host = "bin.aalst.example"', ""), "table [cluster]: host: field required"),
        (('issuer = ["192.0.2.10/32"]', 'issuer = ["anywhere"]'), "table [cluster]: issuer.1: "),
        (('funding_schemes = "schemes.toml"', 'funding_schemes = "none.toml"'), "there is no file none.toml in "),
        (("[settings.notifier]", "[settings.notifer]"), "table [settings.notifer]: there is no service notifer"),
        (('adapter = "cap-http"', 'bealert_token = "x"'), "notifier bealert_token is a secret, which "),
    ],
)
def test_an_installation_that_lacks_something_is_named(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    for name in ("consumers.toml", "municipality.geojson", "neighbourhoods.csv", "schemes.toml"):
        (tmp_path / name).write_bytes((AALST / name).read_bytes())
    (tmp_path / "consumers.toml").write_text("")
    text = (AALST / "installation.toml").read_text()
    assert change[0] in text
    (tmp_path / "installation.toml").write_text(text.replace(*change))
    with pytest.raises(CommandError, match=sentence.replace("[", r"\[")):
        folders.files(Installation.read(tmp_path))


def test_the_schemas_of_kubernetes_refuse_a_misspelt_field_and_an_unknown_kind(made: list[dict[str, Any]]) -> None:
    # Imported late, because its library takes two seconds, and every process of a test run imports this file.
    check = importlib.import_module("harness.kubernetes.check")
    deployment = next(one for one in made if one["kind"] == "Deployment")
    assert list(check.refused(deployment)) == []
    wrong = deployment | {"spec": deployment["spec"] | {"replica": 2}}
    assert any("replica" in line for line in check.refused(wrong))
    assert list(check.refused({"apiVersion": "v1", "kind": "Serviced", "metadata": {"name": "x"}})) == [
        "there is no Serviced in v1"
    ]


def test_without_go_one_sentence_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        ToolMissing, match=r"^Go 1\.26 or newer is needed here to build Kubernetes v1\.36\.3: install it$"
    ):
        programs.get_server()
