"""How an event's data is modelled: closed for who writes it, open for who reads it.

The classes here are the *writer* models: unknown fields are refused and absent is never null. `reader_of` derives the
*reader* model from one: it ignores unknown fields and keeps unknown values of open enums as plain strings.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Self, Union, cast, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, create_model, model_validator
from pydantic.fields import FieldInfo

from buurtsein_contracts.topics import Topic


class Privacy(StrEnum):
    """What a field says about a person; every field of every event has one."""

    NONE = "none"
    PSEUDONYM = "pseudonym"
    """Stands for a person; only the registry can turn it back."""
    LOCATION = "location"
    """A place that may point to a household."""


def described(en: str, nl: str, privacy: Privacy = Privacy.NONE, **constraints: Any) -> Any:
    """A field with its description in both languages, its privacy tag and pydantic's own constraints."""
    extra: dict[str, JsonValue] = {"x-description-nl": nl, "x-personal-data": privacy.value}
    return Field(description=en, json_schema_extra=extra, **constraints)


class ClosedEnum(StrEnum):
    """An enum that will never grow within one major version; all others are open."""


class EventPart(BaseModel):
    """A value inside an event's data."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Reading(BaseModel):
    model_config = ConfigDict(extra="ignore")


class EventData(EventPart):
    """The data of one type of event; the docstring of each says what happened, in English."""

    PURPOSE_NL: ClassVar[str]
    """The same in Dutch, for people; no part of the schema."""
    TYPE: ClassVar[str]
    """CloudEvents type, `be.bin.<aggregate>.<past-verb>.v<major>`."""
    VERSION: ClassVar[str] = "1.0.0"
    """Version of the schema within the major of TYPE."""
    TOPIC: ClassVar[Topic]
    ALSO_ON: ClassVar[tuple[Topic, ...]] = ()
    """Topics of other readers on which the same type is told, in streams of their own; with the same key field."""
    SUBJECT: ClassVar[str | None] = None
    """Name of the field that says what the event is about, where that is not the topic's key."""
    THERE_WHEN: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Of an optional field: the other field, and its value, with which it is always there; the writer sees to it."""

    @model_validator(mode="after")
    def _keeps_what_is_promised(self) -> Self:
        for name, (other, value) in () if isinstance(self, _Reading) else self.THERE_WHEN.items():
            if getattr(self, other) == value and getattr(self, name) is None:
                raise ValueError(f"{name} is there whenever {other} is {value}")
        return self

    @property
    def subject(self) -> str:
        """The id of what the event is about."""
        return str(getattr(self, self.SUBJECT or self.TOPIC.key))

    @property
    def key(self) -> str:
        """The record key: the value of the topic's key field."""
        return str(getattr(self, self.TOPIC.key))

    @classmethod
    def topics(cls) -> tuple[Topic, ...]:
        """Every topic that it may be on."""
        return (cls.TOPIC, *cls.ALSO_ON)

    def on(self, topic: Topic) -> Self:
        """The same data, for the stream of its key on another of its topics; ValueError when it is none of them."""
        if topic not in self.topics():
            raise ValueError(f"{self.TYPE} is never on {topic.name}")
        return cast("Self", _on(type(self), topic).model_construct(**dict(self)))

    def to_json(self) -> str:
        """The wire form: absent fields are left out, never null."""
        return self.model_dump_json(exclude_none=True)


@cache
def _on[M: EventData](model: type[M], topic: Topic) -> type[M]:
    """The model as it is told on another of its topics."""
    told = create_model(model.__name__, __base__=model, __doc__=model.__doc__, __module__=model.__module__)
    told.TOPIC, told.ALSO_ON = topic, tuple(other for other in model.topics() if other != topic)
    return told


@cache
def reader_of[M: EventPart](model: type[M]) -> type[M]:
    """The model a consumer reads with: a subclass of `model`, so `isinstance` keeps working."""
    fields = {name: _opened_field(field) for name, field in model.model_fields.items()}
    definitions = {name: (field.annotation, field) for name, field in fields.items()}
    reader = create_model(  # type: ignore[call-overload]
        model.__name__,
        __base__=(model, _Reading),
        __doc__=model.__doc__,
        __module__=model.__module__,
        **definitions,
    )
    return cast("type[M]", reader)


def _opened_field(field: FieldInfo) -> FieldInfo:
    opened = field._copy()  # noqa: SLF001
    opened.annotation = _opened(field.annotation)
    return opened


def _opened(annotation: Any) -> Any:
    """The same annotation with open enums and nested parts replaced by their reading form."""
    if isinstance(annotation, type) and issubclass(annotation, EventPart):
        return reader_of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum) and not issubclass(annotation, ClosedEnum):
        return Annotated[Union[annotation, str], Field(union_mode="left_to_right")]  # noqa: UP007
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return Union[tuple(a if a is NoneType else _opened(a) for a in arguments)]  # noqa: UP007 # built at run time
    if origin in (list, tuple):
        return origin[tuple(a if a is Ellipsis else _opened(a) for a in arguments)]
    return annotation


Pseudonym = Annotated[str, Field(pattern=r"^p[0-9a-f]{32}$")]
"""HMAC-SHA256 of a token's issuer and subject under the installation's key; the same in every service."""

Timestamp = AwareDatetime
"""An instant with its offset; written in UTC."""
