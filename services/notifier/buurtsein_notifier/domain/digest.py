"""Makes one alert of many facts (things that happened) that were held back: a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from buurtsein_contracts.events.alert import AlertKind, CapStatus, Release
from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.holding import HeldFor
from buurtsein_notifier.domain.limits import Digest
from buurtsein_notifier.domain.proposing import propose, shown_place, usable
from buurtsein_notifier.domain.rule import Channel, Rule, RuleBook
from buurtsein_notifier.domain.states import Origin
from buurtsein_notifier.domain.texts import DUTCH, Texts, about, counted_reports

A_DAY = 24 * 60
_WHY = {
    HeldFor.RULE: "volgens de regel",
    HeldFor.BUDGET: "want de netwerken kregen hun aantal waarschuwingen al",
    HeldFor.OVERLOAD: "want er waren te veel voorstellen tegelijk",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts that were held back for a rule: their number, the newest of them, and the ids of reports about them."""

    facts: int
    reports: int
    newest: Sequence[Fact]
    report_ids: Sequence[UUID]
    reasons: frozenset[HeldFor]


def summarised(
    rule: Rule, gathered: Gathered, networks: Sequence[Network], book: RuleBook, status: CapStatus, now: datetime
) -> Alert:
    """Return one proposed alert about all facts that were held back for a rule; a person must release the alert.

    After an overload, the alert has the texts and the kind of the rule; otherwise those of a digest.
    """
    by_rule = HeldFor.OVERLOAD in gathered.reasons
    made = usable(rule if by_rule else _as_digest(rule, book.digest), gathered.newest, shown_place(networks))
    alert = propose(made, gathered.newest, gathered.report_ids, networks, [], status, now)
    texts = _texts(made, gathered, networks)
    values = {
        "origin": Origin.DIGEST,
        "facts": gathered.facts,
        "reports": gathered.reports,
        "texts": texts.pop(DUTCH),
        "translations": texts,
        "release_by": Release.OFFICER if alert.release_by is Release.AUTOMATIC else alert.release_by,
        "why": _why(gathered, networks),
    }
    return alert.model_copy(update=values)


def digest_begins(book: RuleBook, now: datetime) -> datetime:
    """Return the latest time at which a daily digest was due; it contains the facts that were held back before then."""
    local = now.astimezone(BRUSSELS)
    today = local.replace(hour=book.digest.hour.hour, minute=book.digest.hour.minute, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _as_digest(rule: Rule, digest: Digest) -> Rule:
    texts = {name: getattr(digest, name) for name in Texts.model_fields}
    other = {"fr": None, "de": None, "en": None, "kind": AlertKind.COLD, "channels": (Channel.EMAIL,)}
    times = {"decide_within_minutes": A_DAY, "valid_minutes": A_DAY}
    return rule.model_copy(update=texts | other | times)


def _texts(rule: Rule, gathered: Gathered, networks: Sequence[Network]) -> dict[str, Texts]:
    return rule.texts(gathered.facts, (fact.category for fact in gathered.newest), shown_place(networks))


def _why(gathered: Gathered, networks: Sequence[Network]) -> str:
    told = f"{counted_reports(gathered.reports)} over {about(fact.category for fact in gathered.newest)}"
    reasons = ", ".join(_WHY[one] for one in sorted(gathered.reasons))
    return f"Samenvatting van {gathered.facts} feiten ({told}) in {len(networks)} netwerken, {reasons}."
