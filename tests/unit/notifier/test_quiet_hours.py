"""In the quiet hours cold (not urgent) messages wait; hot messages, and those that cannot wait, are sent at once."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from unit.notifier.notifier_memory import OUTGOING, network, proposed

from buurtsein_contracts.events.alert import AlertKind, Purpose
from buurtsein_notifier.domain.quiet import QuietHours

NIGHT, NOON = QuietHours(time(21), time(8)), QuietHours(time(12), time(14))
LATE = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
"""Half past ten in the evening in Belgium."""


@pytest.mark.parametrize(
    ("hours", "moment", "over"),
    [
        (NIGHT, LATE, datetime(2026, 11, 25, 7, 0, tzinfo=UTC)),
        (NIGHT, datetime(2026, 11, 25, 5, 0, tzinfo=UTC), datetime(2026, 11, 25, 7, 0, tzinfo=UTC)),
        (NIGHT, datetime(2026, 11, 25, 7, 0, tzinfo=UTC), None),
        (NOON, datetime(2026, 11, 25, 11, 0, tzinfo=UTC), datetime(2026, 11, 25, 13, 0, tzinfo=UTC)),
        (NOON, LATE, None),
    ],
)
def test_quiet_hours_end_at_their_hour(hours: QuietHours, moment: datetime, over: datetime | None) -> None:
    assert hours.over_at(moment) == over


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({"kind": AlertKind.COLD, "valid_minutes": 1440}, True),
        ({"kind": AlertKind.HOT, "valid_minutes": 1440}, False),
        ({"kind": AlertKind.COLD, "valid_minutes": 1440, "purpose": Purpose.UPDATE}, False),
        ({"kind": AlertKind.COLD, "valid_minutes": 570}, False),
    ],
)
async def test_only_a_cold_message_that_can_wait_waits(changes: dict[str, Any], waits: bool) -> None:
    _, alert = await proposed()
    message = replace(OUTGOING, quiet=NIGHT).message(alert.model_copy(update=changes), [network()], LATE)
    assert (message.not_before is not None) == waits
    assert ("Dit bericht wacht tot na de stille uren: 08:00." in message.remarks) == waits
