"""Sends CAP messages to the BE-Alert simulator over HTTP, but never messages with status Actual."""

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters import Outcome, Refused
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.cap import Status, from_xml


class Simulator(CapHttp):
    """Sends messages to a simulator of BE-Alert on the same machine; refuses those with status Actual."""

    name = "simulator"

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Send one CAP message and return the outcome."""
        try:
            status = from_xml(xml).status
        except DomainError as error:
            return Refused(error.code)
        return Refused("actual_to_simulator") if status is Status.ACTUAL else await super().send(identifier, xml)
