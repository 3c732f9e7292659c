"""Counts the reports of each month for the public figures."""

from datetime import date

from buurtsein_chassis.database import Connection
from buurtsein_reports.store.editions import categories_on

MONTHS = 24
"""The number of whole months that each run counts again; earlier months keep their last count."""
_FORGET = "delete from monthly_figure where month >= $1 and month < $2"
_COUNT = """
with counted as (
    select date_trunc('month', reported_at at time zone 'Europe/Brussels')::date as month, category,
        coalesce(network_id::text, 'none') as network,
        closed_at is not null as closed,
        extract(epoch from closed_at - reported_at) / 86400 as days,
        (closed_at at time zone 'Europe/Brussels')::date <= due_on as in_time,
        closed_at is not null or exists (
            select from report_step s where s.report_id = r.report_id and s.party is not null) as answered
    from report r
    where reported_at >= $1::timestamp at time zone 'Europe/Brussels'
        and reported_at < $2::timestamp at time zone 'Europe/Brussels'
), named as (
    select 'category' as kind, category as subject, counted.* from counted
    union all select 'network', network, counted.* from counted
), months as (
    select generate_series($1::timestamp, $2::timestamp - interval '1 day', interval '1 month')::date as month
), subjects as (
    select distinct kind, subject from named union select 'category', unnest($3::text[])
)
insert into monthly_figure (month, kind, subject, received, answered, closed, median_days, within_term)
select months.month, kind, subject, count(named.month), count(*) filter (where answered),
    count(*) filter (where closed), percentile_cont(0.5) within group (order by days) filter (where closed),
    count(*) filter (where closed and in_time)
from months cross join subjects left join named using (month, kind, subject)
group by months.month, kind, subject
"""


async def count_months(connection: Connection, today: date) -> None:
    """Count the last whole months again, by category and by network, also the categories that nobody reported."""
    after = today.replace(day=1)
    first = date(after.year - MONTHS // 12, after.month, 1)
    table = await categories_on(connection, today)
    await connection.execute(_FORGET, first, after)
    await connection.execute(_COUNT, first, after, [one.category for one in table.categories])
