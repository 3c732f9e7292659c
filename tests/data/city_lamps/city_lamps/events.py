"""Defines the topic of street lamps and its only event."""

from uuid import UUID

from pydantic import AwareDatetime

from buurtsein_contracts import Audience, EventData, Topic
from buurtsein_contracts.model import described

LAMPS = Topic("city.lamps", "lamp_id", "lamps", (Audience.CITY,), 30)


class LampReported(EventData):
    """Somebody said that a street lamp is out."""

    PURPOSE_NL = "Iemand liet weten dat een straatlamp niet brandt."
    TYPE = "be.bin.lamp.reported.v1"
    TOPIC = LAMPS

    lamp_id: UUID = described("The lamp.", "De lamp.")
    reported_at: AwareDatetime = described("When it was reported.", "Wanneer het gemeld werd.")
