"""The project uses no feature of FastStream that silently loses or repeats events; added uses are found."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for room in ("kernel", "contracts", "chassis", "services", "deploy") for path in (ROOT / room).rglob("*.py")
)
MAKES_SUBSCRIBERS = ROOT / "chassis" / "buurtsein_chassis" / "kafka.py"

FORBIDDEN_CALLS = {
    "publish": "only the relay publishes, through the outbox",
    "publish_batch": "one random partition a batch: order is lost",
    "request": "request-reply over the stream",
    "Context": "resolved in a thread for every message",
    "KafkaRouter": "ignores the broker's ack policy",
    "create_topics": "topics are provisioned, never made by a service",
}
FORBIDDEN_IMPORTS = {"faststream.kafka.fastapi", "faststream.asgi", "faststream.kafka.annotations"}
FORBIDDEN_ARGUMENTS = {"asyncapi_path", "max_workers", "enable_auto_commit", "transactional_id"}


def traps(source: str, path: Path) -> Iterator[str]:
    """Yield the forbidden FastStream features that a module's source uses."""
    if "faststream" not in source and "aiokafka" not in source and "broker" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module in FORBIDDEN_IMPORTS:
            yield f"{path.name}:{node.lineno} imports {node.module}"
        if isinstance(node, ast.Call):
            yield from _call(node, path)


def _call(node: ast.Call, path: Path) -> Iterator[str]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in FORBIDDEN_CALLS and "topics.py" not in path.name:
        yield f"{path.name}:{node.lineno} {name}: {FORBIDDEN_CALLS[name]}"
    if name == "subscriber" and path != MAKES_SUBSCRIBERS:
        yield f"{path.name}:{node.lineno} subscribes outside the chassis"
    if name == "subscriber" and "ack_policy" not in {k.arg for k in node.keywords}:
        yield f"{path.name}:{node.lineno} a subscriber without its own ack policy is at most once"
    for keyword in node.keywords:
        if keyword.arg in FORBIDDEN_ARGUMENTS and getattr(keyword.value, "value", None) is not False:
            yield f"{path.name}:{node.lineno} {keyword.arg}"
        if keyword.arg == "enable_idempotence" and getattr(keyword.value, "value", None) is not False:
            yield f"{path.name}:{node.lineno} an idempotent producer stays broken after one refusal"


def test_no_trap_is_used() -> None:
    found = [trap for path in SOURCES for trap in traps(path.read_text(), path)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "await broker.publish(event, 'topic')",
        "await broker.publish_batch(*events, topic='topic')",
        "@broker.subscriber('topic')\nasync def handle(body): ...",
        "broker.subscriber('topic', group_id='g', batch=True)",
        "from faststream.kafka.fastapi import KafkaRouter",
        "router = KafkaRouter(broker)",
        "async def handle(body, logger=Context('logger')): ...  # broker",
        "broker.subscriber('topic', max_workers=4, ack_policy=1)",
        "FastStream(broker, asyncapi_path='/docs')",
        "AIOKafkaProducer(enable_idempotence=True)  # aiokafka",
        "AIOKafkaProducer(transactional_id='x')  # aiokafka",
    ],
)
def test_each_trap_is_reported(line: str) -> None:
    assert list(traps(f"# faststream\n{line}", Path("planted.py")))


def sync_dependencies(source: str) -> list[str]:
    """Return a route's synchronous dependencies, each of which FastAPI would run in a thread for each request."""
    tree = ast.parse(source)
    asynchronous = {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
    plain = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)} - asynchronous
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Depends"
    ]
    empty = [f"line {call.lineno}: Depends() of a class" for call in calls if not call.args]
    named = [call.args[0].id for call in calls if call.args and isinstance(call.args[0], ast.Name)]
    return empty + [name for name in named if name in plain]


def test_no_dependency_runs_in_a_thread() -> None:
    found = {path.name: sync_dependencies(path.read_text()) for path in SOURCES if "Depends" in path.read_text()}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("line", ["def one(): ...\nX = Depends(one)", "class One: ...\nX = Annotated[One, Depends()]"])
def test_a_dependency_that_runs_in_a_thread_is_reported(line: str) -> None:
    assert sync_dependencies(line)
