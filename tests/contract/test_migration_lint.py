"""`make check` refuses a migration that locks or breaks running services, or names no oldest release."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from buurtsein_chassis.migrations import Migration, migrations_of

pytestmark = pytest.mark.external
DEPLOY = Path(__file__).parents[2] / "deploy"
HEADER = "-- oldest release: 0.1.0\n"


@pytest.fixture(scope="module")
def lint() -> ModuleType:
    spec = spec_from_file_location("lint_of_migrations", DEPLOY / "migrations.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(lint: ModuleType, *new: str) -> list[str]:
    """Add migrations with these texts to the chassis, and return the errors that the check reports."""
    added = [Migration(f"buurtsein_chassis/{number:04}_new.sql", sql) for number, sql in enumerate(new, 90)]
    present = [*migrations_of("buurtsein_chassis", "sql"), *added]
    known = lint.reviewed(DEPLOY)
    ours = frozenset(one for one in known.warnings if one[0].startswith("buurtsein_chassis/"))
    return list(lint.refusals(present, lint.Reviewed(ours, known.first_release)))


def test_the_migrations_of_this_repository_are_right(lint: ModuleType) -> None:
    assert lint.main() == 0


BAD = {
    "a column is dropped": ("alter table inbox drop column consumer;", "ban-drop-column"),
    "an index locks a full table": ("create index slow on event_log (type);", "require-concurrent-index-creation"),
    "a column is renamed": ("alter table inbox rename column consumer to reader;", "renaming-column"),
    "a constraint is checked under a lock": (
        "alter table inbox add constraint some check (consumer <> '');",
        "constraint-missing-not-valid",
    ),
}


@pytest.mark.parametrize(("sql", "rule"), BAD.values(), ids=BAD)
def test_a_new_migration_with_a_warning_is_refused(lint: ModuleType, sql: str, rule: str) -> None:
    [line] = refused(lint, HEADER + sql)
    assert line.startswith(f"buurtsein_chassis/0090_new.sql:2: {rule}: ")


def test_a_warning_with_a_reason_above_the_statement_is_accepted(lint: ModuleType) -> None:
    reason = "-- No release reads it any more.\n-- squawk-ignore ban-drop-column\n"
    assert refused(lint, f"{HEADER}{reason}alter table inbox drop column consumer;") == []


def test_an_index_that_is_built_without_a_transaction_is_accepted(lint: ModuleType) -> None:
    built = "create index concurrently if not exists quick on event_log (type);"
    assert refused(lint, f"{HEADER}-- without a transaction\n{built}") == []
    assert refused(lint, HEADER + built) != []


def test_a_new_migration_names_the_oldest_release_that_works_on_it(lint: ModuleType) -> None:
    [line] = refused(lint, "create table fresh (id bigint primary key);")
    assert "buurtsein_chassis/0090_new.sql: the header lacks `-- oldest release: X.Y.Z`" in line


def test_a_review_that_is_not_needed_any_more_is_refused(lint: ModuleType) -> None:
    known = lint.reviewed(DEPLOY)
    [line] = lint.refusals([], lint.Reviewed(frozenset({("a/0001_x.sql", "ban-drop-column")}), known.first_release))
    assert line.startswith("a/0001_x.sql: reviewed-migrations.toml has ban-drop-column")
