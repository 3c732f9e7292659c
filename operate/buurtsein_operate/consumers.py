"""Reads the outside consumers of an installation (systems of other teams) from its file `consumers.toml`.

[[consumer]]
name = "police-backoffice"          # also its Kafka user, and the beginning of its consumer groups
organisation = "PZ Aalst"
tier = "police"                     # police or city: which topics it may read
contact = "the application desk of the police zone"
expectations = ["police-backoffice.yaml"]   # agreed with it; files beside this one
may_be_late_minutes = 60            # how many minutes it may be behind before an operator calls its contact
"""

import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_contracts.topics import Audience
from buurtsein_operate import local_stack

FILE = "consumers.toml"


def _no_service(name: str) -> str:
    if name.removesuffix("-relay").removesuffix("-worker") in {*service_names(), "admin"}:
        raise ValueError("is the name of a service's user or of the administrator")
    return name


class Consumer(BaseModel):
    """An outside consumer: another team's system that reads topics."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}[a-z0-9]$"), AfterValidator(_no_service)]
    organisation: str = Field(min_length=1, max_length=100)
    tier: Audience
    contact: str = Field(min_length=1, max_length=200)
    expectations: tuple[str, ...] = ()
    may_be_late_minutes: int = Field(ge=1)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    consumer: tuple[Consumer, ...] = ()


def read(file: Path) -> tuple[Consumer, ...]:
    """Return the consumers in a `consumers.toml` file; raise CommandError `consumers` when the file is wrong."""
    try:
        consumers = _File.model_validate(tomllib.loads(file.read_text())).consumer
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CommandError("consumers", f"{file} cannot be read: {error}") from error
    except ValidationError as error:
        raise CommandError("consumers", f"{file}: {first_problem(error)}") from error
    twice = [name for name, times in Counter(consumer.name for consumer in consumers).items() if times > 1]
    if twice:
        raise CommandError("consumers", f"{file}: the name {twice[0]} is used more than once")
    for path in (path for consumer in consumers for path in consumer.expectations):
        if not (file.parent / path).is_file():
            raise CommandError("consumers", f"{file}: the file of expectations {path} does not exist")
    return consumers


def first_problem(error: ValidationError) -> str:
    """Return where the first wrong value in a file is, and what is wrong with the value."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"])
    return f"{place}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"


def of_installation(file: Path | None = None) -> tuple[Consumer, ...]:
    """Return the outside consumers of an installation.

    They are read from `file`; without it, from the folder in `BUURTSEIN_INSTALLATION`; without that, from the
    installation of the stack that runs on this machine.

    Raises:
        CommandError: `consumers`, when none of these is given or the file is wrong.
    """
    folder, stack = os.environ.get("BUURTSEIN_INSTALLATION"), local_stack.running()
    if file is None and folder:
        file = Path(folder) / FILE
    if file is None and stack:
        file = Path(stack["installation"]["folder"]) / FILE
    if file is None:
        raise CommandError("consumers", "name the installation's consumers: --consumers FILE or BUURTSEIN_INSTALLATION")
    return read(file)
