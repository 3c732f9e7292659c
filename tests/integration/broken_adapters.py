"""Adapters that each break one rule of the adapter kit, which the kit must find."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, override
from uuid import uuid4

from buurtsein_adapter_kit.failures import BUSY_SECONDS
from buurtsein_adapter_kit.messages import CANCELLING, NETWORKS
from buurtsein_notifier.adapters import (
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.limits import Limits
from buurtsein_notifier.adapters.receipts import Receipts
from buurtsein_notifier.domain.receipt import Receipt


class Broken(CapHttp):
    """An adapter over HTTP that keeps all rules of the kit; each subclass breaks one, which the kit must find."""


class Hopeful(Broken):
    """Reports a delivery as sent when the answer of the peer was lost."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Delivered() if isinstance(outcome, Unknown) else outcome


class Forgetful(Broken):
    """Reports every message as unknown to the peer."""

    @override
    async def status(self, identifier: str) -> Answer:
        return NotFound()


class Insistent(Broken):
    """Sends again by itself when no answer came."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        await super().send(identifier, xml)
        return await super().send(identifier, xml)


class Talkative(Broken):
    """Prints its token when the peer turns it away."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        print(self._client.headers["Authorization"])
        return await super().send(identifier, xml)


class Impolite(Broken):
    """Tries again before the time that a busy peer asked for."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return TryAgain(outcome.reason) if isinstance(outcome, TryAgain) else outcome


class Boastful(Broken):
    """Sends to all networks, and reports the result of one network as that of another."""

    async def send_to(self, identifier: str, xml: bytes, _targets: frozenset[str]) -> Outcome:
        await super().send(identifier, xml)
        return Partly(frozenset(NETWORKS), "http_207")


class Fragile(Broken):
    """Reports an answer that it cannot read as a refusal."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Refused("unreadable") if outcome == Delivered() else outcome


class Narrow(Broken):
    """Declares a length limit that every message exceeds."""

    limits = Limits(headline=10)


class Deaf(Broken):
    """Does not send messages that cancel an earlier one."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        return Delivered() if identifier == CANCELLING else await super().send(identifier, xml)


class Careless(Broken):
    """Reports a message as cancelled without asking the peer."""

    async def cancel(self, _identifier: str, _xml: bytes, _cancelled: Sequence[str]) -> Outcome:
        return Delivered()


class Soothing(Broken):
    """Reports any answer to a cancelling message as a success."""

    async def cancel(self, identifier: str, xml: bytes, _cancelled: Sequence[str]) -> Outcome:
        await self.send(identifier, xml)
        return Delivered()


class Gullible(Broken):
    """Accepts receipts without checking who sent them."""

    @classmethod
    @override
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        return [one.receipt(one.identifier) for one in Receipts.model_validate_json(body).receipts]


class Fallible(Broken):
    """Raises whatever its parser raises for a body that it cannot read."""

    @classmethod
    @override
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        if b"receipts" not in body:
            raise LookupError
        return super().parse_receipt(headers, body, secret)


class Minus(Broken):
    """Accepts impossible counts in a receipt."""

    @classmethod
    @override
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        return [replace(one, failed=-1) for one in super().parse_receipt(headers, body, secret)]


class Gossip(Broken):
    """Returns the receipts of another message."""

    @override
    async def status(self, identifier: str) -> Answer:
        answer = await super().status(identifier)
        others = [replace(one, identifier="another") for one in getattr(answer, "receipts", ())]
        return replace(answer, receipts=others) if isinstance(answer, Found) else answer


class Lenient(Broken):
    """Reports one kind of refusal (422) as a success."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Delivered() if outcome == Refused("http_422") else outcome


class Hasty(Broken):
    """Ignores the time that a busy peer asked for when its answer is 429."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return TryAgain("http_429") if outcome == TryAgain("http_429", BUSY_SECONDS) else outcome


class Certain(Broken):
    """Tries again at once after its own timeout, as if the message had certainly not arrived."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return TryAgain("lost") if outcome == Unknown("ReadTimeout") else outcome


class Trusting(Broken):
    """Reports a message as delivered when no connection was possible."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Delivered() if outcome == TryAgain("ConnectError") else outcome


class Doubtless(Broken):
    """Tries again without asking first after an error of the peer itself."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return replace(outcome, find_first=False) if isinstance(outcome, TryAgain) else outcome


class Follower(Broken):
    """Sends the message to the address to which the peer redirects."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._client.follow_redirects = True


class Resigned(Broken):
    """Reports a message that the peer has already as refused."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Refused("http_409") if outcome == TryAgain("http_409", find_first=True) else outcome


class Particular(Broken):
    """Reports a success without a body as a refusal."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Refused("no_body") if outcome == Delivered(None) else outcome


class Dim(Broken):
    """Reports an error of the peer itself as a message that it does not have."""

    @override
    async def status(self, identifier: str) -> Answer:
        answer = await super().status(identifier)
        return NotFound() if isinstance(answer, CannotSay) else answer


class Halfway(Broken):
    """Takes back only the first of several messages."""

    async def cancel(self, _identifier: str, _xml: bytes, cancelled: Sequence[str]) -> Outcome:
        await self._client.delete(f"alerts/{cancelled[0]}")
        return Delivered()


class Pedantic(Broken):
    """Reports a message as refused when it is taken back a second time."""

    async def cancel(self, _identifier: str, _xml: bytes, cancelled: Sequence[str]) -> Outcome:
        answers = [await self._client.delete(f"alerts/{one}") for one in cancelled]
        return Delivered() if all(one.is_success for one in answers) else Refused("gone")


class Worried(Broken):
    """Prints its token when no answer came."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        if isinstance(outcome, Unknown):
            print(self._client.headers["Authorization"])
        return outcome


class Offended(Broken):
    """Prints its token when the peer refuses the message."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        if isinstance(outcome, Refused):
            print(self._client.headers["Authorization"])
        return outcome


class Restless(Broken):
    """Sends a body that differs each time."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        return await super().send(identifier, xml + f"<!-- {uuid4()} -->".encode())
