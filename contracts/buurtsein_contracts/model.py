"""Defines the base classes of events, and makes a reader model from each writer model.

A class that derives from EventData is a *writer* model: it refuses unknown fields, and leaves out a field without a
value instead of sending null. `reader_of` makes the *reader* model of it, which ignores unknown fields and keeps
unknown values of open enums as plain strings.
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
    """The privacy tag of a field: what the field reveals about a person."""

    NONE = "none"
    PSEUDONYM = "pseudonym"
    """The value stands for a person; only the registry can look up which."""
    LOCATION = "location"
    """The value is a place that may point to a household."""


def described(en: str, nl: str, privacy: Privacy = Privacy.NONE, **constraints: Any) -> Any:
    """Return a pydantic field with a description in English and Dutch, a privacy tag, and constraints."""
    extra: dict[str, JsonValue] = {"x-description-nl": nl, "x-personal-data": privacy.value}
    return Field(description=en, json_schema_extra=extra, **constraints)


class ClosedEnum(StrEnum):
    """An enum that gets no new values within one major version; every other enum is open and may grow."""


class EventPart(BaseModel):
    """The base class of the objects inside an event's data."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Reading(BaseModel):
    model_config = ConfigDict(extra="ignore")


class EventData(EventPart):
    """The base class of the data of each event type; a subclass's docstring says in English what happened."""

    PURPOSE_NL: ClassVar[str]
    """The same text in Dutch; it is shown to people and is not part of the schema."""
    TYPE: ClassVar[str]
    """The CloudEvents type, `be.bin.<aggregate>.<past-verb>.v<major>`."""
    VERSION: ClassVar[str] = "1.0.0"
    """The version of the schema; its major number is that of TYPE."""
    TOPIC: ClassVar[Topic]
    ALSO_ON: ClassVar[tuple[Topic, ...]] = ()
    """Further topics on which events of this type are sent, for other readers; each has its own streams and
    sequences, and the same key field."""
    SUBJECT: ClassVar[str | None] = None
    """The name of the field that becomes the CloudEvents subject, when that is not the topic's key field."""
    PLANNED: ClassVar[bool] = False
    """True for an event that no service sends yet."""
    THERE_WHEN: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """For an optional field: another field and one of its values. Whenever the other field has that value, the
    optional field is present; the writer model refuses an event that breaks this."""

    @model_validator(mode="after")
    def _keeps_what_is_promised(self) -> Self:
        for name, (other, value) in () if isinstance(self, _Reading) else self.THERE_WHEN.items():
            if getattr(self, other) == value and getattr(self, name) is None:
                raise ValueError(f"{name} is there whenever {other} is {value}")
        return self

    @property
    def subject(self) -> str:
        """Return the CloudEvents subject: the id of what the event is about."""
        return str(getattr(self, self.SUBJECT or self.TOPIC.key))

    @property
    def key(self) -> str:
        """Return the record key: the value of the topic's key field."""
        return str(getattr(self, self.TOPIC.key))

    @classmethod
    def topics(cls) -> tuple[Topic, ...]:
        """Return every topic on which events of this type are sent."""
        return (cls.TOPIC, *cls.ALSO_ON)

    def on(self, topic: Topic) -> Self:
        """Return a copy of this data for a topic; raise ValueError if events of this type are never sent there."""
        if topic not in self.topics():
            raise ValueError(f"{self.TYPE} is never on {topic.name}")
        return cast("Self", _on(type(self), topic).model_construct(**dict(self)))

    def to_json(self) -> str:
        """Return the JSON of the record's value; fields without a value are left out and never null."""
        return self.model_dump_json(exclude_none=True)


@cache
def _on[M: EventData](model: type[M], topic: Topic) -> type[M]:
    """Return a subclass of an event model that has `topic`, one of the event's topics, as its main topic."""
    made = create_model(model.__name__, __base__=model, __doc__=model.__doc__, __module__=model.__module__)
    made.TOPIC, made.ALSO_ON = topic, tuple(other for other in model.topics() if other != topic)
    return made


@cache
def reader_of[M: EventPart](model: type[M]) -> type[M]:
    """Return the reader model of a writer model: a subclass that accepts unknown fields and values of open enums."""
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
    """Return a field's annotation for the reader model: open enums accept any string, and parts are reader models."""
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
"""The HMAC-SHA256 of a token's issuer and subject under the installation's key; all services of an installation
compute the same."""

Timestamp = AwareDatetime
"""A moment with a UTC offset; it is written in UTC."""
