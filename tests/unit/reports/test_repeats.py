"""A report that is sent twice is recognised as a repeat; a different report is not."""

from datetime import timedelta, timezone
from typing import Any

import pytest
from unit.reports.reports_memory import ANYBODY, GOOD, InMemory, accept, command, submitted

from buurtsein_reports.domain import repeat
from buurtsein_reports.handlers import Sender

CALLER, CONTACT = Sender("p" * 33), {"name": "Jan Peeters", "phone": "0470 12 34 56"}


async def sent_again(sender: Sender = ANYBODY, **changes: Any) -> bool:
    """Return whether a second report is recognised as a repeat of the first report."""
    store = InMemory()
    first = await accept(store, CALLER, contact=CONTACT)
    second = await submitted(store, sender, **({"contact": CONTACT} | changes))
    assert second.again == (second.report.reference == first.reference)
    return second.again


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": " POGING tot inbraak aan de achterdeur,  vastgesteld door Jan "},
        {"category": "Inbraak"},
        {"location": GOOD["location"] | {"latitude": 50.500001}},
        {"happened_from": GOOD["happened_from"].astimezone(timezone(timedelta(hours=1)))},
        {"contact": {"name": "JAN PEETERS", "phone": "0470/12.34.56"}},
        {"language": "fr"},
        {"happening_now": False},
    ],
)
async def test_the_same_report_sent_again_is_no_second_report(changes: dict[str, Any]) -> None:
    assert await sent_again(CALLER, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "Poging tot inbraak aan de voordeur, vastgesteld door Jan."},
        {"category": "diefstal"},
        {"location": GOOD["location"] | {"latitude": 50.5001}},
        {"location": GOOD["location"] | {"house_number": "14"}},
        {"happened_from": GOOD["happened_from"] - timedelta(seconds=1)},
        {"happened_to": GOOD["happened_from"]},
        {"contact": {}},
        {"contact": {"name": "An Peeters", "phone": "0470 12 34 56"}},
        {"sender": ANYBODY},
        {"sender": Sender("q" * 33)},
    ],
)
async def test_another_report_is_counted(changes: dict[str, Any]) -> None:
    assert not await sent_again(**({"sender": CALLER} | changes))


async def test_the_digest_of_a_report_depends_on_the_secret_of_the_installation() -> None:
    values = command().values()
    assert repeat.digest("k" * 32, None, values) != repeat.digest("l" * 32, None, values)
    assert len(repeat.digest("k" * 32, None, values)) == 32
