"""Makes the CAP messages with which an adapter is tested."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from buurtsein_notifier.cap import (
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    NamedValue,
    Scope,
    Severity,
    Status,
    Urgency,
    reference_list,
    to_xml,
)

IDENTIFIER = "bin@gemeente.example.conformance.0"
CANCELLING = "bin@gemeente.example.conformance.1"
SECOND = "bin@gemeente.example.conformance.2"
"""The identifier of a second message, for an adapter that takes back several at once."""
IDENTIFIERS = (IDENTIFIER, CANCELLING, SECOND)
SECRET = "planted-5ecret-of-the-kit"  # noqa: S105 - it must never be seen anywhere
SENT = datetime.now(UTC).replace(microsecond=0)
"""The time in all messages of a test run, so that a message has the same bytes when it is sent again."""
NETWORKS = ("019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091", "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8092")


def message(identifier: str = IDENTIFIER, cancels: Sequence[str] = ()) -> bytes:
    """Return a small CAP message with status Exercise for two networks; it takes the messages `cancels` back."""
    made = CapAlert(
        identifier=identifier,
        sender="bin@gemeente.example",
        sent=SENT,
        status=Status.EXERCISE,
        msg_type=MsgType.CANCEL if cancels else MsgType.ALERT,
        scope=Scope.RESTRICTED,
        restriction="Leden van BIN Noordwijk",
        info=(_info(),),
    )
    if cancels:
        earlier = [made.model_copy(update={"identifier": one}) for one in cancels]
        made = made.model_copy(update={"references": reference_list(earlier)})
    return to_xml(made)


def _info() -> Info:
    return Info(
        language="nl-BE",
        category=(Category.SECURITY,),
        event="Inbraken",
        urgency=Urgency.IMMEDIATE,
        severity=Severity.MODERATE,
        certainty=Certainty.POSSIBLE,
        effective=SENT,
        expires=SENT + timedelta(hours=24),
        headline="Inbraken in uw buurt. Verdacht? Bel 101.",
        description="Er werd ingebroken. Sluit uw deuren goed af.",
        parameter=(
            NamedValue(value_name="BIN-KIND", value="HOT"),
            *(NamedValue(value_name="BIN-CHANNEL", value=channel) for channel in ("sms", "email")),
        ),
        area=tuple(
            Area(area_desc="BIN Noordwijk", geocode=(NamedValue(value_name="BIN", value=network),))
            for network in NETWORKS
        ),
    )
