"""Declares the lifecycle of an alert, which the portal for other teams draws."""

from buurtsein_contracts.portal.machines import Machine, Step, at
from buurtsein_contracts.portal.wording import Words

ALERT = Machine(
    "Alert",
    Words("An alert, from proposal to delivery", "Een waarschuwing, van voorstel tot aflevering"),
    "notifier",
    "bin.alerts",
    (
        at(0, 1, "EXPIRED"),
        at(0, 2, "PROPOSED"),
        at(0, 3, "REFUSED"),
        at(1, 2, "RELEASED"),
        at(2, 1, "SENT"),
        at(2, 2, "UNKNOWN"),
        at(2, 3, "FAILED"),
        at(1, 1, "CANCELLED"),
        at(2, 0, "CANCELLING"),
    ),
    (
        Step(None, "propose", "PROPOSED", "AlertProposed"),
        Step("PROPOSED", "release", "PROPOSED"),
        Step("PROPOSED", "release", "RELEASED", "AlertReleased"),
        Step("PROPOSED", "refuse", "REFUSED", "AlertRefused"),
        Step("PROPOSED", "expire", "EXPIRED", "AlertExpired"),
        Step("RELEASED", "sent", "SENT", "AlertSent"),
        Step("RELEASED", "failed", "FAILED", "AlertFailed"),
        Step("RELEASED", "failed", "UNKNOWN", "AlertFailed"),
        Step("UNKNOWN", "settle", "SENT", "AlertSent"),
        Step("UNKNOWN", "settle", "FAILED", "AlertFailed"),
        Step("SENT", "update", "SENT", "AlertUpdated", planned=True),
        Step("RELEASED", "cancel", "CANCELLED", "AlertCancelled"),
        Step("SENT", "cancel", "CANCELLING"),
        Step("CANCELLING", "sent", "CANCELLED", "AlertCancelled"),
        Step("CANCELLING", "failed", "SENT"),
        Step("CANCELLING", "settle", "CANCELLED", "AlertCancelled"),
        Step("CANCELLING", "settle", "SENT"),
    ),
)
