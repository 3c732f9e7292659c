"""Defines the content of an expectation file: who reads which events and fields, and what else the consumer needs.

The path of a field is written as `location.nis`, and as `approvals[].actor` inside a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from buurtsein_contracts.goldens import FOLDER
from buurtsein_contracts.lines import line_of
from buurtsein_contracts.topics import Audience

CONSUMERS = FOLDER.parents[1] / "consumers"
"""The folder with the expectations in a checkout; an installed package has no such folder."""

NAME = r"^[a-z][a-z0-9-]{1,60}$"
Name = Annotated[str, Field(pattern=NAME)]
Principal = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")]
Header = Annotated[str, Field(pattern=r"^(ce_[a-z]+|content-type|traceparent)$")]
FOR_EVER: Literal["for ever"] = "for ever"
FieldPath = Annotated[str, Field(pattern=r"^[a-z_]+(\[\])?(\.[a-z_]+(\[\])?)*$", max_length=200)]


class UnusableFile(Exception):
    """Raised for an expectation or pact file with a fault; the message names file, line and rule."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ExpectedEvent(_Part):
    """What a consumer expects of one event type: the fields, values and headers that it uses."""

    type: str = Field(pattern=r"^be\.bin\.[a-z]+\.[a-z-]+\.v[0-9]+$")
    """The event, with its major version."""
    fields: tuple[FieldPath, ...] = Field(min_length=1)
    """Fields that the consumer relies on: they must always be present, in every version on the topic."""
    optional: tuple[FieldPath, ...] = ()
    """Fields that the consumer uses when they are present; it also works without them."""
    values: dict[FieldPath, tuple[str, ...]] = {}
    """Enum values for which the consumer has a branch; for a closed enum they must be all its values."""
    when: dict[FieldPath, dict[FieldPath, tuple[str, ...]]] = {}
    """Fields that the consumer relies on only when another field has one of some values: `granted_cents: {decision:
    [GRANTED]}`."""
    headers: tuple[Header, ...] = ()
    """Headers that the consumer relies on: they must always be present."""
    optional_headers: tuple[Header, ...] = ()
    """Headers that the consumer uses when they are present."""
    max_lag_seconds: int | None = Field(default=None, ge=1)
    """The most seconds from an event's publication until the consumer needs it; later the event is of no use."""
    retention_days: Annotated[int, Field(ge=1)] | Literal["for ever"] | None = None
    """How many days back the consumer must be able to read, or `for ever` to read from the first event."""


class Expectation(_Part):
    """The content of an expectation file: who the consumer is, and the events that it reads."""

    organisation: Name
    """The name of the team's organisation: lower-case letters, digits and hyphens."""
    consumer: Name
    """The name of the program: lower-case letters, digits and hyphens."""
    contact: str = Field(min_length=3, max_length=200)
    """A mailbox or desk of a team, never of a person."""
    principal: Principal
    """The Kafka user with which it reads; its consumer groups have this name, or begin with it and a point."""
    audience: Audience | None = None
    """Whether the Kafka user is of the `police` or the `city`; only Buurtsein's own services leave it out."""
    expects: tuple[ExpectedEvent, ...] = Field(min_length=1)

    @property
    def is_of_a_service(self) -> bool:
        """Return whether the consumer is one of our own services: its Kafka user then ends with `-worker`."""
        return self.principal.endswith("-worker")

    @property
    def names(self) -> tuple[str, str]:
        """Return the names by which the consumer can be found: `police-backoffice` and `pz-aalst/police-backoffice`."""
        return self.consumer, f"{self.organisation}/{self.consumer}"

    @property
    def label(self) -> str:
        """Return a name for messages: `pz-aalst/police-backoffice (desk@example.be)`."""
        return f"{self.names[1]} ({self.contact})"


@dataclass(frozen=True, slots=True)
class ExpectationFile:
    """An expectation file: its path, its text and its parsed content; the text serves to find lines for messages."""

    path: Path
    text: str
    expectation: Expectation

    def at(self, *steps: str | int) -> str:
        """Return the place of a part of the file as `file:line`; `steps` are the keys and indexes of the part."""
        return f"{self.path}:{line_of(self.text, steps)}"


def read_expectation(path: Path) -> ExpectationFile:
    """Read one expectation file.

    Raises:
        UnusableFile: the file is missing, is not YAML, or breaks a rule of the form.
    """
    try:
        text = path.read_text()
        document: Any = yaml.safe_load(text)
        return ExpectationFile(path, text, Expectation.model_validate(document))
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", "not UTF-8")
        raise UnusableFile(f"{path}:{mark.line + 1 if mark else 1}: yaml: {problem}") from error
    except ValidationError as error:
        raise UnusableFile("\n".join(_problems(path, text, error))) from error


def read_all(folder: Path) -> list[ExpectationFile]:
    """Return every `<organisation>/<consumer>.yaml` in a folder; none when the folder does not exist.

    Raises:
        UnusableFile: a file has a fault, or its path differs from the names in it.
    """
    files = [read_expectation(path) for path in sorted(folder.glob("*/*.yaml"))]
    for file in files:
        wanted = f"{file.expectation.organisation}/{file.expectation.consumer}.yaml"
        if not file.path.as_posix().endswith(f"/{wanted}"):
            raise UnusableFile(f"{file.at('consumer')}: expect-file: it must stand in {wanted}")
    return files


def _problems(path: Path, text: str, error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        place = ".".join(map(str, problem["loc"]))
        yield f"{path}:{line_of(text, problem['loc'])}: {problem['type']}: {place}: {problem['msg']}"
