"""A `[[consumer]]` table in an installation's file gives an outside consumer rights; a wrong file is refused."""

import os
from pathlib import Path

import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts.topics import Audience
from buurtsein_operate import consumers
from buurtsein_operate.rights import principals, rules
from buurtsein_stack.installation import Installation
from harness.starting import OPERATE, ended

PROVINCE = """
[[consumer]]
name = "province-safety"
organisation = "Provincie Oost-Vlaanderen"
tier = "city"
contact = "the safety desk of the province"
may_be_late_minutes = 1440
"""


def written(folder: Path, text: str) -> Path:
    file = folder / consumers.FILE
    file.write_text(text)
    return file


def read_by(found: tuple[consumers.Consumer, ...], name: str) -> set[str]:
    """Return the topics that an outside consumer may read."""
    own = [rule for rule in rules(found) if rule.principal == f"User:{name}"]
    assert {rule.operation for rule in own} == {AclOperation.READ}
    return {rule.name for rule in own if rule.restype is ResourceType.TOPIC}


def test_the_shipped_installation_has_a_consumer_of_each_tier() -> None:
    found = Installation.load("aalst").consumers
    assert {consumer.tier for consumer in found} == set(Audience)
    assert "bin.incidents" in read_by(found, "police-backoffice")


def test_a_third_consumer_is_added_in_the_file(tmp_path: Path) -> None:
    found = (*Installation.load("aalst").consumers, *consumers.read(written(tmp_path, PROVINCE)))
    assert "province-safety" in principals(found)
    assert read_by(found, "province-safety") == read_by(found, "city-backoffice")
    groups = {rule.name for rule in rules(found) if rule.principal == "User:province-safety"} & {"province-safety."}
    assert groups


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PROVINCE.replace('"city"', '"province"'), "consumer.1.tier: input should be 'police' or 'city'"),
        (PROVINCE.replace("province-safety", "Province Safety"), "consumer.1.name: string should match pattern"),
        (PROVINCE.replace("province-safety", "reports-worker"), "the name of a service's user or of the administrator"),
        (PROVINCE + PROVINCE, "the name province-safety is used more than once"),
        (PROVINCE + 'expectations = ["none.yaml"]', "the file of expectations none.yaml does not exist"),
        (PROVINCE + "colour = 1", "consumer.1.colour: extra inputs are not permitted"),
        (PROVINCE.replace("may_be_late_minutes = 1440", ""), "consumer.1.may_be_late_minutes: field required"),
        ("[[consumer", "cannot be read: "),
    ],
)
def test_a_wrong_file_is_one_clear_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(CommandError) as caught:
        consumers.read(file)
    assert caught.value.code == "consumers"
    assert caught.value.sentence.startswith(str(file))
    assert sentence in caught.value.sentence
    assert "\n" not in caught.value.sentence


@pytest.mark.external
def test_rights_are_not_applied_without_knowing_the_consumers(tmp_path: Path) -> None:
    (tmp_path / "kafka_admin").write_text("word")
    left_out = {"BUURTSEIN_INSTALLATION"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env |= {"BUURTSEIN_HOME": str(tmp_path), "BUURTSEIN_SECRETS_DIR": str(tmp_path)}
    answer = ended(OPERATE, "topics", "apply", "--bootstrap", "127.0.0.1:1", env=env)
    assert answer.returncode == 2
    assert "--consumers FILE or BUURTSEIN_INSTALLATION" in answer.stderr
