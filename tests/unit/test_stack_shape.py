"""A stack's settings say how many Kafka brokers it has, and which kind of PostgreSQL standby."""

from pathlib import Path

import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.home import Home
from buurtsein_stack.kafka import Kafka
from buurtsein_stack.postgres import Postgres
from buurtsein_stack.shape import Shape, Standby, settle


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.make()
    return made


def test_without_settings_a_stack_has_one_broker_and_no_standby(home: Home) -> None:
    settle(home, Shape.asked({}))
    assert Shape.of(home) == Shape(1, Standby.NONE)
    assert "," not in Kafka(home).bootstrap
    assert "target_session_attrs" not in Postgres(home).dsn()


def test_three_brokers_and_two_databases_are_all_in_the_addresses(home: Home) -> None:
    settle(home, Shape.asked({"BUURTSEIN_BROKERS": "3", "BUURTSEIN_STANDBY": "synchronous"}))
    assert Kafka(home).bootstrap.count(",") == 2
    dsn = Postgres(home).dsn()
    assert dsn.partition("@")[2].partition("/")[0].count(",") == 1
    assert dsn.endswith("?target_session_attrs=read-write")


def test_a_stack_keeps_its_servers_until_it_is_reset(home: Home) -> None:
    settle(home, Shape(3))
    home.port("kafka")
    settle(home, None)
    assert Shape.of(home).brokers == 3
    with pytest.raises(CommandError, match="reset it first"):
        settle(home, Shape(1))


def test_a_promotion_exchanges_the_servers_and_keeps_the_addresses(home: Home) -> None:
    Shape(standby=Standby.ASYNCHRONOUS).keep(home)
    before = Postgres(home).dsn()
    Shape.of(home).promoted().keep(home)
    assert (Postgres(home).name, Postgres(home, standby=True).name) == ("postgres-2", "postgres")
    assert Postgres(home).dsn() == before


@pytest.mark.parametrize("wrong", [{"BUURTSEIN_BROKERS": "2"}, {"BUURTSEIN_STANDBY": "often"}])
def test_a_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    [name] = wrong
    with pytest.raises(CommandError, match=name):
        Shape.asked(wrong)


@pytest.mark.parametrize(("brokers", "copies", "needed"), [(1, "1", "1"), (3, "3", "2")])
def test_a_record_needs_all_copies_but_one(home: Home, brokers: int, copies: str, needed: str) -> None:
    Shape(brokers).keep(home)
    settings = Kafka(home).settings(home.kafka / "data")
    assert {settings[name] for name in settings if name.endswith("replication.factor")} == {copies}
    assert {settings[name] for name in settings if name.endswith(("min.isr", "min.insync.replicas"))} == {needed}
