"""An expectation: who consumes which events, which fields of them, and what else it counts on.

A field is a path: `location.nis`, and `approvals[].actor` inside a list.
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
"""Where a checkout keeps the expectations; an installed package has none."""

NAME = r"^[a-z][a-z0-9-]{1,60}$"
Name = Annotated[str, Field(pattern=NAME)]
Principal = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")]
Header = Annotated[str, Field(pattern=r"^(ce_[a-z]+|content-type|traceparent)$")]
FOR_EVER: Literal["for ever"] = "for ever"
FieldPath = Annotated[str, Field(pattern=r"^[a-z_]+(\[\])?(\.[a-z_]+(\[\])?)*$", max_length=200)]


class UnusableFile(Exception):
    """A file that is not what it must be; the text names file, line and rule."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ExpectedEvent(_Part):
    """One type of event that a consumer reads."""

    type: str = Field(pattern=r"^be\.bin\.[a-z]+\.[a-z-]+\.v[0-9]+$")
    """The event, with its major version."""
    fields: tuple[FieldPath, ...] = Field(min_length=1)
    """Fields used, and counted on: always there, in every version on the topic."""
    optional: tuple[FieldPath, ...] = ()
    """Fields used when they are there; the consumer copes when they are not."""
    values: dict[FieldPath, tuple[str, ...]] = {}
    """Enum values that the consumer has a branch for; of a closed enum: all."""
    when: dict[FieldPath, dict[FieldPath, tuple[str, ...]]] = {}
    """Fields that are counted on when another field has one of some values: `granted_cents: {decision: [GRANTED]}`."""
    headers: tuple[Header, ...] = ()
    """Headers used, and counted on: always there."""
    optional_headers: tuple[Header, ...] = ()
    """Headers used when they are there."""
    max_lag_seconds: int | None = Field(default=None, ge=1)
    """How old an event may be when it is published, for the consumer to be of use."""
    retention_days: Annotated[int, Field(ge=1)] | Literal["for ever"] | None = None
    """How many days back the consumer must be able to read, or `for ever`: from the first event."""


class Expectation(_Part):
    """What one consumer relies on."""

    organisation: Name
    """Of the team: lower-case letters, digits and hyphens."""
    consumer: Name
    """The program: lower-case letters, digits and hyphens."""
    contact: str = Field(min_length=3, max_length=200)
    """A mailbox or desk of a team, never of a person."""
    principal: Principal
    """The Kafka user it reads as; its groups have this name, or begin with it and a point."""
    audience: Audience | None = None
    """Whom a user of your own belongs to: `police` or `city`; not needed with a user named in the catalogue."""
    expects: tuple[ExpectedEvent, ...] = Field(min_length=1)

    @property
    def names(self) -> tuple[str, str]:
        """What it may be called: `police-backoffice`, `pz-aalst/police-backoffice`."""
        return self.consumer, f"{self.organisation}/{self.consumer}"

    @property
    def label(self) -> str:
        """`pz-aalst/police-backoffice (desk@example.be)`."""
        return f"{self.names[1]} ({self.contact})"


@dataclass(frozen=True, slots=True)
class ExpectationFile:
    """An expectation with the text it came from, to name lines."""

    path: Path
    text: str
    expectation: Expectation

    def at(self, *steps: str | int) -> str:
        """`file:line` of a part."""
        return f"{self.path}:{line_of(self.text, steps)}"


def read_expectation(path: Path) -> ExpectationFile:
    """Read one file.

    Raises:
        UnusableFile: it is not there, not YAML, or breaks a rule of its form.
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
    """Every `<organisation>/<consumer>.yaml` in a folder; none when there is no such folder.

    Raises:
        UnusableFile: one of them is not usable, or does not stand where its names say.
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
