"""Merges the facts (incidents) of two linked reports, and separates them again when the link was wrong."""

from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain.rule import SEVERITIES
from buurtsein_notifier.store.near import COLUMNS, OWN

HAS_REPEATS = "select exists (select from incident where duplicate_of = $1)"
LINK = "update incident set duplicate_of = $2 where report_id = $1"
# Merges the incidents (facts) of report $1 and its linked reports into the original's, with the highest severity.
MERGE = """
with pairs as (
    select distinct mine.fact_id as gone, theirs.fact_id as kept
    from incident mine join incident theirs on theirs.report_id = mine.duplicate_of
    where $1 in (mine.report_id, theirs.report_id) and mine.fact_id <> theirs.fact_id),
merged as (
    select kept, sum(g.reports) as more, max(array_position($2::text[], g.severity)) as worst
    from pairs join fact g on g.fact_id = gone group by kept),
moved as (update incident set fact_id = kept from pairs where fact_id = gone),
counted as (
    update fact f set reports = f.reports + more,
        severity = ($2::text[])[greatest(array_position($2::text[], f.severity), worst)]
    from merged where f.fact_id = kept),
told as (
    insert into alert_fact (alert_id, fact_id, elsewhere)
    select alert_id, kept, bool_and(elsewhere) from alert_fact join pairs on fact_id = gone group by alert_id, kept
    on conflict do nothing),
untold as (delete from alert_fact using pairs where fact_id = gone)
delete from fact using pairs where fact_id = gone"""
# Gives a linked report a separate incident (fact), and returns the report with it; no row without a link.
UNLINK = f"""
with mine as (
    update incident set duplicate_of = null, fact_id = report_id where report_id = $1 and duplicate_of is not null
    and fact_id is not null returning report_id, category, severity, longitude, latitude, happened_at, channel),
lessened as (
    update fact f set reports = f.reports - 1 from incident before
    where before.report_id = $1 and before.duplicate_of is not null and f.fact_id = before.fact_id
    and f.fact_id <> $1),
f as (
    insert into fact (fact_id, category, severity, longitude, latitude, happened_at)
    select report_id, category, severity, longitude, latitude, happened_at from mine
    on conflict (fact_id) do update set reports = fact.reports
    returning fact_id, category, severity, longitude, latitude, happened_at, reports)
select i.report_id, {OWN}, {COLUMNS} from f join mine i on i.report_id = f.fact_id"""  # noqa: S608 # constants of the program

# Removes a report that no alert holds and that shares its fact with no other report.
FORGET = """
with mine as (
    select i.* from incident i where report_id = $1 and duplicate_of is null
    and not exists (select from incident other where other.duplicate_of = $1)
    and (fact_id is null or exists (select from fact f where f.fact_id = i.fact_id and f.fact_id = $1 and reports = 1
        and not exists (select from alert_fact where fact_id = $1)))),
unjudged as (delete from judgement using mine where judgement.report_id = mine.report_id),
uncounted as (delete from fact using mine where fact.fact_id = mine.report_id)
delete from incident using mine where incident.report_id = mine.report_id
returning mine.report_id, mine.category, mine.severity, mine.longitude, mine.latitude, mine.happened_at, mine.channel"""
FACT_OF = f"select {COLUMNS} from incident join fact f using (fact_id) where report_id = $1"  # noqa: S608 # constants

# Gives a report of a category without a rule a fact of its own, which an alert can hold.
OWN_FACT = """
with mine as (
    insert into fact (fact_id, category, severity, longitude, latitude, happened_at)
    select report_id, category, severity, longitude, latitude, happened_at from incident
    where report_id = $1 and fact_id is null on conflict do nothing returning fact_id)
update incident set fact_id = report_id from mine where report_id = mine.fact_id"""
REPORT = f"""select i.report_id, i.category, {OWN}, {COLUMNS}
    from incident i join fact f using (fact_id) where i.report_id = $1"""  # noqa: S608 # constants


async def merge(connection: Connection, report_id: UUID) -> None:
    """Merge the incidents (facts) of a report and of all reports that are linked with it."""
    await connection.execute(MERGE, report_id, list(map(str, SEVERITIES)))
