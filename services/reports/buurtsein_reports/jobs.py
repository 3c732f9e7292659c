"""Runs the jobs of reports: make exports, remove files that nothing has, and count reports for the figures."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
from pydantic import ValidationError

from buurtsein_chassis.blobs import Blobs
from buurtsein_chassis.blobs.unused import hold, remove_unless_named, remove_unnamed
from buurtsein_chassis.database import Database
from buurtsein_chassis.lists import Format, written
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.days import brussels_day
from buurtsein_reports.store.editions import categories_on
from buurtsein_reports.store.exports import expire_exports, fail_export, finish_export, next_export
from buurtsein_reports.store.photos import IS_NAMED
from buurtsein_reports.views import ListedReport, Reader, ReportQuery, asked_for, listed_report, listing_of

MONTHS = 24
"""So many whole months are counted again by each run; earlier ones stay as they were counted last."""
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


async def remove_unused_photos(blobs: Blobs | None, clock: Clock, database: Database) -> None:
    """Remove the files that no photo and no export names; do nothing without a store."""
    if blobs:
        await remove_unnamed(blobs, clock, database, IS_NAMED)


async def make_exports(blobs: Blobs | None, clock: Clock, keep: timedelta, most_rows: int, database: Database) -> None:
    """Make the file of each export that waits, and remove the files of those that expired."""
    if blobs is None:
        return
    async with database.unit_of_work() as uow:
        expired = await expire_exports(uow.connection, clock.now())
    await remove_unless_named(expired, blobs, database, IS_NAMED)
    while waiting := await _next(database):
        await _make_export(waiting, blobs, clock, keep, most_rows, database)


async def _next(database: Database) -> asyncpg.Record | None:
    async with database.connection() as connection:
        return await next_export(connection)


async def _make_export(
    waiting: asyncpg.Record, blobs: Blobs, clock: Clock, keep: timedelta, most_rows: int, database: Database
) -> None:
    today = brussels_day(clock.now())
    try:
        query = ReportQuery.model_validate(json.loads(waiting["query"]))
    except ValidationError:
        async with database.unit_of_work() as uow:
            await fail_export(uow.connection, waiting["export_id"])
        return
    reader = Reader(actor=waiting["actor"], role="", only_city=waiting["only_city"])
    conditions = asked_for(query, today, reader)
    rows = 0

    def show(row: asyncpg.Record) -> ListedReport:
        nonlocal rows
        rows += 1
        return listed_report(today, row)

    listing = replace(listing_of(query), most_rows=most_rows)
    pieces = written(listing, query, show, conditions, Format(waiting["format"]), database)
    file = "".join([piece async for piece in pieces]).encode()
    async with database.unit_of_work() as uow:
        sha256 = hashlib.sha256(file).hexdigest()
        await hold(uow.connection, sha256)
        await blobs.put(file)
        await finish_export(uow.connection, waiting["export_id"], rows, file, sha256, clock.now() + keep)


async def count_reports(clock: Clock, database: Database) -> None:
    """Count the reports of the last whole months by category and by network, in one transaction."""
    after = brussels_day(clock.now()).replace(day=1)
    first = date(after.year - MONTHS // 12, after.month, 1)
    async with database.unit_of_work() as uow:
        table = await categories_on(uow.connection, brussels_day(clock.now()))
        await uow.connection.execute(_FORGET, first, after)
        await uow.connection.execute(_COUNT, first, after, [one.category for one in table.categories])
