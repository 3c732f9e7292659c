"""Shows the monthly figures of reports to everybody, without small counts that could reveal a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_chassis.database import Connection
from buurtsein_chassis.lists import Format, Listing, Order
from buurtsein_reports.domain.figures import Disclosure

SELECT = """
select month, subject, received, answered, closed, median_days, within_term from monthly_figure
where kind = $1 and case when $2::int is null
    then month > (select max(month) from monthly_figure) - make_interval(months => 12)
    else month >= make_date($2, 1, 1) and month < make_date($2 + 1, 1, 1) end
order by month, subject
"""


@dataclass(frozen=True, slots=True)
class Openness:
    """The rule for hiding counts in the public figures, and the number of inhabitants with its source."""

    disclosure: Disclosure
    inhabitants: int | None = None
    source: str | None = None


class FigureQuery(BaseModel):
    """The query parameters of the figures: by category or network, the year, and the format."""

    model_config = ConfigDict(extra="forbid")

    by: Literal["category", "network"] = "category"
    year: int | None = Field(default=None, ge=2000, le=2199, description="Without it, the last 12 months.")
    format: Format | None = Field(default=None, description="Instead of the header `Accept`.")


class Figure(BaseModel):
    """The figures of one month for one category or network; a count is a number, `<5` or `*`."""

    month: date
    """The first day of the month in which the reports were received."""
    category: str | None = None
    network: str | None = None
    """The id of the network, or `none` for reports that belong to no network."""
    received: int | str
    per_1000_inhabitants: float | None = None
    answered: int | str
    """Reports on which police or city took a step."""
    closed: int | str
    median_days: float | None = None
    """Half of the closed reports were closed within so many days."""
    percent_within_term: int | None = None
    """How many percent of the closed reports were closed within the term of their category."""


class Figures(BaseModel):
    """The figures of a year or of the last 12 months, and the number of inhabitants with its source."""

    inhabitants: int | None = None
    inhabitants_source: str | None = None
    items: list[Figure]


FIGURES = Listing[Figure](
    name="figures",
    table="monthly_figure",
    select="*",
    key="subject",
    orders={"month": Order("month", "date")},
    cells={
        "maand": lambda shown: shown.month.strftime("%Y-%m"),
        "soort": lambda shown: shown.category,
        "netwerk": lambda shown: shown.network,
        "ontvangen": lambda shown: shown.received,
        "per_1000_inwoners": lambda shown: shown.per_1000_inhabitants,
        "beantwoord": lambda shown: shown.answered,
        "afgehandeld": lambda shown: shown.closed,
        "mediaan_dagen": lambda shown: shown.median_days,
        "procent_binnen_termijn": lambda shown: shown.percent_within_term,
    },
)


async def figures(connection: Connection, query: FigureQuery, openness: Openness) -> Figures:
    """Return the figures by category or network, of a year or the last 12 months; small counts are hidden."""
    rows = [dict(row) for row in await connection.fetch(SELECT, query.by, query.year)]
    items = [
        figure
        for _, month in groupby(rows, key=lambda row: row["month"])
        for figure in of_month(list(month), query.by, openness)
    ]
    return Figures(inhabitants=openness.inhabitants, inhabitants_source=openness.source, items=items)


def of_month(rows: Sequence[dict[str, Any]], by: str, openness: Openness) -> Iterable[Figure]:
    """Yield the figures of one month; a row with a hidden number of reports shows no other count either."""
    rule, turn = openness.disclosure, 12 * rows[0]["month"].year + rows[0]["month"].month
    received = rule.shown([row["received"] for row in rows], turn)
    hidden = [place for place, count in enumerate(received) if isinstance(count, str)]
    answered, closed = (rule.shown([row[name] for row in rows], turn, hidden) for name in ("answered", "closed"))
    for place, row in enumerate(rows):
        has_times = isinstance(closed[place], int)
        yield Figure(
            month=row["month"],
            received=received[place],
            answered=answered[place],
            closed=closed[place],
            per_1000_inhabitants=_per_1000(received[place], openness.inhabitants),
            median_days=round(float(row["median_days"]), 1) if has_times else None,
            percent_within_term=round(100 * row["within_term"] / row["closed"]) if has_times else None,
            **{by: row["subject"]},
        )


def _per_1000(received: int | str, inhabitants: int | None) -> float | None:
    return round(1000 * received / inhabitants, 2) if isinstance(received, int) and inhabitants else None
