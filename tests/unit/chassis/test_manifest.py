"""The services' manifests agree with each other and with the code; contradictory manifests are refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from buurtsein_chassis import manifest
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import Manifest, manifest_of, manifests, readers_of, service_names, topics
from buurtsein_chassis.operations.routes.asking import Operated
from buurtsein_contracts.topics import MEMBERS, NETWORKS, TOPICS


def test_every_topic_of_the_contracts_has_an_owner_among_the_services() -> None:
    assert sorted(topics(), key=TOPICS.index) == list(TOPICS)
    assert service_names() == tuple(sorted({topic.owner for topic in TOPICS}))


def test_the_readers_of_a_topic_are_derived_from_the_subscriptions() -> None:
    assert readers_of(NETWORKS) == ("funding", "notifier", "reports")
    assert readers_of(MEMBERS) == ("funding", "notifier")


@pytest.mark.parametrize("service", service_names())
def test_everything_that_a_manifest_names_exists(service: str) -> None:
    described = manifests()[service]
    assert described.load(described.settings).model_config["env_prefix"] == f"{service.upper()}_"
    assert callable(described.load(described.compose))
    assert {one.name for one in described.load_projections()} <= set(described.subscriptions)
    assert set(described.secrets) <= set(described.load(described.settings).model_fields)


ALONE = Manifest(name="alone", package="alone", owns=(replace(NETWORKS, name="bin.alone", owner="alone"),))


@dataclass(frozen=True, order=True)
class Entry:
    """A fake of the entry point that leads to an installed service's manifest."""

    name: str
    value: str


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Clear the cached list of services before and after each test."""
    yield
    manifests.cache_clear()


def installed(monkeypatch: pytest.MonkeyPatch, *found: Manifest, name: str = "") -> None:
    """Replace the entry points of all installed services by those of these manifests."""
    entries: Sequence[Entry] = [Entry(name or one.name, f"planted:{one.name}") for one in found]
    planted = SimpleNamespace(**{one.name: one for one in found})
    monkeypatch.setattr(manifest, "entry_points", lambda group: entries if group == "buurtsein.services" else [])
    monkeypatch.setattr(manifest, "resolve_name", lambda place: getattr(planted, place.removeprefix("planted:")))
    manifests.cache_clear()


def test_a_single_service_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ALONE)
    assert (service_names(), topics()) == (("alone",), ALONE.owns)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (replace(ALONE, owns=(MEMBERS,)), "service alone owns bin.members, which names registry as its owner"),
        (replace(ALONE, name="alone; drop", owns=()), "a name is 2 to 31 lower-case letters and digits"),
    ],
)
def test_contradicting_manifests_are_refused(monkeypatch: pytest.MonkeyPatch, wrong: Manifest, sentence: str) -> None:
    installed(monkeypatch, wrong)
    with pytest.raises(CommandError, match=sentence):
        manifests()


def test_a_service_is_installed_without_the_services_whose_topics_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, replace(ALONE, subscriptions={"alone.networks": (NETWORKS,)}))
    assert manifest_of("alone").reads == (NETWORKS,)
    assert Operated.of("alone", []).topics == {topic.name for topic in ALONE.owns}


def test_who_works_on_all_topics_needs_the_services_that_own_them(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, replace(ALONE, subscriptions={"alone.networks": (NETWORKS,)}))
    with pytest.raises(CommandError, match=r"alone reads bin\.networks, which no installed service owns"):
        topics()


def test_an_entry_point_of_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ALONE, name="other")
    with pytest.raises(CommandError, match="not the manifest of a service called other"):
        manifests()


def test_topics_are_not_listed_where_no_service_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    with pytest.raises(CommandError, match="no service is installed") as refused:
        topics()
    assert refused.value.code == "no-services"
