"""Reads `deploy/releases.toml`, the list of releases: each version's commit and newest migrations.

[[release]]
version = "0.1.0"
commit = "f1a585d6fe7b1020037ca89d06ef4177fd3291db"
schemas = { chassis = 10, funding = 4, notifier = 9, registry = 4, reports = 6 }
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import manifests
from buurtsein_chassis.migrations import migrations_of

VERSION = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
CHASSIS = "chassis"
"""The key of the chassis's migrations in `schemas`; every service's database has them, besides the service's own."""


class Release(BaseModel):
    """One release of all distributions; `schemas` has each service's newest migration number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Annotated[str, Field(pattern=VERSION)]
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    schemas: Mapping[str, Annotated[int, Field(ge=1)]]

    @property
    def number(self) -> tuple[int, ...]:
        """Return the version as three numbers, by which releases are sorted."""
        return number(self.version)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    release: Sequence[Release]


def number(version: str) -> tuple[int, ...]:
    """Return a version `major.minor.patch` as three numbers; raise CommandError `version` for another text."""
    if not re.fullmatch(VERSION, version):
        raise CommandError("version", f"{version} is not a version: write it as 1.2.3")
    return tuple(int(part) for part in version.split("."))


def read(file: Path) -> tuple[Release, ...]:
    """Return the releases in a file, oldest first; raise CommandError `releases` when the file is wrong."""
    try:
        found = tuple(_File.model_validate(tomllib.loads(file.read_text())).release)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CommandError("releases", f"{file} cannot be read: {error}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise CommandError("releases", f"{file}: {place}: {problem['msg']}") from error
    for earlier, later in pairwise(found):
        if later.number <= earlier.number:
            raise CommandError("releases", f"{file}: {later.version} stands after {earlier.version}")
    return found


def schemas() -> dict[str, int]:
    """Return the number of the newest migration of the chassis and of each installed service."""
    own = {name: _newest(manifest.package, "migrations") for name, manifest in manifests().items()}
    return {CHASSIS: _newest("buurtsein_chassis", "sql")} | own


def _newest(package: str, folder: str) -> int:
    last = migrations_of(package, folder)[-1].name.rpartition("/")[2]
    return int(last.partition("_")[0])
