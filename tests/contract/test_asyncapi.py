"""The AsyncAPI document is valid and complete, its examples are valid, and it agrees with broker and services."""

import asyncio
import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from confluent_kafka.admin import AclOperation, ResourceType
from faststream.specification.asyncapi import AsyncAPI

from buurtsein_chassis.kafka import Membership, make_broker, subscribe
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import load
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import EVENTS, TOPICS, EventData, parse
from buurtsein_contracts.asyncapi import document
from buurtsein_contracts.goldens import folder_of
from buurtsein_contracts.topics import FUNDING
from buurtsein_operate import topics
from buurtsein_operate.rights import rules as acls
from buurtsein_stack import programs
from buurtsein_stack.home import Home
from buurtsein_stack.installation import Installation
from harness import asyncapi_parser, tools
from harness.starting import CONTRACTS, ended

type Document = dict[str, Any]

MISTAKES = {
    "a reference to nothing": "invalid-ref",
    "a message of another channel": "asyncapi3-operation-messages-from-referred-channel",
}
"""The parser's code for each mistake in `planted`."""
INFORMATION = 2
"""The parser's number for the severity `information`; 0 is error, 1 warning, 3 hint."""

CATALOGUE = document()
BY_EVENT = pytest.mark.parametrize("data", EVENTS, ids=lambda data: data.__name__)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncapi_parser.packages(tmp_path_factory.mktemp("asyncapi-parser"))


def planted() -> dict[str, Document]:
    """Return copies of our AsyncAPI document, each with one mistake, by the name of the mistake."""
    lost, elsewhere = copy.deepcopy(CATALOGUE), copy.deepcopy(CATALOGUE)
    del lost["components"]["schemas"]["Approval"]
    sent = elsewhere["operations"]["registry.send.bin.networks"]["messages"]
    sent.append({"$ref": "#/channels/bin.alerts/messages/AlertSent"})
    return dict(zip(MISTAKES, (lost, elsewhere), strict=True))


@pytest.fixture(scope="module")
def diagnosed(node: Path) -> dict[str, list[Document]]:
    return asyncapi_parser.diagnosed(node, {"ours": CATALOGUE} | planted())


@pytest.mark.external
@tools.needs("typescript")
def test_the_official_parser_finds_nothing_wrong(diagnosed: dict[str, list[Document]]) -> None:
    found = diagnosed["ours"]
    for one in found:
        print(one)
    assert [one for one in found if one["severity"] < INFORMATION] == []
    assert {one["code"] for one in found} == {"asyncapi-latest-version"}


@pytest.mark.external
@tools.needs("typescript")
def test_the_document_is_valid_under_the_schema_of_the_specification(node: Path) -> None:
    schema = json.loads((node / "node_modules/@asyncapi/specs/schemas/3.0.0.json").read_text())
    validator = jsonschema_rs.Draft7Validator(schema)
    assert [error.message for error in validator.iter_errors(CATALOGUE)] == []
    planted = copy.deepcopy(CATALOGUE)
    planted["channels"]["bin.alerts"]["bindings"]["kafka"]["partitions"] = "three"
    assert not validator.is_valid(planted)


@pytest.mark.external
@tools.needs("typescript")
@pytest.mark.parametrize(("mistake", "code"), MISTAKES.items())
def test_a_mistake_is_reported(diagnosed: dict[str, list[Document]], mistake: str, code: str) -> None:
    assert (code, 0) in {(one["code"], one["severity"]) for one in diagnosed[mistake]}


def last(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]


def test_every_event_is_on_each_of_its_topics_and_an_operation_has_all_events_of_its_topic() -> None:
    placed = Counter(
        (name, last(message)) for name, found in CATALOGUE["channels"].items() for message in found["messages"].values()
    )
    assert placed == Counter((topic.name, data.__name__) for data in EVENTS for topic in data.topics())
    messages = CATALOGUE["components"]["messages"]
    assert {name: found["x-bin-type"] for name, found in messages.items()} == {d.__name__: d.TYPE for d in EVENTS}
    for operation in CATALOGUE["operations"].values():
        there = CATALOGUE["channels"][last(operation["channel"])]["messages"]
        assert [last(message) for message in operation["messages"]] == list(there)


