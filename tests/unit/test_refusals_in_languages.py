"""Refusals of several services, as a person reads them who prefers another language than Dutch."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import TypeAdapter
from unit.notifier.notifier_memory import NOW

from buurtsein_chassis.languages import OTHERS, Reader, catalogues
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.commands.fields import DrawnArea
from buurtsein_notifier.domain.facts import Obstacle
from buurtsein_notifier.domain.sensitive import require_clean
from buurtsein_notifier.domain.silence import Silence, begun
from buurtsein_notifier.domain.texts import Texts
from buurtsein_notifier.handlers.writing import none_there
from buurtsein_registry.domain.duties import Side, side_after
from buurtsein_reports.domain.photo import Photo, Rectangle, require_inside

TEXTS = Texts(event="Inbraak", headline="Bel 0478 12 34 56", description="Wagen 1-ABC-123", instruction="Kijk uit")
LONG = Silence(rule="inbraak", begins_at=NOW, ends_at=NOW + timedelta(days=2), reason="te veel", author="p")
PHOTO = Photo(sha256="", width=640, height=480, bytes=1, added_at=NOW)
OPEN = {"type": "Polygon", "coordinates": [[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 51.0]]]}


def no_network(barred: dict[str, Obstacle]) -> None:
    raise none_there(barred)


REFUSALS: list[tuple[str, Callable[[], object], str]] = [
    ("notifier", lambda: begun(LONG), "lasts at most 1 day(s). Name more of rule, kind of report and network."),
    ("notifier", lambda: require_clean({"nl": TEXTS}, None), "may contain a phone number, a number plate. Remove it"),
    (
        "notifier",
        lambda: no_network({"Linde": Obstacle.SUSPENDED, "Eik": Obstacle.NO_BE_ALERT}),
        "accepted BE-Alert: Linde is suspended, Eik has not accepted BE-Alert.",
    ),
    ("notifier", lambda: no_network({}), "This area touches no recognised network that has accepted BE-Alert."),
    ("notifier", lambda: TypeAdapter(DrawnArea).validate_python(OPEN), "the last point must be the first."),
    ("registry", lambda: side_after(Side.POLICE, Side.FOD), "acted for this network before, for the police."),
    (
        "reports",
        lambda: require_inside(PHOTO, [Rectangle(left=700, top=0, width=9, height=9)]),
        "This photo is 640 by 480 pixels in size.",
    ),
]


@pytest.mark.parametrize(("service", "refuse", "in_english"), REFUSALS, ids=[text[:30] for *_, text in REFUSALS])
def test_a_refusal_tells_its_values_in_each_language(
    service: str, refuse: Callable[[], object], in_english: str
) -> None:
    with pytest.raises(DomainError) as refused:
        refuse()
    error = refused.value
    told = {
        language: Reader(language, catalogues(service, language)).told(
            "problems", error.code, error.detail, error.values
        )
        for language in OTHERS
    }
    assert in_english in told["en"].sentence
    assert [one.language for one in told.values()] == list(OTHERS), "none of them fell back to Dutch"
