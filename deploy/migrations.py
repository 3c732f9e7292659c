"""Checks that squawk accepts each migration, and that each new one names the oldest release that works with it.

A warning is refused unless `reviewed-migrations.toml` has it with a reason, or the file itself has a line
`-- squawk-ignore RULE` above the statement, after a comment that says why. Migrations of a release cannot be edited any
more, so their reasons are in `reviewed-migrations.toml`; an entry there that is not needed is refused too.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buurtsein_chassis.migrations import Migration, migrations_of

DEPLOY = Path(__file__).resolve().parent
SETTLED = {
    "require-lock-timeout": "the runner sets lock_timeout",
    "require-statement-timeout": "the runner sets statement_timeout",
    "prefer-bigint-over-int": "an integer counts attempts or cells; every id is a uuid or a bigint",
    "prefer-bigint-over-smallint": "a smallint is the number of a schema",
}
"""Rules that hold for no file, each with its reason."""
SQUAWK = Path(sys.executable).with_name("squawk")
type Warned = tuple[str, str]
"""The name of a migration, and the rule of squawk that it breaks."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The squawk warnings that somebody reviewed, and each package's newest migration in the first release."""

    warnings: frozenset[Warned]
    first_release: dict[str, int]


def main() -> int:
    """Check all migrations of this repository; exit with 1 when one is refused, and 2 without squawk."""
    if not SQUAWK.exists():
        sys.stderr.write(f"migrations: {SQUAWK} is missing: run `make install`\n")
        return 2
    services = sorted(path.name for path in (DEPLOY.parent / "services").iterdir() if path.is_dir())
    present = migrations_of("buurtsein_chassis", "sql")
    present += [one for name in services for one in migrations_of(f"buurtsein_{name}", "migrations")]
    refused = list(refusals(present, reviewed(DEPLOY)))
    sys.stdout.write("".join(f"migrations: {line}\n" for line in refused or [f"{len(present)} files are right"]))
    return 1 if refused else 0


def reviewed(folder: Path) -> Reviewed:
    """Return the reviewed warnings from `reviewed-migrations.toml`, and the first release's migration numbers."""
    listed = tomllib.loads((folder / "reviewed-migrations.toml").read_text())["reviewed"]
    first = tomllib.loads((folder / "releases.toml").read_text())["release"][0]["schemas"]
    warnings = frozenset((one["file"], rule) for one in listed for rule in one["rules"] if one["reason"])
    return Reviewed(warnings, {f"buurtsein_{name}": number for name, number in first.items()})


def refusals(present: Sequence[Migration], known: Reviewed) -> Iterator[str]:
    """Yield one line for each unreviewed squawk warning, unneeded review, or migration that names no oldest release."""
    found = {(warning["file"], warning["rule_name"]): warning for warning in _warnings(present)}
    for (file, rule), warning in found.items():
        if (file, rule) not in known.warnings:
            yield f"{file}:{warning['line'] + 1}: {rule}: {warning['message']}"
    for file, rule in sorted(known.warnings - set(found)):
        yield f"{file}: reviewed-migrations.toml has {rule}, which squawk does not find"
    for migration in present:
        if _is_new(migration, known) and migration.oldest_release is None:
            yield f"{migration.name}: the header lacks `-- oldest release: X.Y.Z`, the oldest that works on this schema"


def _is_new(migration: Migration, known: Reviewed) -> bool:
    package, _, file = migration.name.partition("/")
    return int(file.partition("_")[0]) > known.first_release.get(package, 0)


def _warnings(present: Iterable[Migration]) -> Iterator[dict[str, Any]]:
    for migration in present:
        sql = migration.sql.replace("{app}", "app").replace("{relay}", "relay")
        sql = sql if migration.alone else f"begin; {sql}\ncommit;"
        command = [str(SQUAWK), "--pg-version=15", "--reporter=json", f"--exclude={','.join(SETTLED)}"]
        command.append(f"--stdin-filepath={migration.name}")
        done = subprocess.run(command, input=sql, text=True, capture_output=True, check=False)
        try:
            yield from json.loads(done.stdout)
        except ValueError as error:
            raise SystemExit(f"migrations: squawk cannot read {migration.name}: {done.stderr.strip()}") from error


if __name__ == "__main__":
    sys.exit(main())