def accepts(wanted: Document, schema: Document) -> Callable[[Any], bool]:
    """Return a function that checks a value against a schema of the document, with references and formats."""
    whole = {"components": wanted["components"], **schema}
    return jsonschema_rs.Draft7Validator(whole, validate_formats=True).is_valid


def wrong_examples(wanted: Document) -> list[str]:
    return [
        f"{name}: {example['name']}: {part}"
        for name, message in wanted["components"]["messages"].items()
        for part in ("headers", "payload", "x-bin-writer")
        for accepted in [accepts(wanted, message[part])]
        for example in message["examples"]
        if not accepted(example["headers" if part == "headers" else "payload"])
    ]


def test_every_example_is_valid() -> None:
    assert wrong_examples(CATALOGUE) == []
    messages = CATALOGUE["components"]["messages"]
    named = {name: {example["name"] for example in message["examples"]} for name, message in messages.items()}
    assert named == {data.__name__: {p.stem for p in (folder_of(data) / "examples").iterdir()} for data in EVENTS}


def test_a_wrong_example_is_reported() -> None:
    planted = copy.deepcopy(CATALOGUE)
    examples = planted["components"]["messages"]["AlertSent"]["examples"]
    examples[0]["payload"]["attempts"] = "twice"
    examples[1]["headers"].pop("ce_id")
    assert wrong_examples(planted) == [
        f"AlertSent: {examples[1]['name']}: headers",
        f"AlertSent: {examples[0]['name']}: payload",
        f"AlertSent: {examples[0]['name']}: x-bin-writer",
    ]


@BY_EVENT
def test_an_example_is_what_a_consumer_would_read_from_kafka(data: type[EventData]) -> None:
    message = CATALOGUE["components"]["messages"][data.__name__]
    for example in message["examples"]:
        headers = [(name, value.encode()) for name, value in example["headers"].items()]
        event = parse(headers, json.dumps(example["payload"]).encode())
        assert (event.type, event.id.version) == (data.TYPE, 7)
        assert accepts(CATALOGUE, message["bindings"]["kafka"]["key"])(event.key)


@BY_EVENT
def test_a_schema_accepts_and_refuses_what_its_golden_does(data: type[EventData]) -> None:
    """A schema in the AsyncAPI document is translated from a committed schema, and refuses the same data."""
    for side, suffix in (("reader", ""), ("writer", ".writer")):
        golden = json.loads((folder_of(data) / f"{side}.schema.json").read_text())
        ours = accepts(CATALOGUE, {"$ref": f"#/components/schemas/{data.__name__}{suffix}"})
        theirs = jsonschema_rs.Draft202012Validator(golden, validate_formats=True).is_valid
        documents = [json.loads(path.read_text()) for path in sorted(folder_of(data).glob("*/*.json"))]
        documents += [found | {"not_known_yet": 1} for found in documents]
        assert [ours(found) for found in documents] == [theirs(found) for found in documents]


def test_a_pair_of_numbers_keeps_its_order_and_its_length() -> None:
    ours = accepts(CATALOGUE, {"$ref": "#/components/schemas/Area"})

    def area(*point: float) -> Document:
        return {"type": "Polygon", "coordinates": [[point] * 4]}

    assert ours(area(179, 50))
    assert not ours(area(50, 179))
    assert not ours(area(4, 50, 1))


def test_topics_have_the_configuration_that_is_applied_to_the_broker() -> None:
    for topic in TOPICS:
        binding = CATALOGUE["channels"][topic.name]["bindings"]["kafka"]
        applied = topics.config(topic, replication=3)
        assert binding["partitions"] == topic.partitions
        assert str(binding["topicConfiguration"]["retention.ms"]) == applied["retention.ms"]
        assert (CATALOGUE["channels"][topic.name]["x-bin-compression"], applied["compression.type"]) == (
            "none",
            "uncompressed",
        )
        assert ",".join(binding["topicConfiguration"]["cleanup.policy"]) == applied["cleanup.policy"]


