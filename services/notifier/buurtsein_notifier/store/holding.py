"""Reads and writes what holds alerts back: silences, recent alerts, and facts (incidents) that wait for a digest."""

from collections.abc import Sequence
from datetime import datetime
from typing import override
from uuid import UUID

from buurtsein_notifier.domain.digest import Gathered
from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.holding import HeldFor, Recent
from buurtsein_notifier.domain.rule import Rule
from buurtsein_notifier.domain.silence import Silence
from buurtsein_notifier.handlers import holding
from buurtsein_notifier.projections import networks_of
from buurtsein_notifier.store.near import COLUMNS, fact_of
from buurtsein_notifier.store.silences import silences_on
from buurtsein_notifier.store.writing import WritingTables

_MOST_RECENT = 500
_BY_RULE = "coalesce(document ->> 'origin', 'rule') = 'rule'"
_COUNTS = "state not in ('REFUSED', 'EXPIRED', 'FAILED', 'CANCELLED')"
_OF_RULE = "rule = $1 and network_ids && $2"


class HoldingTables(WritingTables, holding.Store):
    """The tables that hold alerts back, in one unit of work."""

    @override
    async def silences_on(self, now: datetime) -> list[Silence]:
        return await silences_on(self._connection, now)

    @override
    async def recent(self, networks: Sequence[Network], since: datetime) -> list[Recent]:
        rows = await self._connection.fetch(
            f"""select alert_id, rule, network_ids, proposed_at, document ->> 'kind' as kind,
                    document ->> 'category' as category, document ->> 'severity' as severity from alert
                where network_ids && $1 and proposed_at > $2 and {_BY_RULE} and {_COUNTS}
                order by proposed_at desc limit $3""",  # noqa: S608 # constants
            [one.network_id for one in networks],
            since,
            _MOST_RECENT,
        )
        return [Recent.model_validate(dict(row)) for row in rows]

    @override
    async def proposed_since(self, moment: datetime, limit: int) -> int:
        number: int = await self._connection.fetchval(
            f"select count(*) from (select from alert where proposed_at > $1 and {_BY_RULE} limit $2) a",  # noqa: S608
            moment,
            limit,
        )
        return number

    @override
    async def hold(
        self, rule: Rule, facts: Sequence[Fact], networks: Sequence[Network], reason: HeldFor, now: datetime
    ) -> None:
        await self._connection.executemany(
            """insert into held_fact (rule, fact_id, network_ids, reason, held_at) values ($1, $2, $3, $4, $5)
               on conflict do nothing""",
            [(rule.id, one.fact_id, [there.network_id for there in networks], reason, now) for one in facts],
        )

    @override
    async def held_rules(self, reasons: Sequence[HeldFor], before: datetime) -> list[str]:
        rows = await self._connection.fetch(
            "select distinct rule from held_fact where reason = any($1) and held_at < $2 order by rule",
            list(reasons),
            before,
        )
        return [row["rule"] for row in rows]

    @override
    async def last_digest(self, rule: str) -> datetime | None:
        moment: datetime | None = await self._connection.fetchval(
            "select max(proposed_at) from alert where rule = $1 and document ->> 'origin' = 'digest'", rule
        )
        return moment

    @override
    async def held_networks(self, rule: str, limit: int) -> list[Network]:
        rows = await self._connection.fetch(
            """select network_id from held_fact cross join unnest(network_ids) network_id where rule = $1
               group by network_id order by count(*) desc, network_id limit $2""",
            rule,
            limit,
        )
        return await networks_of(self._connection, [row["network_id"] for row in rows])

    @override
    async def gathered(self, rule: str, networks: Sequence[Network], limit: int) -> Gathered | None:
        ids = [one.network_id for one in networks]
        (count,) = await self._connection.fetch(
            f"""select count(*) as facts, sum(f.reports)::int as reports, array_agg(distinct h.reason) as reasons
                from held_fact h join fact f using (fact_id) where {_OF_RULE}""",  # noqa: S608 # constants
            rule,
            ids,
        )
        if not count["facts"]:
            return None
        rows = await self._connection.fetch(
            f"""select {COLUMNS} from held_fact h join fact f using (fact_id) where {_OF_RULE}
                order by f.happened_at desc limit $3""",  # noqa: S608 # constants
            rule,
            ids,
            limit,
        )
        facts = [fact_of(row) for row in rows]
        reasons = frozenset(map(HeldFor, count["reasons"]))
        return Gathered(count["facts"], count["reports"], facts, [one.fact_id for one in facts], reasons)

    @override
    async def hold_no_more(self, rule: str, networks: Sequence[Network], alert_id: UUID | None) -> None:
        ids = [one.network_id for one in networks]
        if alert_id:
            await self._connection.execute(
                f"insert into alert_fact (alert_id, fact_id) select $3, fact_id from held_fact where {_OF_RULE}"  # noqa: S608
                " on conflict do nothing",
                rule,
                ids,
                alert_id,
            )
        await self._connection.execute(
            f"""with lessened as (
                    update held_fact set network_ids = array(
                        select one from unnest(network_ids) one where one <> all($2)) where {_OF_RULE}
                    returning fact_id, network_ids)
                select fact_id from lessened""",  # noqa: S608 # constants
            rule,
            ids,
        )
        await self._connection.execute("delete from held_fact where rule = $1 and network_ids = '{}'", rule)

    @override
    async def forget_held(self, rule: str) -> None:
        await self._connection.execute("delete from held_fact where rule = $1", rule)
