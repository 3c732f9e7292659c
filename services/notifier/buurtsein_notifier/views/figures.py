"""Counts alerts, and feedback about them, for the yearly evaluation: in total, by network and by month."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.alert import CapStatus
from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier.projections import networks_of

_SENT = """a.sent_at >= $1 and a.sent_at < $2 and a.sent_at is not null
    and ($3::text is null or a.document ->> 'status' = $3) and ($4::uuid is null or a.network_ids @> array[$4::uuid])"""
_FIRST = "coalesce(purpose, 'alert') = 'alert'"
"""Release 0.1.0 writes no purpose and no kind beside the document: it knows alerts and no follow-ups."""
_HOT = f"{_FIRST} and document ->> 'kind' = 'HOT'"
_HOUR = "extract(hour from a.sent_at at time zone 'Europe/Brussels')"
_COUNTS = f"""
    count(*) filter (where {_HOT}) as hot,
    count(*) filter (where {_FIRST} and document ->> 'kind' = 'COLD') as cold,
    count(*) filter (where {_HOT} and {_HOUR} >= $5::int and {_HOUR} < $6::int) as hot_day,
    count(*) filter (where {_HOT} and ({_HOUR} < $5::int or {_HOUR} >= $6::int)) as hot_night,
    count(*) filter (where purpose in ('update', 'all_clear')) as updates,
    count(*) filter (where purpose = 'feedback') as feedback_messages,
    count(*) filter (where state = 'CANCELLED') as cancelled,
    count(feedback_due_at) as owed,
    count(*) filter (where feedback_given_at <= feedback_due_at) as on_time,
    count(*) filter (where feedback_given_at > feedback_due_at) as late,
    count(*) filter (where feedback_given_at is null and feedback_due_at < now()) as overdue,
    (percentile_cont(0.5) within group (order by extract(epoch from feedback_given_at - a.sent_at) / 3600))::float8
        as median_hours"""
_GOT_IT = """not exists (select from jsonb_array_elements(a.document -> 'left_out') one
    where one ->> 'network_id' = network_id::text)"""
TOTAL = f"select {_COUNTS} from alert a where {_SENT}"  # noqa: S608 # constants of the program
BY_MONTH = f"""select to_char(a.sent_at at time zone 'Europe/Brussels', 'YYYY-MM') as month, {_COUNTS} from alert a
    where {_SENT} group by 1 order by 1"""  # noqa: S608 # constants of the program
BY_NETWORK = f"""select network_id, {_COUNTS} from alert a cross join unnest(a.network_ids) network_id
    where {_SENT} and ($4::uuid is null or network_id = $4) and {_GOT_IT} group by 1 order by 1 limit 2000"""  # noqa: S608 # constants of the program


class FigureQuery(BaseModel):
    """The filters of the figures: a year or a month, one network or all networks, real alerts or exercises."""

    model_config = ConfigDict(extra="forbid")

    year: int = Field(ge=2000, le=2100)
    month: Annotated[int | None, Field(ge=1, le=12)] = None
    network_id: UUID | None = None
    status: CapStatus | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Return the beginning of the period and the beginning of the next period, in Belgian time."""
        first = datetime(self.year, self.month or 1, 1, tzinfo=BRUSSELS)
        last = (self.month or 12) % 12 + 1
        return first, datetime(self.year + (last == 1), last, 1, tzinfo=BRUSSELS)


class Figures(BaseModel):
    """How many alerts were sent, by kind and time of day, and how the police gave feedback about hot ones."""

    hot: int
    cold: int
    hot_day: int
    """The hot alerts that were sent between the hours `day_begins` and `night_begins` of the response."""
    hot_night: int
    updates: int
    """Updates and all-clears."""
    feedback_messages: int
    cancelled: int
    owed: int
    """Hot alerts about which feedback is or was owed."""
    on_time: int
    late: int
    overdue: int
    """The hot alerts without feedback whose deadline for feedback has passed."""
    median_hours: float | None = None
    """The median time from sending to feedback, in hours."""


class NetworkFigures(Figures):
    """The figures of one network."""

    network_id: UUID
    name: str | None = None


class MonthFigures(Figures):
    """The figures of one month in Belgium, such as `2026-11`."""

    month: str


class AlertFigures(BaseModel):
    """The figures of a period: of the whole zone, of each network and of each month."""

    day_begins: int
    """The hour in Belgium from which an alert counts as sent by day."""
    night_begins: int
    """The hour in Belgium from which an alert counts as sent by night."""
    zone: Figures
    networks: list[NetworkFigures]
    months: list[MonthFigures]


async def alert_figures(connection: Connection, query: FigureQuery, day: tuple[int, int]) -> AlertFigures:
    """Return the figures of alerts that were sent in a period; `day` are the hours at which day and night begin."""
    asked = (*query.span, query.status, query.network_id, *day)
    total = await connection.fetchrow(TOTAL, *asked)
    by_network = await connection.fetch(BY_NETWORK, *asked)
    by_month = await connection.fetch(BY_MONTH, *asked)
    known = await networks_of(connection, [row["network_id"] for row in by_network])
    names = {one.network_id: one.name for one in known}
    return AlertFigures(
        day_begins=day[0],
        night_begins=day[1],
        zone=Figures(**dict(total or {})),
        networks=[NetworkFigures(**dict(row), name=names.get(row["network_id"])) for row in by_network],
        months=[MonthFigures(**dict(row)) for row in by_month],
    )
