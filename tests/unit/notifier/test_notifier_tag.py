"""An alert's ETag changes when anything changes that an officer releases, and at no other change."""

import hashlib
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from unit.notifier.notifier_memory import NOW, OFFICER, area, incident, judged, proposed

from buurtsein_contracts.events.incident import Severity
from buurtsein_notifier.domain.binding import tag_of
from buurtsein_notifier.domain.judgement import Finding


async def test_joining_reports_and_the_first_release_do_not_change_the_tag() -> None:
    store, alert = await proposed("vermissing", 1)
    networks = list(store.known.values())
    read = tag_of(alert, networks)
    assert await judged(store, incident(category="vermissing")) == [Finding.JOINED]
    alert.release(OFFICER, "content", NOW)
    assert tag_of(alert, networks) == read


@pytest.mark.parametrize("changes", [{"name": "BIN Kaai"}, {"area": area(300)}, {"nis": "41011"}])
async def test_another_area_or_name_changes_the_tag(changes: dict[str, Any]) -> None:
    store, alert = await proposed()
    (home,) = store.known.values()
    assert tag_of(alert, [home]) != tag_of(alert, [home.model_copy(update=changes)])


async def test_another_text_or_validity_changes_the_tag() -> None:
    store, alert = await proposed()
    networks = list(store.known.values())
    headline = alert.texts.model_copy(update={"headline": "Iets anders."})
    others = [
        alert.model_copy(update=one) for one in ({"texts": headline}, {"expires_at": NOW}, {"severity": Severity.MINOR})
    ]
    assert len({tag_of(alert, networks), *(tag_of(one, networks) for one in others)}) == 4


@pytest.mark.external
async def test_every_process_makes_the_same_tag() -> None:
    """A Python set is ordered differently in each process, and two processes may serve one officer's requests."""
    _, alert = await proposed()
    alert.release_roles = frozenset({"officer", "dispatcher", "korpschef"})
    bind = "from buurtsein_notifier.domain.binding import tag_of"
    show = "print(tag_of(Alert.model_validate_json(sys.argv[1]), []))"
    program = f"import sys; from buurtsein_notifier.domain.alert import Alert; {bind}; {show}"

    def elsewhere(seed: str) -> str:
        command = [sys.executable, "-c", program, alert.model_dump_json()]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    assert {elsewhere(seed) for seed in ("1", "2", "3")} == {tag_of(alert, [])}


async def test_the_release_before_makes_the_same_tag_of_an_alert_that_a_rule_proposed() -> None:
    """Two releases run side by side during an upgrade, and an officer reads by one and decides by the other."""
    store, alert = await proposed()
    networks = list(store.known.values())
    decided = {"state", "releases", "released_at", "reports_at_release", "refusal", "refused_by", "settled_by"}
    unknown = {"origin", "authors", "area", "break_glass", "steps", "last_step", "purpose", "follows", "references"}
    unknown |= {"sent_at", "feedback", "costs", "held_back"}
    read = alert.model_dump(mode="json", exclude=decided | {"cap_identifier", "version"} | unknown)
    addressed = [one.model_dump(mode="json", include={"network_id", "name", "nis", "area"}) for one in networks]
    before = hashlib.sha256(json.dumps([read, addressed], sort_keys=True).encode()).hexdigest()[:32]
    assert tag_of(alert, networks) == before
