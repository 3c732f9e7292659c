"""Defines the part of the notifier's store in memory that holds alerts back: silences, limits and digests."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from unit.notifier.notifier_facts_memory import FactMemory

from buurtsein_kernel.problems import missing
from buurtsein_notifier.domain.digest import Gathered
from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.holding import HeldFor, Recent
from buurtsein_notifier.domain.rule import Rule
from buurtsein_notifier.domain.silence import Silence
from buurtsein_notifier.domain.states import AlertState, Origin

_OVER = {AlertState.REFUSED, AlertState.EXPIRED, AlertState.FAILED, AlertState.CANCELLED}
type Waiting = tuple[list[UUID], HeldFor, datetime]


class HoldingMemory(FactMemory):
    """The store in memory for silences, and for facts (incidents) that wait for a digest."""

    def __init__(self) -> None:
        super().__init__()
        self.silences: dict[UUID, Silence] = {}
        self.campaigns: set[tuple[str, date]] = set()
        self.waiting: dict[tuple[str, UUID], Waiting] = {}

    async def begin_campaign(self, campaign: str, day: date) -> bool:
        new = (campaign, day) not in self.campaigns
        self.campaigns.add((campaign, day))
        return new

    async def all_networks(self) -> list[Network]:
        return sorted(self.known.values(), key=lambda one: one.code)

    async def add_silence(self, silence: Silence) -> None:
        self.silences[silence.silence_id] = silence

    async def silence(self, silence_id: UUID) -> Silence:
        if silence_id not in self.silences:
            raise missing("silence_unknown", "")
        return self.silences[silence_id].model_copy()

    async def save_silence(self, silence: Silence) -> None:
        self.silences[silence.silence_id] = silence

    async def silences_on(self, now: datetime) -> list[Silence]:
        return [one for one in self.silences.values() if one.is_on(now)]

    async def recent(self, networks: Sequence[Network], since: datetime) -> list[Recent]:
        ids = {one.network_id for one in networks}
        found = [one for one in self.alerts.values() if one.origin is Origin.RULE and one.state not in _OVER]
        mine = [one for one in found if ids & set(one.network_ids) and one.proposed_at > since]
        return [Recent.model_validate(one.model_dump(include=set(Recent.model_fields))) for one in mine]

    async def proposed_since(self, moment: datetime, limit: int) -> int:
        found = [one for one in self.alerts.values() if one.origin is Origin.RULE and one.proposed_at > moment]
        return min(len(found), limit)

    async def hold(
        self, rule: Rule, facts: Sequence[Fact], networks: Sequence[Network], reason: HeldFor, now: datetime
    ) -> None:
        for one in facts:
            self.waiting.setdefault((rule.id, one.fact_id), ([there.network_id for there in networks], reason, now))

    async def held_rules(self, reasons: Sequence[HeldFor], before: datetime) -> list[str]:
        due = {rule for (rule, _), (_, why, at) in self.waiting.items() if why in reasons and at < before}
        return sorted(due)

    async def last_digest(self, rule: str) -> datetime | None:
        mine = [one for one in self.alerts.values() if one.rule == rule and one.origin is Origin.DIGEST]
        return max((one.proposed_at for one in mine), default=None)

    async def held_networks(self, rule: str, limit: int) -> list[Network]:
        counted = Counter(there for (one, _), (ids, _, _) in self.waiting.items() if one == rule for there in ids)
        most = sorted(counted, key=lambda one: (-counted[one], one))[:limit]
        return [self.known[one] for one in most]

    async def gathered(self, rule: str, networks: Sequence[Network], limit: int) -> Gathered | None:
        mine = self._held(rule, networks)
        facts = sorted((self.facts[one] for one in mine), key=lambda one: one.happened_at, reverse=True)
        if not facts:
            return None
        reasons = frozenset(self.waiting[rule, one][1] for one in mine)
        ids = [one.fact_id for one in facts[:limit]]
        return Gathered(len(facts), sum(one.reports for one in facts), facts[:limit], ids, reasons)

    async def hold_no_more(self, rule: str, networks: Sequence[Network], alert_id: UUID | None) -> None:
        gone = {one.network_id for one in networks}
        for fact_id in self._held(rule, networks):
            if alert_id:
                self.held[alert_id].add(fact_id)
            ids, why, at = self.waiting.pop((rule, fact_id))
            if left := [one for one in ids if one not in gone]:
                self.waiting[rule, fact_id] = left, why, at

    async def forget_held(self, rule: str) -> None:
        self.waiting = {key: value for key, value in self.waiting.items() if key[0] != rule}

    def _held(self, rule: str, networks: Sequence[Network]) -> list[UUID]:
        ids = {one.network_id for one in networks}
        return [fact for (one, fact), (there, _, _) in self.waiting.items() if one == rule and ids & set(there)]
