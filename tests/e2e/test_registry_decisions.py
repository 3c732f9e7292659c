"""Who may decide about a network, on which version, and what the network's document shows afterwards."""

from typing import Any

import pytest

from buurtsein_contracts.events import CoordinatorRemoved, NetworkApproved, NetworkRecognised
from harness.problems import refused
from harness.town import NORTH, Town, days_from_now


@pytest.fixture(scope="module")
def network(town: Town) -> dict[str, Any]:
    return town.network(place=NORTH)


def test_one_authority_is_not_enough_and_cannot_decide_twice(town: Town) -> None:
    waiting = town.apply(place=NORTH)
    town.submit(waiting)
    town.approve(waiting, "burgemeester")
    refused(town.step(waiting, "burgemeester", "approvals", {"decision": "approve"}), 409, "already_decided")
    early = town.step(waiting, "fod", "recognition", {"start": "2026-12-01", "reference": "x"})
    refused(early, 409, "transition_refused")
    assert "decide" in early.json()["allowed"]
    assert early.json()["detail"] == "Dit kan nu niet: het netwerk wordt nog beoordeeld."
    told = [type(e.data).__mro__[1] for e in town.events("bin.networks") if e.key == waiting["network_id"]]
    assert not {NetworkApproved, NetworkRecognised} & set(told)


def test_the_network_file_shows_who_rejected_sent_and_returned_the_charter(town: Town) -> None:
    waiting = town.apply(place=NORTH)
    town.submit(waiting)
    town.approve(waiting)
    path = f"/v1/networks/{waiting['network_id']}"
    town.done(town.step(waiting, "city-officer", "fod-submission"))
    town.done(town.step(waiting, "fod", "return", {"reason": "Het budgetplan ontbreekt."}))
    seen = town.client("registry", "coordinator").get(path).headers["ETag"]
    town.submit(dict(waiting, etag=seen))
    body = {"decision": "reject", "reason": "Het gebied is te groot."}
    town.done(town.step(waiting, "burgemeester", "approvals", body))
    acts = town.done(town.client("registry", "korpschef").get(path)).json()["acts"]
    assert [(act["action"], act["actor"]) for act in acts] == [
        ("apply", town.person("coordinator")),
        ("submit", town.person("coordinator")),
        ("approve", town.person("korpschef")),
        ("approve", town.person("burgemeester")),
        ("send_to_fod", town.person("city-officer")),
        ("return_charter", town.person("fod")),
        ("submit", town.person("coordinator")),
        ("reject", town.person("burgemeester")),
    ]
    assert all(act["acted_at"] for act in acts)


def test_an_applicant_without_the_role_coordinator_reads_signs_submits_and_withdraws(town: Town) -> None:
    network = town.apply(coordinator="resident")
    path = f"/v1/networks/{network['network_id']}"
    assert town.done(town.client("registry", "resident").get(path)).json()["state"] == "DRAFT"
    refused(town.client("registry", "member").get(path), 404, "network_unknown")
    refused(town.step(network, "member", "submission"), 403, "not_the_coordinator")
    town.submit(network, "resident")
    assert town.done(town.step(network, "resident", "end", {"reason": "withdrawn"})).json()["state"] == "ENDED"


def test_a_rejection_needs_a_reason(town: Town) -> None:
    waiting = town.apply(place=NORTH)
    town.submit(waiting)
    refused(town.step(waiting, "korpschef", "approvals", {"decision": "reject"}), 422, "reason_missing")
    body = {"decision": "reject", "reason": "Het gebied is te groot."}
    assert town.step(waiting, "korpschef", "approvals", body).json()["state"] == "REJECTED"


def test_a_charter_is_signed_only_on_the_version_that_was_read(town: Town) -> None:
    fresh = town.apply(place=NORTH)
    path, plans = (
        f"/v1/networks/{fresh['network_id']}/charter",
        {"communication_plan": "x" * 20, "budget_plan": "y" * 20},
    )
    coordinator = town.client("registry", "coordinator")
    refused(coordinator.put(path, json=plans), 428, "if_match_missing")
    refused(coordinator.put(path, json=plans, headers={"If-Match": '"99"'}), 412, "version_changed")
    assert coordinator.put(path, json=plans, headers={"If-Match": fresh["etag"]}).headers["ETag"] != fresh["etag"]
    stranger = town.client("registry", "coordinator2").put(path, json=plans, headers={"If-Match": '"99"'})
    refused(stranger, 403, "not_the_coordinator")


def test_an_unfavourable_screening_appoints_nobody_and_stays_stored(town: Town) -> None:
    draft, yesterday = town.apply(place=NORTH), days_from_now(-1)
    no = town.screening("coordinator", screening_outcome="NOT_OK", screened_on=yesterday)
    file = town.done(town.step(draft, "officer", "coordinators", no)).json()
    assert file["coordinators"] == []
    assert [(one["outcome"], one["screened_on"]) for one in file["screenings"]] == [("NOT_OK", yesterday)]
    yes = town.screening("coordinator", screened_on=yesterday)
    refused(town.step(draft, "korpschef", "coordinators", yes), 409, "screening_overruled")
    plans = {"communication_plan": "x" * 20, "budget_plan": "y" * 20}
    path, coordinator = f"/v1/networks/{draft['network_id']}", town.client("registry", "coordinator")
    own = coordinator.get(path)
    assert own.json()["screenings"] == []
    signed = coordinator.put(f"{path}/charter", json=plans, headers={"If-Match": own.headers["ETag"]})
    refused(signed, 403, "screening_unfavourable")


