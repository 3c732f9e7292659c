"""One person proposes categories from a day on, another approves them; a report keeps the categories of its own day."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from unit.reports.report_desk import CITY, POLICE
from unit.reports.reports_memory import CITY as BY_CITY
from unit.reports.reports_memory import GIVEN, InMemory, accept, submit, submitted

from buurtsein_kernel.editions import Change, Edition, changes
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import handlers
from buurtsein_reports.commands import ProposeCategories, Triage
from buurtsein_reports.domain.category import CategoryDocument
from buurtsein_reports.domain.edition import EditionKind
from buurtsein_reports.domain.handled import Clerk
from buurtsein_reports.domain.shipped import shipped_categories

TODAY = date(2026, 11, 24)
OTHER = Clerk("p" + "9" * 32, CITY.party)
QUESTION = {
    "code": "kleur",
    "kind": "text",
    "asked": dict.fromkeys(("nl", "fr", "de", "en"), "Kleur"),
    "required": True,
}


def document() -> dict[str, Any]:
    return copy.deepcopy(shipped_categories().model_dump(mode="json", exclude={"edition"}))


def of(found: dict[str, Any], category: str) -> dict[str, Any]:
    """Return the entry of one category in a document of categories."""
    return next(one for one in found["categories"] if one["category"] == category)


def changed(category: str, **values: Any) -> dict[str, Any]:
    found = document()
    of(found, category).update(values)
    return found


async def propose(store: InMemory, found: dict[str, Any], start: date = TODAY, clerk: Clerk = CITY) -> Edition:
    body = {"valid_from": start.isoformat(), "why": "Afspraak met de politie.", "document": found}
    return await handlers.propose_edition(
        EditionKind.CATEGORIES, ProposeCategories.model_validate(body), clerk, GIVEN, store
    )


async def approve(store: InMemory, number: int, clerk: Clerk = OTHER) -> Edition:
    return await handlers.approve_edition(EditionKind.CATEGORIES, number, clerk, "1", GIVEN, store)


async def in_force(store: InMemory, found: dict[str, Any]) -> Edition:
    """Let the city propose a document of categories from today on, and let the police approve it."""
    return await approve(store, (await propose(store, found)).number, POLICE)


async def refusal(store: InMemory, **sent: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await submit(store, **sent)
    return refused.value


async def test_a_report_uses_the_categories_in_force_and_keeps_their_edition() -> None:
    store = InMemory()
    before = await accept(store, category="zwerfvuil")
    await in_force(store, changed("zwerfvuil", within={"days": 1, "working": False}))
    after = await accept(store, category="zwerfvuil", text="Papier in het park.")
    assert [before.categories_edition, after.categories_edition] == [0, 1]
    assert after.due_on == TODAY + timedelta(days=1)
    body = {"category": "zwerfvuil", "severity": "Minor", "route_to": ["city"]}
    judged = await handlers.triage(before.report_id, Triage.model_validate(body), CITY, "1", GIVEN, store)
    assert (judged.categories_edition, judged.due_on) == (0, before.due_on)


async def test_a_proposal_changes_nothing_until_another_person_approves_it() -> None:
    store = InMemory()
    edition = await propose(store, changed("zwerfvuil", severity="Severe"))
    assert (await accept(store, category="zwerfvuil")).categories_edition == 0
    with pytest.raises(DomainError, match="own_edition"):
        await approve(store, edition.number, CITY)
    await approve(store, edition.number)
    assert (await accept(store, category="zwerfvuil", text="Nog iets.")).severity == "Severe"


async def test_an_edition_begins_on_its_day() -> None:
    store = InMemory()
    await approve(store, (await propose(store, changed("zwerfvuil", severity="Severe"), TODAY + timedelta(1))).number)
    tables = [await store.categories_on(TODAY + timedelta(days)) for days in (0, 1)]
    assert [one.edition for one in tables] == [0, 1]


@pytest.mark.parametrize("days", [-1, 3])
async def test_an_edition_cannot_begin_before_today_or_before_the_last_one(days: int) -> None:
    store = InMemory()
    await approve(store, (await propose(store, document(), TODAY + timedelta(4))).number)
    with pytest.raises(DomainError, match="edition_too_early"):
        await propose(store, document(), TODAY + timedelta(days))


async def test_of_two_proposals_on_one_base_the_second_is_outdated() -> None:
    store = InMemory()
    first, second = [(await propose(store, document())).number for _ in range(2)]
    await approve(store, first)
    with pytest.raises(DomainError, match="edition_outdated"):
        await approve(store, second)


async def test_a_withdrawn_proposal_cannot_be_approved() -> None:
    store = InMemory()
    edition = await propose(store, document())
    await handlers.withdraw_edition(EditionKind.CATEGORIES, edition.number, OTHER, "1", GIVEN, store)
    with pytest.raises(DomainError, match="version_changed"):
        await approve(store, edition.number, POLICE)
    with pytest.raises(DomainError, match="transition_refused"):
        await handlers.approve_edition(EditionKind.CATEGORIES, edition.number, POLICE, "2", GIVEN, store)


@pytest.mark.parametrize("lost", [{"route_to": ["city"]}, {"police_first": False}])
async def test_only_the_police_take_a_category_or_a_call_to_101_away_from_the_police(lost: dict[str, Any]) -> None:
    store = InMemory()
    edition = await propose(store, changed("inbraak", **lost))
    with pytest.raises(DomainError, match="police_decide"):
        await approve(store, edition.number)
    await approve(store, edition.number, POLICE)


async def test_a_new_category_can_be_reported_and_a_removed_one_cannot() -> None:
    store, found = InMemory(), document()
    found["categories"].append(of(found, "zwerfvuil") | {"category": "losse tegel"})
    found["categories"].remove(of(found, "graffiti"))
    await in_force(store, found)
    assert (await accept(store, category="Losse  tegel")).category == "losse tegel"
    assert (await refusal(store, category="graffiti")).code == "category_unknown"


async def test_the_same_record_of_a_removed_category_gets_its_receipt_as_it_was() -> None:
    store, found, source = InMemory(), document(), {"system": "hotline", "number": "1"}
    await accept(store, BY_CITY, category="graffiti", source=source)
    found["categories"].remove(of(found, "graffiti"))
    await in_force(store, found)
    again = await submitted(store, BY_CITY, category="graffiti", source=source)
    assert (again.again, again.category.category) == (True, "graffiti")


async def test_an_added_category_counts_in_events_as_one_of_the_contract() -> None:
    store, found = InMemory(), document()
    found["categories"].append(of(found, "zwerfvuil") | {"category": "losse tegel"})
    await in_force(store, found)
    [event, _] = (await accept(store, category="losse tegel")).accepted()
    assert (event.category, event.subcategory) == ("zwerfvuil", "losse tegel")


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"parent": "niets"}, "parent_unknown"),
        ({"route_to": []}, "too_short"),
        ({"within": {"days": -1}}, "greater_than_equal"),
        ({"questions": [QUESTION, QUESTION]}, "repeated_code"),
        ({"questions": [QUESTION | {"kind": "choice"}]}, "choices_unfit"),
        ({"texts": {}}, "missing"),
        ({"counts_as": "brand"}, "counts_as_unfit"),
    ],
)
def test_wrong_data_is_refused_when_it_is_proposed(wrong: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CategoryDocument.model_validate(changed("zwerfvuil", **wrong))
    assert kind in {error["type"] for error in refused.value.errors()}


def test_the_changes_of_a_proposal_name_what_is_different() -> None:
    after = changed("zwerfvuil", severity="Severe")
    after["categories"].remove(of(after, "brand"))
    found = {one.where: one for one in changes(document(), after)}
    assert found["/categories/zwerfvuil/severity"] == Change(
        where="/categories/zwerfvuil/severity", before="Minor", after="Severe"
    )
    assert found["/categories/brand"].after is None
    assert len(found) == 2


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "answer_missing"),
        ({"kleur": ""}, "answer_missing"),
        ({"kleur": 3}, "answer_unfit"),
        ({"kleur": "rood", "maat": "groot"}, "question_unknown"),
        ({"kleur": "85.07.30-033.28"}, "national_number"),
    ],
)
async def test_the_answers_to_the_questions_of_a_category_are_checked(answers: dict[str, Any], code: str) -> None:
    store = InMemory()
    await in_force(store, changed("zwerfvuil", questions=[QUESTION]))
    assert (await refusal(store, category="zwerfvuil", answers=answers)).code == code


@pytest.mark.parametrize(
    ("kind", "sent", "stored"),
    [
        ("yes_no", "yes", True),
        ("yes_no", False, False),
        ("number", "12", 12),
        ("number", 2.5, 2.5),
        ("choice", "a", "a"),
        ("text", "rood", "rood"),
    ],
)
async def test_each_kind_of_answer_is_stored_as_what_it_means(kind: str, sent: object, stored: object) -> None:
    store, choices = InMemory(), [{"code": "a", "names": QUESTION["asked"]}] if kind == "choice" else []
    await in_force(store, changed("zwerfvuil", questions=[QUESTION | {"kind": kind, "choices": choices}]))
    assert (await accept(store, category="zwerfvuil", answers={"kleur": sent})).answers == {"kleur": stored}


@pytest.mark.parametrize(("kind", "sent"), [("yes_no", "ja"), ("number", True), ("number", "veel"), ("choice", "b")])
async def test_an_answer_of_another_kind_is_refused(kind: str, sent: object) -> None:
    store, choices = InMemory(), [{"code": "a", "names": QUESTION["asked"]}] if kind == "choice" else []
    await in_force(store, changed("zwerfvuil", questions=[QUESTION | {"kind": kind, "choices": choices}]))
    assert (await refusal(store, category="zwerfvuil", answers={"kleur": sent})).code == "answer_unfit"