def test_operations_are_the_rights_that_the_broker_enforces() -> None:
    actions: dict[Any, str] = {AclOperation.WRITE: "send", AclOperation.READ: "receive"}
    consumers = Installation.load().consumers
    rules = [rule for rule in acls(consumers) if rule.restype == ResourceType.TOPIC]
    known = {f"User:{one.name}": one.tier.value for one in consumers}
    known |= {f"User:{topic.owner}-relay": topic.owner for topic in TOPICS}
    outside = [rule for rule in rules if not rule.principal.endswith("-worker")]
    assert set(rights(CATALOGUE)) == {(known[r.principal], actions[r.operation], r.name) for r in outside}


def test_a_message_names_the_privacy_tags_of_its_fields() -> None:
    messages = CATALOGUE["components"]["messages"]
    assert messages["IncidentReported"]["x-bin-privacy"] == ["location"]
    assert messages["MemberJoined"]["x-bin-privacy"] == ["pseudonym"]
    assert messages["AlertSent"]["x-bin-privacy"] == []


def written(folder: Path, *options: str) -> str:
    done = ended(CONTRACTS, "asyncapi", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.external
def test_the_command_writes_the_same_document_each_time_as_json_and_yaml(tmp_path: Path) -> None:
    first = written(tmp_path)
    assert json.loads(first) == CATALOGUE
    written(tmp_path, "--to", "new/asyncapi.json")
    assert (tmp_path / "new/asyncapi.json").read_text() == first
    assert yaml.safe_load(written(tmp_path, "--yaml")) == CATALOGUE


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Service]:
    """Return a service composed as in its program, with the settings of the stack."""
    home = Home(tmp_path)
    programs.write_secrets(home)

    def compose(name: str) -> Service:
        for variable, value in programs.environment(home, name, 8000).items():
            monkeypatch.setenv(variable, value)
        settings = load(import_module(f"buurtsein_{name}.settings").Settings)
        service: Service = import_module(f"buurtsein_{name}.app").compose(settings)
        return service

    return compose


async def nothing(_: Any) -> None: ...


def exported(service: Service, subscriptions: Sequence[Subscription]) -> Document:
    """Return the AsyncAPI document that FastStream exports for the broker of a service's worker."""
    broker = make_broker(KafkaAccess("127.0.0.1:9", "user", "word", encrypted=False), service.name, graceful_timeout=1)
    for one in subscriptions:
        subscribe(
            broker, [topic.name for topic in one.topics], f"{service.name}-worker.{one.consumer}", nothing, Membership()
        )
    told: Document = json.loads(AsyncAPI(broker, schema_version="3.0.0").to_specification().to_json())
    return told


def rights(wanted: Document) -> Iterator[tuple[str, str, str]]:
    """Yield the service, action and topic of each operation in the catalogue."""
    for operation in wanted["operations"].values():
        yield operation["x-bin-application"], operation["action"], last(operation["channel"])


def not_given(name: str, export: Document) -> list[tuple[str, str, str]]:
    """Return the operations in a service's AsyncAPI export that the service's manifest lacks."""
    channels = {key: found["address"] for key, found in export["channels"].items()}
    done = [(name, one["action"], channels.pop(last(one["channel"]))) for one in export["operations"].values()]
    assert not channels
    return sorted(set(done) - {(name, "receive", topic.name) for topic in manifest_of(name).reads})


@pytest.mark.parametrize("name", service_names())
async def test_what_faststream_exports_of_a_service_is_in_its_manifest(
    name: str, composed: Callable[[str], Service]
) -> None:
    service = composed(name)
    export = exported(service, service.subscriptions)
    assert len(export["operations"]) == len(manifest_of(name).reads)
    assert not_given(name, export) == []
    schemes = [scheme["type"] for scheme in CATALOGUE["components"]["securitySchemes"].values()]
    assert [scheme["type"] for scheme in export["components"]["securitySchemes"].values()] == schemes


async def test_a_subscription_that_the_manifest_does_not_name_is_reported(
    composed: Callable[[str], Service],
) -> None:
    service = composed("reports")
    planted = Subscription("reports.funding", (FUNDING,), lambda event, uow: asyncio.sleep(0))
    export = exported(service, [*service.subscriptions, planted])
    assert not_given("reports", export) == [("reports", "receive", "bin.funding")]
