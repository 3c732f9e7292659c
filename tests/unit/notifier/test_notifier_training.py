"""Exercises are marked in each text and are never sent as real alerts, with any settings and any stored bytes."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from lxml import etree
from pydantic import ValidationError
from unit.notifier import notifier_settings
from unit.notifier.notifier_deeds import by, cancel, leased, release
from unit.notifier.notifier_memory import NOW, OFFICER, OUTGOING, Memory, network, proposed
from unit.notifier.test_notifier_settings import PRODUCTION
from unit.notifier.test_notifier_writing import put_forward, written

from buurtsein_contracts.events.alert import CapStatus
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import cap, commands, handlers
from buurtsein_notifier.app import dependencies
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.states import AlertState

TRAINING = replace(OUTGOING, training=True)
REAL = replace(OUTGOING, status=CapStatus.ACTUAL, most=cap.Status.ACTUAL)


def installations() -> set[Outgoing]:
    """Return how messages are sent, for each combination of settings with which a notifier starts."""
    made = set()
    profiles: tuple[dict[str, Any], ...] = ({}, {name: PRODUCTION[name] for name in PRODUCTION if name != "cap_status"})
    adapters = ("simulator", "cap-http", "null")
    for base, adapter, status, allow, training in itertools.product(
        profiles, adapters, CapStatus, (False, True), (False, True)
    ):
        changes = {"adapter": adapter, "cap_status": status, "allow_actual": allow, "training": training}
        try:
            chosen = notifier_settings.settings(**base | changes)
        except ValidationError:
            continue
        outgoing = dependencies(chosen, adapter).outgoing
        real = outgoing.most is cap.Status.ACTUAL
        assert real == (bool(base) and allow and not training)
        made.add(outgoing)
    return made


def test_no_settings_let_an_exercise_a_test_or_a_training_leave_as_real() -> None:
    found = installations()
    assert {(one.most, one.training) for one in found} == {
        (cap.Status.ACTUAL, False),
        (cap.Status.EXERCISE, False),
        (cap.Status.EXERCISE, True),
    }
    for outgoing, status in itertools.product(found, CapStatus):
        left = made_with(outgoing, status)
        assert left in ({status} if status is not CapStatus.ACTUAL or outgoing.most is cap.Status.ACTUAL else {None})


def made_with(outgoing: Outgoing, status: CapStatus) -> str | None:
    """Return the status of the message that an installation makes of an alert; None when it makes none."""
    alert = Alert.model_validate_json(STORED.model_dump_json()).model_copy(update={"status": status})
    try:
        return cap.from_xml(outgoing.message(alert, [HOME], NOW).xml).status
    except DomainError:
        return None


HOME = network()
STORED = Alert.model_validate(
    {
        "status": "Exercise",
        "rule": "police",
        "rule_version": 1,
        "kind": "HOT",
        "category": "inbraak",
        "severity": "Severe",
        "texts": {
            "event": "Inbraken",
            "headline": "Inbraken. Verdacht? Bel 101.",
            "description": "x" * 999,
            "instruction": "Let op.",
        },
        "translations": {
            "fr": {"event": "Vols", "headline": "v" * 160, "description": "Vols.", "instruction": "Fermez."},
        },
        "certainty": "Likely",
        "response": ["Monitor"],
        "channels": ["sms"],
        "release_roles": ["officer"],
        "why": "een oproep",
        "release_by": "officer",
        "report_ids": [],
        "facts": 0,
        "reports": 0,
        "earlier": [],
        "network_ids": [HOME.network_id],
        "proposed_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "valid_minutes": 60,
    }
)
PIECES = (
    *(b"<status>Actual</status>", b"Actual", b" ", b"<!--", b"-->", b"<![CDATA[Actual]]>", b"&#65;ctual", b"</status>"),
    *(b"", b"<status>", b"<?x?>"),
)
XML = REAL.message(STORED.model_copy(update={"status": CapStatus.EXERCISE}), [HOME], NOW).xml


@given(
    place=strategies.integers(0, len(XML)),
    other=strategies.sampled_from(PIECES),
    cut=strategies.integers(0, 40),
    word=strategies.sampled_from([b"Exercise", b"Actual", b" Actual ", b"ACTUAL", b"Test"]),
)
@settings(max_examples=300, deadline=None)
def test_no_stored_bytes_leave_an_installation_for_exercises_as_real(
    place: int, other: bytes, cut: int, word: bytes
) -> None:
    """A restored backup or an intruder can put any bytes into the queue."""
    stored = XML.replace(b">Exercise<", b">" + word + b"<")
    tampered = stored[:place] + other + stored[place + cut :]
    try:
        cap.guard_status(cap.from_xml(tampered), cap.Status.EXERCISE)
    except DomainError:
        return
    read = etree.fromstring(tampered).iter("{*}status")
    assert [str(one.xpath("string()")).strip() for one in read] in (["Exercise"], ["Test"])


def test_each_text_of_an_exercise_is_marked_and_fits() -> None:
    (dutch, french) = cap.from_xml(XML).info
    assert dutch.headline == "OEFENING: Inbraken. Verdacht? Bel 101."
    assert (dutch.event, dutch.instruction) == ("OEFENING: Inbraken", "OEFENING: Let op.")
    assert (len(dutch.description or ""), len(french.headline or "")) == (1000, 160)
    assert (french.headline or "").startswith("EXERCICE: v")
    assert cap.from_xml(XML).note == "Oefening: dit is geen echte waarschuwing."
    real = cap.from_xml(REAL.message(STORED.model_copy(update={"status": CapStatus.ACTUAL}), [HOME], NOW).xml)
    assert (real.info[0].headline, real.note) == ("Inbraken. Verdacht? Bel 101.", None)


async def test_the_cancellation_of_an_exercise_is_marked_too() -> None:
    store, alert = await proposed()
    await release(store, alert, store.given)
    await handlers.delivered(await leased(store), "simulator", "ref", store.given, store)
    await cancel(store, alert, store.given)
    (info,) = cap.from_xml(store.queued[-1].xml).info
    assert (info.headline or "").startswith("OEFENING: Reeks inbraken: deze waarschuwing is ingetrokken")
    assert (info.description or "").startswith("OEFENING: De politie trekt")


async def test_where_people_train_one_person_takes_all_steps() -> None:
    store, alert = await proposed("vermissing", 1)
    given = replace(store.given, outgoing=TRAINING)
    await release(store, alert, given)
    alert = await release(store, alert, given)
    assert (alert.state, [one.actor for one in alert.releases]) == (AlertState.RELEASED, [OFFICER, OFFICER])
    await handlers.delivered(await leased(store), "null", None, given, store)
    await cancel(store, alert, given)
    assert (await cancel(store, alert, given)).state is AlertState.CANCELLING


async def test_where_people_train_one_person_writes_releases_and_judges_an_emergency_release() -> None:
    store = Memory(network())
    given = replace(store.given, outgoing=TRAINING)
    alert = await put_forward(store, await written(store))
    assert (await release(store, alert, given)).state is AlertState.RELEASED
    again = await put_forward(store, await written(store))
    command = commands.BreakGlass(reason="De dader is nu in de straat.")
    await handlers.break_glass(again.alert_id, command, await by(store, again), given, store)
    verdict = commands.Audit(verdict="justified", reason="Een oefening.")
    judged = await handlers.audit(again.alert_id, verdict, await by(store, again), given, store)
    assert judged.break_glass
    assert judged.break_glass.audited_by == OFFICER


async def test_a_real_alert_of_a_restored_backup_still_needs_two_persons_where_people_train() -> None:
    store, alert = await proposed()
    kept = store.only_alert
    kept.status, kept.authors = CapStatus.ACTUAL, [OFFICER]
    with pytest.raises(DomainError, match="own_alert"):
        await release(store, alert, replace(store.given, outgoing=TRAINING))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"adapter": "cap-http"}, "training needs adapter null or simulator"),
        (PRODUCTION | {"adapter": "null", "allow_actual": True}, "training goes without allow_actual"),
    ],
)
def test_training_does_not_start_with_settings_that_could_send(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        notifier_settings.settings(**{"training": True} | changes)
