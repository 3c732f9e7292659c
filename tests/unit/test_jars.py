"""The list of Kafka's jars has one hash for each jar, and a jar with another hash is refused."""

import re
from pathlib import Path

import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack import jars


def test_the_list_has_one_version_of_kafka_and_its_clients() -> None:
    lock = jars.locked()
    kafka = jars.version(lock)
    assert f"org.apache.kafka:kafka-clients:{kafka}" in lock
    assert len({jars.file_name(name) for name in lock}) == len(lock)
    assert all(re.fullmatch(r"[0-9a-f]{64}", sha) for sha in lock.values())


def test_a_jar_with_another_hash_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / f"kafka-{jars.version(jars.locked())}"
    folder.mkdir()
    for name in jars.locked():
        (folder / jars.file_name(name)).write_text("not a jar")
    with pytest.raises(CommandError, match="wrong SHA-256") as caught:
        jars.ensure(tmp_path)
    assert caught.value.code == "jar-hash"


def test_a_fetched_jar_with_another_hash_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forged(coordinate: str, cache: Path) -> Path:
        path = cache / jars.file_name(coordinate)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("forged")
        return path

    monkeypatch.setattr(jars, "fetch", forged)
    with pytest.raises(CommandError, match="is not the file of kafka-jars"):
        jars.ensure(tmp_path)
    assert not list(tmp_path.iterdir())
