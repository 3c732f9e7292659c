"""Over HTTP, a network is amended, suspended, renewed, merged and ended; letters, tasks and progress are visible."""

import hashlib
from typing import Any

import pytest

from buurtsein_contracts.events import (
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from harness.problems import refused
from harness.story import resident_at
from harness.town import NORTH, Town, days_from_now

LETTER = {"document_sha256": hashlib.sha256(b"the letter of the FOD").hexdigest()}


@pytest.fixture(scope="module")
def network(town: Town) -> dict[str, Any]:
    return town.network(place=NORTH)


def told(town: Town, network: dict[str, Any], kind: type, reference: str | None = None) -> Any:
    """Wait for an event of a type about a network, with a reference if given; return the data of the last one."""
    found = town.wait_for(
        kind.__name__,
        lambda: [
            e.data
            for e in town.events("bin.networks", "police-backoffice")
            if e.key == network["network_id"]
            and isinstance(e.data, kind)
            and reference in {None, getattr(e.data, "reference", None)}
        ],
    )
    return found[-1]


def file_of(town: Town, network: dict[str, Any], role: str = "officer") -> Any:
    return town.done(town.client("registry", role).get(f"/v1/networks/{network['network_id']}")).json()


def test_charter_version_and_required_notices(town: Town, network: dict[str, Any]) -> None:
    """An amended charter is a new version: both authorities approve it, and the ministry (FOD) must be informed."""
    seen = town.charter(communication_plan="Alle nieuws per mail en in de krant.", name="BIN Nieuwe naam")
    assert town.done(town.step(network, "coordinator", "amendment", seen)).json()["state"] == "AMENDING"
    town.approve(network)
    amended = told(town, network, NetworkAmended)
    assert (amended.charter_version, amended.name, set(amended.changed)) == (
        2,
        "BIN Nieuwe naam",
        {"name", "communication_plan"},
    )
    tasks = town.client("registry", "city-officer")
    [task] = tasks.get("/v1/tasks", params={"network_id": network["network_id"]}).json()["items"]
    assert (task["kind"], task["about"], task["due_on"]) == ("inform_fod", "charter 2", days_from_now(30))
    completion = f"/v1/tasks/{task['task_id']}/completion"
    refused(tasks.post(completion), 428, "if_match_missing")
    done = town.done(tasks.post(completion, headers={"If-Match": f'"{task["version"]}"'}))
    assert done.json()["done_by"] == town.person("city-officer")
    refused(tasks.post(completion, headers={"If-Match": f'"{task["version"]}"'}), 412, "version_changed")
    refused(tasks.post(completion, headers={"If-Match": done.headers["ETag"]}), 409, "task_done")
    path = f"/v1/networks/{network['network_id']}/charters"
    first, second = town.done(town.client("registry", "coordinator").get(path)).json()["items"]
    assert (first["in_force"], second["in_force"], second["name"]) == (False, True, "BIN Nieuwe naam")
    assert [one["party"] for one in second["signatures"]] == ["coordinator", "korpschef", "burgemeester"]
    refused(town.client("registry", "coordinator2").get(path), 404, "network_unknown")


def test_suspension_expiry_stop_merge_events(town: Town, network: dict[str, Any]) -> None:
    """The ministry (FOD) suspends, reinstates and renews a recognition; later the network merges into another one."""
    letter = {"reason": "no_evaluation", "reference": "VP/2"}
    refused(town.step(network, "city-officer", "suspension", letter), 422, "document_missing")
    town.done(town.step(network, "city-officer", "suspension", letter | LETTER))
    assert told(town, network, NetworkSuspended).reason == "no_evaluation"
    overview = town.http("registry").get("/v1/networks", params={"limit": 200})
    assert network["network_id"] not in overview.text
    late = town.step(network, "coordinator", "amendment", town.charter())
    assert "reinstate" in refused(late, 409, "transition_refused")["allowed"]
    assert file_of(town, network)["recognition_status"] == "GESCHORST"
    town.done(town.step(network, "fod", "reinstatement", {"reference": "VP/3"}))
    assert told(town, network, NetworkReinstated).reference == "VP/3"
    renewed = {"start": days_from_now(-5), "end": days_from_now(400), "renewal_on": days_from_now(0)}
    file = town.done(town.step(network, "fod", "renewal", renewed | {"reference": "VP/4"})).json()
    assert (file["recognition_status"], file["recognition"]["renewal_due"]) == ("ACTIEF", True)
    assert told(town, network, NetworkRecognised, "VP/4")
    other = town.network(place=NORTH)
    merged = {"reason": "merged_into", "merged_into": other["network_id"]}
    town.done(town.step(network, "officer", "end", merged))
    assert str(told(town, network, NetworkEnded).merged_into) == other["network_id"]
    assert file_of(town, network)["actions"] == []
    refused(town.step(network, "fod", "renewal", renewed | {"reference": "VP/5"}), 409, "transition_refused")
    refused(
        town.step(other, "officer", "end", merged | {"merged_into": network["network_id"]}), 409, "merged_into_ended"
    )


def test_a_network_that_was_recognised_before_is_taken_over(town: Town) -> None:
    """An imported network, recognised long ago by the ministry (FOD), is recognised in all services since that day."""
    place = town.place(lived_in=True)
    body = {
        "name": "BIN Van vroeger",
        "kind": "BIN",
        "area": town.square(place),
        "postcodes": ["9300"],
        "source": {"system": "stad", "number": "17"},
        "applicant": town.person("resident"),
        "reason": "lijst van de stad",
        "recognised": {"start": "2019-05-01", "reference": "VP/2019/17", "signed_on": "2019-03-01"}
        | {"korpschef_on": "2019-03-20", "burgemeester_on": "2019-03-12"}
        | LETTER,
    }
    official, path = town.client("registry", "city-officer"), "/v1/imported-networks"
    taken, again = [town.done(official.post(path, json=body)) for _ in range(2)]
    assert (taken.status_code, again.status_code) == (201, 200)
    network = {"network_id": taken.json()["id"]}
    approved = told(town, network, NetworkApproved)
    assert (str(approved.taken_over_on), approved.approvals[0].actor) == (days_from_now(0), None)
    assert str(told(town, network, NetworkRecognised).start) == "2019-05-01"
    assert file_of(town, network, "resident")["recognition_status"] == "ACTIEF"
    refused(town.client("registry", "trader").get(f"/v1/networks/{network['network_id']}"), 404, "network_unknown")
    member = town.client("registry", "member").post(
        f"/v1/networks/{network['network_id']}/members", json=resident_at(place)
    )
    assert member.status_code == 201
    conditions = f"/v1/networks/{network['network_id']}/conditions"
    found = town.wait_for(
        "funding knows it", lambda: (one := town.client("funding", "finance").get(conditions)).is_success and one
    )
    met = {one["code"]: one["met"] for one in found.json()["conditions"]}
    assert (met["recognised_by_fod"], met["approved_by_korpschef_and_burgemeester"]) == (True, True)


def test_multi_authority_recognition_steps_and_where_is_my_charter(town: Town) -> None:
    """With the application's reference, anybody sees which office must act next and since when, but no person."""
    waiting = town.apply(place=NORTH)
    path, anybody = f"/v1/charters/{waiting['reference']}", town.http("registry")

    def offices() -> list[str]:
        return [step["office"] for step in town.done(anybody.get(path)).json()["waiting_for"]]

    assert offices() == ["neighbourhood"]
    town.submit(waiting)
    town.approve(waiting, "burgemeester")
    assert offices() == ["korpschef"]
    town.approve(waiting, "korpschef")
    assert offices() == ["police_or_city"]
    town.done(town.step(waiting, "burgemeester", "fod-submission"))
    assert offices() == ["fod"]
    answer = {"start": days_from_now(0), "reference": "VP/9"}
    town.done(town.step(waiting, "city-officer", "recognition", answer | LETTER))
    seen = anybody.get(path)
    assert (seen.json()["waiting_for"], seen.headers["Cache-Control"]) == ([], "no-store")
    assert [step["done_on"] for step in seen.json()["steps"]] == [days_from_now(0)] * 7
    assert not [who for who in ("coordinator", "korpschef", "city-officer") if town.person(who) in seen.text]
    assert waiting["name"] not in seen.text
    refused(anybody.get("/v1/charters/0000-0000-0000-0000"), 404, "reference_unknown")
    refused(anybody.get(f"/v1/charters/{waiting['code']}"), 422, "invalid_request")
