"""Every key of a log line is allowed by the chassis or the service's manifest; other keys would be dropped."""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from buurtsein_chassis.logs import ALLOWED_KEYS
from buurtsein_chassis.manifest import manifests, service_names

LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
OPTIONS = {"exc_info"}


def keys_in(source: str) -> Iterator[str]:
    """Yield the keys of all log lines in a module's source code."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), keywords=keywords):
                yield from (each.arg for each in keywords if level in LEVELS and each.arg)


def dropped(package: str, allowed: frozenset[str]) -> set[str]:
    """Return the keys in a package's log lines that are not allowed."""
    spec = find_spec(package)
    assert spec
    assert spec.submodule_search_locations
    files = [path for place in spec.submodule_search_locations for path in Path(place).rglob("*.py")]
    return {key for path in files for key in keys_in(path.read_text())} - allowed - OPTIONS


def test_the_chassis_uses_only_its_own_keys() -> None:
    assert dropped("buurtsein_chassis", ALLOWED_KEYS) == set()


@pytest.mark.parametrize("service", service_names())
def test_a_service_uses_only_keys_that_its_manifest_names(service: str) -> None:
    manifest = manifests()[service]
    assert dropped(manifest.package, ALLOWED_KEYS | manifest.log_keys) == set()


def test_a_log_key_that_is_not_allowed_is_reported() -> None:
    assert list(keys_in("log.info('done', body=1, exc_info=True)")) == ["body", "exc_info"]
    assert "alert_id" in dropped("buurtsein_notifier", ALLOWED_KEYS)
