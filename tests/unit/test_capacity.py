"""Tests the capacity model: a larger place needs more, its page has the tables, and a slow machine is found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from capacity import bench, known, model, tables
from capacity.__main__ import main
from capacity.model import BELGIUM, CITY, PLACES, Limit, Place

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts.topics import INCIDENTS, NETWORKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "capacity.md"
TEN_TIMES = Place("ten cities", 10 * CITY.networks, 10 * CITY.members, 10 * CITY.reports, desks=10)


def test_ten_times_the_place_has_ten_times_the_events_and_the_storage() -> None:
    for topic, number in model.events(CITY).items():
        assert model.events(TEN_TIMES)[topic] == pytest.approx(10 * number)
    for kind, size in model.postgres_bytes(CITY, 5).items():
        assert model.postgres_bytes(TEN_TIMES, 5)[kind] == pytest.approx(10 * size)


def test_a_topic_with_a_retention_stops_growing_and_one_without_goes_on() -> None:
    assert model.kept_years(INCIDENTS.retention_days, 1) == model.kept_years(INCIDENTS.retention_days, 9) == 30 / 365
    assert model.kept_years(NETWORKS.retention_days, 9) == 9
    alone = replace(CITY, reports=0, members=0)
    assert model.kafka_bytes(alone, 10) > 1.5 * model.kafka_bytes(alone, 5)


def test_the_busiest_minute_and_not_the_average_decides_how_many_processes_run() -> None:
    assert model.processes(CITY)["api"] == 8
    busy = replace(BELGIUM, reports=20 * BELGIUM.reports)
    assert model.processes(busy)["api"] > 8
    assert model.connections(busy) > model.connections(BELGIUM)
    assert model.processes(busy)["worker"] == 9, "a topic has three partitions: a fourth worker of a service would wait"


def test_what_becomes_too_small_first_is_told_first() -> None:
    found = model.limits(BELGIUM)
    assert [limit.multiple for limit in found] == sorted(limit.multiple for limit in found)
    of_the_city = {limit.what: limit.multiple for limit in model.limits(CITY)}
    assert all(limit.multiple <= of_the_city[limit.what] for limit in found if "desk" not in limit.what)
    assert Limit("seats", 10, 4, "chairs").multiple == 2.5


def test_every_constant_says_whether_it_was_measured_or_assumed() -> None:
    sources = {name: one.source for name, one in known.constants().items()}
    assert [name for name, source in sources.items() if not source.startswith(("measured: ", "assumed: "))] == []


def test_the_page_has_the_tables_of_the_model() -> None:
    page = PAGE.read_text()
    told = [tables.sizes(PLACES), tables.storage(PLACES), *map(tables.first, PLACES), tables.constants()]
    assert [table for table in told if table not in page] == [], "put the tables of `make capacity` into the page"


def figures(folder: Path, **changed: float) -> Path:
    """Write a file like that of `make bench` with the constants of the model, and other values for the named ones."""
    bars = [
        {"name": one.bar, "ours": changed.get(name, one.value)} for name, one in known.constants().items() if one.bar
    ]
    file = folder / "bench.json"
    file.write_text(json.dumps({"bars": bars}))
    return file


def test_a_machine_that_is_much_slower_than_the_constants_is_seen(tmp_path: Path) -> None:
    assert all(one.right for one in bench.compared(figures(tmp_path)))
    slow = {one.name: one.right for one in bench.compared(figures(tmp_path, COMMANDS=500, JUDGING=30_000))}
    assert sorted(name for name, right in slow.items() if not right) == ["COMMANDS", "JUDGING"]
    fast = bench.compared(figures(tmp_path, COMMANDS=9_000, JUDGING=1_000))
    assert all(one.right for one in fast)


def test_figures_that_make_bench_did_not_write_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    for text in ("", "[]", '{"bars": []}'):
        file.write_text(text)
        with pytest.raises(CommandError, match="no figures of `make bench`"):
            bench.compared(file)


def test_a_place_given_by_options_is_computed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(typer.Exit) as ended:
        main(networks=5, members=100, reports=1_000, figures=figures(tmp_path))
    assert ended.value.exit_code == 0
    assert "5, 100, 1,000" in capsys.readouterr().out
    with pytest.raises(typer.Exit) as wrong:
        main(networks=5)
    assert wrong.value.exit_code == 2
