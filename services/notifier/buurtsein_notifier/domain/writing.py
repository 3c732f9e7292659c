"""Handles alerts that people write: draft, change, propose, return; and adds networks to alerts that are proposed.

Invariant: each change of the content that people release cancels the releases so far, and adds a step with the new
content. After anybody other than its coordinator has worked on an alert, it is never released automatically.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from buurtsein_contracts import EventData
from buurtsein_contracts.events import AlertReturned
from buurtsein_contracts.events.alert import Release
from buurtsein_kernel.problems import conflict, forbidden
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.binding import bound, tag_of
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.proposing import MAX_NETWORKS
from buurtsein_notifier.domain.sensitive import require_clean
from buurtsein_notifier.domain.states import AlertState, Origin
from buurtsein_notifier.domain.steps import StepKind

_GROWING = {AlertState.PROPOSED, AlertState.RETURNED}
"""The states in which a network is added to an alert as soon as it can be alerted."""


def drafted(alert: Alert, networks: Sequence[Network], actor: str, now: datetime) -> None:
    """Note that a person wrote a new alert."""
    alert.state, alert.authors = AlertState.DRAFT, [actor]
    note_content(alert, StepKind.DRAFTED, networks, now, actor)


def proposed(
    alert: Alert, networks: Sequence[Network], actor: str, accepted: str | None, outgoing: Outgoing, now: datetime
) -> Sequence[EventData]:
    """Put an alert before the police; return AlertProposed. The caller sets the end of the time to decide.

    `accepted` is the reason why a person accepts texts that seem to contain what must not be spread.

    Raises:
        DomainError: `cap_invalid` when no message can be made of it, `text_sensitive`, `transition_refused`, `expired`.
    """
    alert.require("propose", now)
    require_clean(alert.languages, accepted)
    alert.state, alert.proposed_at = AlertState.PROPOSED, now
    outgoing.message(alert, networks, now)
    note_content(alert, StepKind.PROPOSED, networks, now, actor, accepted)
    return [alert.proposal()]


def edited(  # each is a part of the change
    alert: Alert,
    changes: Mapping[str, Any],
    networks: Sequence[Network],
    actor: str,
    why: str | None,
    outgoing: Outgoing,
    now: datetime,
) -> Sequence[EventData]:
    """Change the content or the networks of an alert, and remove its releases; return AlertProposed if proposed."""
    alert.require("edit", now)
    for name, value in changes.items():
        setattr(alert, name, value)
    alert.network_ids = [one.network_id for one in networks]
    alert.releases = []
    _has_hand_in(alert, actor)
    if alert.state is not AlertState.PROPOSED:
        note_content(alert, StepKind.EDITED, networks, now, actor, why)
        return []
    require_clean(alert.languages, why)
    outgoing.message(alert, networks, now)
    note_content(alert, StepKind.EDITED, networks, now, actor, why)
    return [alert.proposal()]


def leave_to_police(alert: Alert, actor: str, release: Release, *, accepted: bool = False) -> None:
    """Set who releases an alert with the automatic release, before a person changes, returns or proposes the alert.

    `release` says how many officers. A coordinator's alert keeps the automatic release if nobody else worked on it,
    unless the person gave a reason (`accepted`) for a text that seems to contain what must not be spread.
    """
    own = alert.origin is Origin.COORDINATOR and alert.authors == [actor]
    if alert.release_by is Release.AUTOMATIC and (accepted or not own):
        alert.release_by = release


def returned(alert: Alert, actor: str, why: str, now: datetime) -> Sequence[EventData]:
    """Give a proposed alert back, so that somebody changes it, and remove its releases; return AlertReturned."""
    alert.require("return", now)
    alert.state, alert.releases = AlertState.RETURNED, []
    _has_hand_in(alert, actor)
    alert.note(StepKind.RETURNED, now, actor, why)
    return [AlertReturned(alert_id=alert.alert_id, status=alert.status, actor=actor, returned_at=now)]


def grown(alert: Alert, network: Network, networks: Sequence[Network], now: datetime) -> bool:
    """Add a network that can be alerted now to a proposed or returned alert, and remove the releases of the alert.

    Returns False, without any change, when the alert already has this network or the maximum number of networks.
    """
    full = len(alert.network_ids) >= MAX_NETWORKS
    if alert.state not in _GROWING or full or network.network_id in alert.network_ids:
        return False
    alert.network_ids.append(network.network_id)
    alert.releases = []
    note_content(alert, StepKind.AUDIENCE_GREW, [*networks, network], now, why=network.code)
    return True


def note_content(  # each is a part of the step
    alert: Alert,
    kind: StepKind,
    networks: Sequence[Network],
    now: datetime,
    actor: str | None = None,
    why: str | None = None,
) -> None:
    """Add a step with the content that a release would approve from now on, and with its ETag."""
    content = json.dumps(bound(alert, networks), sort_keys=True)
    alert.note(kind, now, actor, why, tag=tag_of(alert, networks), content=content)


def audited(  # each is a part of the verdict
    alert: Alert, verdict: str, why: str, actor: str, now: datetime, *, alone: bool = False
) -> None:
    """Store the verdict of the korpschef on an emergency release; raise DomainError when there is none to judge.

    With `alone`, which is for training, the person who released the alert may also judge the release.
    """
    broken = alert.break_glass
    if broken is None or broken.verdict is not None:
        raise conflict("nothing_to_audit", "Deze waarschuwing heeft geen noodvrijgave die nog beoordeeld moet worden.")
    if broken.actor == actor and not alone:
        raise forbidden("own_alert", "Wie in nood vrijgaf, beoordeelt dat niet zelf.")
    alert.break_glass = broken.model_copy(update={"verdict": verdict, "audited_by": actor, "audited_at": now})
    alert.note(StepKind.AUDITED, now, actor, f"{verdict}: {why}")


def _has_hand_in(alert: Alert, actor: str) -> None:
    if actor not in alert.authors:
        alert.authors.append(actor)
