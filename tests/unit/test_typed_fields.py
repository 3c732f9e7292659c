"""No field of a command accepts arbitrary text: each field has a pattern, fixed values, a format or a strict type."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from buurtsein_chassis.manifest import service_names
from buurtsein_kernel.text import AnyName, AnyText, Joined, Name, Plain, Straight
from buurtsein_registry.commands.fields import EnterpriseNumber, EstablishmentNumber, PhoneNumber

SERVICES = service_names()
FORMATS = [get_args(one)[1] for one in (EnterpriseNumber, EstablishmentNumber, PhoneNumber)]
"""Validators whose result consists of digits only."""


def commands_of(service: str) -> list[type[BaseModel]]:
    """Return the models that a service defines in its module or folder `commands`."""
    module = import_module(f"buurtsein_{service}.commands")
    models = (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, BaseModel))
    return [model for model in models if model.__module__.startswith(module.__name__)]


def open_to_anything(annotation: Any, metadata: Iterable[Any], where: str) -> Iterator[str]:
    """Yield the paths inside a type annotation at which any text is accepted."""
    inside = get_args(annotation)
    if annotation in (str, Any):
        yield from () if any(map(is_guard, flat(metadata))) else (where,)
    elif isinstance(annotation, TypeAliasType):
        yield from open_to_anything(annotation.__value__, metadata, where)
    elif get_origin(annotation) is Annotated:
        yield from open_to_anything(inside[0], [*metadata, *inside[1:]], where)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from open_fields(annotation, where)
    elif get_origin(annotation) is not Literal:
        passed = metadata if get_origin(annotation) in (Union, UnionType) else ()
        for part in inside:
            yield from open_to_anything(part, passed, where)


def open_fields(model: type[BaseModel], where: str) -> Iterator[str]:
    """Yield the paths inside each field of a model at which any text is accepted."""
    for name, field in model.model_fields.items():
        yield from open_to_anything(field.annotation, field.metadata, f"{where}.{name}")


def flat(metadata: Iterable[Any]) -> Iterator[Any]:
    """Yield the metadata of an annotation, including metadata inside `Field(...)`."""
    for part in metadata:
        yield from part.metadata if isinstance(part, FieldInfo) else (part,)


def is_guard(part: Any) -> bool:
    return part in [Name, Plain, AnyName, AnyText, Straight, Joined, *FORMATS] or is_narrow(
        getattr(part, "pattern", None)
    )


def is_narrow(pattern: str | None) -> bool:
    """Return whether a pattern lists what it accepts, without `.`, `[^@]` or `\\S`, which accept hidden characters."""
    if pattern is None or re.search(r"\\[SWD]|\[\^", pattern):
        return False
    return "." not in re.sub(r"\\.|\[[^]]*]", "", pattern)


@pytest.mark.parametrize("service", SERVICES)
def test_no_field_accepts_any_text(service: str) -> None:
    models = commands_of(service)
    assert models
    assert [where for model in models for where in open_fields(model, model.__name__)] == []


class Part(BaseModel):
    """A model that is nested in another model."""

    text: str = Field(max_length=10)


class Planted(BaseModel):
    """A model with one field of each kind that accepts any text, and with fields that do not."""

    bare: str
    maybe: Annotated[str, Field(max_length=5)] | None = None
    many: list[str] = Field(max_length=3)
    named: dict[str, int]
    nested: list[Part]
    anything: Any
    wide: str = Field(pattern=r"^.+$")
    address: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    name: Annotated[str, Field(max_length=5), Name] | None = None
    text: Annotated[str, Plain]
    code: list[Annotated[str, Field(pattern=r"^[a-z.]+\.[0-9]$")]]
    choice: Literal["yes", "no"]
    mobile: PhoneNumber | None = None


def test_a_field_that_accepts_any_text_is_reported() -> None:
    found = [where.removeprefix("Planted.") for where in open_fields(Planted, "Planted")]
    assert found == ["bare", "maybe", "many", "named", "nested.text", "anything", "wide", "address"]
