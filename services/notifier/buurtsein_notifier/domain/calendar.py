"""Makes the alert of a campaign on its day; people release it like every other one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from buurtsein_contracts.events.alert import AlertKind, CapStatus
from buurtsein_contracts.events.incident import Severity
from buurtsein_kernel.days import in_words
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.campaign import Campaign, CampaignPurpose
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.states import Origin
from buurtsein_notifier.domain.texts import Texts

_WHY = {CampaignPurpose.PREVENTION: "campagne", CampaignPurpose.EXERCISE: "oefening"}


def planned(campaign: Campaign, day: date, networks: Sequence[Network], status: CapStatus, now: datetime) -> Alert:
    """Return the proposed alert of a campaign, on a day, to these networks; exercises always have status Exercise."""
    is_exercise = campaign.purpose is CampaignPurpose.EXERCISE
    return Alert(
        status=CapStatus.EXERCISE if is_exercise else status,
        origin=Origin.CALENDAR,
        rule=campaign.id,
        rule_version=campaign.version,
        kind=AlertKind.COLD,
        category=campaign.category,
        severity=Severity.MINOR,
        texts=Texts(**{name: getattr(campaign, name) for name in Texts.model_fields}),
        translations={},
        certainty=Certainty.OBSERVED if is_exercise else Certainty.LIKELY,
        response=[ResponseType.NONE if is_exercise else ResponseType.PREPARE],
        channels=[Channel.SMS, Channel.EMAIL] if campaign.by_sms else [Channel.EMAIL],
        release_roles=frozenset({"officer", "dispatcher"}),
        why=f"Volgens de kalender: {_WHY[campaign.purpose]} {campaign.id} van {in_words(day)}.",
        release_by=campaign.release,
        report_ids=[],
        facts=0,
        reports=0,
        earlier=[],
        network_ids=[one.network_id for one in networks],
        proposed_at=now,
        expires_at=now + timedelta(minutes=campaign.decide_within_minutes),
        valid_minutes=campaign.valid_minutes,
    )
