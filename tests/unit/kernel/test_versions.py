"""A record tells which fields changed since a version, or that this is not known any more."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest
from pydantic import BaseModel

from buurtsein_kernel.versions import MOST_KEPT, Versioned


class Lamp(Versioned, BaseModel):
    told_as: ClassVar[Mapping[str, Sequence[str]]] = {"owners": (), "bulbs": ("bulb",)}

    colour: str = "red"
    on: bool = False
    bulbs: list[str] = []
    owners: list[str] = []


def saved(lamp: Lamp) -> Lamp:
    """Save the record, and read it again."""
    lamp.next_version()
    document = lamp.written()
    return Lamp.model_validate_json(document).read_from(document)


@pytest.fixture
def lamp() -> Lamp:
    document = Lamp().written()
    return Lamp.model_validate_json(document).read_from(document)


def test_the_fields_of_all_versions_since_are_named_once_and_as_answers_name_them(lamp: Lamp) -> None:
    lamp.colour = "blue"
    lamp = saved(lamp)
    lamp.colour, lamp.on = "green", True
    lamp.bulbs.append("E27")
    lamp = saved(lamp)
    assert (lamp.changed_since("1"), lamp.changed_since("2")) == (["bulb", "colour", "on"], ["bulb", "colour", "on"])
    assert lamp.changed_since("0") is None


def test_a_field_that_not_everybody_sees_is_not_named(lamp: Lamp) -> None:
    lamp.owners.append("p")
    assert saved(lamp).changed_since("1") == []


@pytest.mark.parametrize("seen", ["2", "3", "9" * 20, "-1", "٣", "", "abc"])
def test_a_version_that_never_was_or_is_present_has_no_changes(lamp: Lamp, seen: str) -> None:
    lamp.on = True
    assert saved(lamp).changed_since(seen) is None


def test_only_the_last_versions_are_known(lamp: Lamp) -> None:
    for number in range(MOST_KEPT + 5):
        lamp.colour = str(number)
        lamp = saved(lamp)
    assert lamp.changed_since("5") is None
    assert lamp.changed_since("6") == ["colour"]


def test_nothing_is_claimed_when_an_earlier_release_saved_a_version_in_between(lamp: Lamp) -> None:
    lamp.on = True
    earlier = saved(lamp).model_copy(update={"version": 3, "colour": "blue"}).model_dump_json()
    read = Lamp.model_validate_json(earlier).read_from(earlier)
    read.colour = "green"
    read = saved(read)
    assert (read.changed_since("1"), read.changed_since("3")) == (None, ["colour"])


def test_a_record_equals_another_one_with_the_same_fields_wherever_it_was_read(lamp: Lamp) -> None:
    assert lamp == Lamp()
    assert lamp != Lamp(on=True)
