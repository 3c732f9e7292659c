"""The BE-Alert simulator: CAP over HTTP without a token, and never for real messages."""

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters import Outcome, Refused
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.cap import Status, from_xml


class Simulator(CapHttp):
    """The peer of one machine; refuses what is meant for real."""

    name = "simulator"

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Hand over one CAP message."""
        try:
            status = from_xml(xml).status
        except DomainError as error:
            return Refused(error.code)
        return Refused("actual_to_simulator") if status is Status.ACTUAL else await super().send(identifier, xml)