def test_a_wrong_coordinator_is_removed_and_a_successor_appointed(town: Town) -> None:
    draft = town.apply(place=NORTH)
    town.appoint(draft, "coordinator2")
    wrong = town.person("coordinator2")
    removal = f"coordinators/{wrong}/removal"
    town.done(town.step(draft, "burgemeester", removal, {"reason": "appointed_in_error"}))
    refused(town.step(draft, "burgemeester", removal, {"reason": "appointed_in_error"}), 404, "coordinator_unknown")
    town.appoint(draft, "coordinator")

    def received() -> list[Any]:
        return [e.data for e in town.events("bin.networks") if e.key == draft["network_id"]]

    events = town.wait_for("applied, appointed, removed, appointed", lambda: received() if len(received()) == 4 else 0)
    assert isinstance(events[2], CoordinatorRemoved)
    assert (events[2].coordinator, events[2].actor) == (wrong, town.person("burgemeester"))


def test_a_coordinator_appeals_against_a_removal_and_is_succeeded_meanwhile(town: Town) -> None:
    network = town.network(place=NORTH)
    old, new = town.person("coordinator"), town.person("coordinator2")
    path, removed = f"/v1/networks/{network['network_id']}/coordinators/{old}", {"reason": "house_rules_breached"}
    heard = removed | {"heard_on": days_from_now(-1)}
    refused(town.step(network, "burgemeester", f"coordinators/{old}/removal", heard), 409, "successor_missing")
    town.appoint(network, "coordinator2", role="co-coordinator")
    town.done(town.step(network, "burgemeester", "succession", heard | {"successor": new}))
    former = town.client("registry", "coordinator")
    assert town.done(former.post(f"{path}/appeal", json={})).json()["status"] == "appeal_lodged"
    decided = town.step(network, "burgemeester", f"coordinators/{old}/appeal-decision", {"outcome": "upheld"})
    file = town.done(decided).json()
    assert {one["person"]: one["role"] for one in file["coordinators"]} == {
        new: "coordinator",
        old: "co-coordinator",
    }


STEPS = {
    "submission": ("coordinator", {}),
    "approvals": ("korpschef", {"decision": "approve"}),
    "fod-submission": ("burgemeester", {}),
    "recognition": ("fod", {"start": "2026-11-16", "reference": "VP/1"}),
    "return": ("fod", {"reason": "Het budgetplan ontbreekt."}),
    "renewal": ("fod", {"start": "2026-11-16", "reference": "VP/1"}),
    "amendment": ("coordinator", {"communication_plan": "x" * 20, "budget_plan": "y" * 20}),
    "suspension": ("fod", {"reason": "inactive", "reference": "VP/2"}),
    "reinstatement": ("fod", {}),
    "end": ("officer", {"reason": "stopped"}),
    "coordinators": ("officer", {}),
    f"coordinators/p{'0' * 32}/removal": ("officer", {"reason": "moved"}),
    f"coordinators/p{'0' * 32}/appeal-decision": ("burgemeester", {"outcome": "rejected"}),
    "succession": ("officer", {"successor": f"p{'0' * 32}", "reason": "moved"}),
    "officers": ("korpschef", {"officer": f"p{'0' * 32}"}),
    f"officers/p{'0' * 32}/release": ("korpschef", {}),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_decision_on_another_version_than_was_read_is_not_accepted(
    town: Town, network: dict[str, Any], step: str
) -> None:
    role, body = STEPS[step]
    body = town.screening("coordinator2") if step == "coordinators" else body
    path, client = f"/v1/networks/{network['network_id']}/{step}", town.client("registry", role)
    refused(client.post(path, json=body), 428, "if_match_missing")
    refused(client.post(path, json=body, headers={"If-Match": '"1"'}), 412, "version_changed")


def test_an_approval_of_a_charter_that_was_replaced_does_not_count(town: Town) -> None:
    waiting = town.apply(place=NORTH)
    town.submit(waiting)
    path, chief = f"/v1/networks/{waiting['network_id']}", town.client("registry", "korpschef")
    read = chief.get(path).headers["ETag"]
    no = {"decision": "reject", "reason": "Het gebied is te groot."}
    seen = town.done(town.step(waiting, "burgemeester", "approvals", no)).headers["ETag"]
    town.submit(dict(waiting, etag=seen))
    late = chief.post(f"{path}/approvals", json={"decision": "approve"}, headers={"If-Match": read})
    problem = refused(late, 412, "version_changed")
    assert {"acts", "charter"} <= set(problem["changed"]) <= set(chief.get(path).json())
