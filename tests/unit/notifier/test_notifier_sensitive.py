"""A text with a number plate, name, face, telephone number or the reporter can be proposed only with a reason."""

import pytest
from unit.notifier.notifier_deeds import by
from unit.notifier.notifier_memory import BOOK, Memory, network
from unit.notifier.test_notifier_writing import TEXTS, call, written

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.domain.sensitive import findings
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.domain.texts import Texts


def signs(text: str) -> set[str]:
    texts = Texts(event="Inbraak", headline="Inbraak in uw buurt", description=text, instruction="Bel bij onraad 101.")
    return {one.sign for one in findings({"nl": texts})}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("De wagen heeft nummerplaat 1-ABC-123.", "plate"),
        ("Een grijze wagen, 1ABC123, reed weg.", "plate"),
        ("Nummerplaat ABC-123 uit de jaren negentig.", "plate"),
        ("Een Nederlandse wagen met plaat XX-123-Y? Nee, AB-123-CD.", "plate"),
        ("Bel mij op 0470 12 34 56.", "telephone"),
        ("Bel +32 53 12 34 56.", "telephone"),
        ("De dader is genaamd Jan.", "name"),
        ("We zoeken mevrouw Peeters.", "name"),
        ("Le suspect s'appelle Marc.", "name"),
        ("Zie de foto van de dader.", "face"),
        ("De melder zag twee mannen.", "reporter"),
        ("Volgens een buurvrouw waren het twee mannen.", "reporter"),
    ],
)
def test_what_must_not_be_spread_is_found(text: str, sign: str) -> None:
    assert sign in signs(text)


@pytest.mark.parametrize(
    "text",
    [
        "Twee mannen in een grijze bestelwagen, 1 meter 80 groot.",
        "Op 24 november 2026 om 14.30 uur in de Molenstraat 101.",
        "Deel geen foto's of nummerplaten.",
        "Bel 101 of 112. Dossier AN.11.L3.123456/2026.",
    ],
)
def test_ordinary_texts_are_not_found(text: str) -> None:
    assert signs(text) == set()


def test_no_text_of_a_shipped_rule_is_found() -> None:
    assert [one.id for one in BOOK.rule if findings(one.texts(3, one.categories, "BIN Molenstraat"))] == []


async def test_a_sensitive_text_is_proposed_only_with_a_reason_that_is_kept() -> None:
    store = Memory(network())
    texts = {"nl": TEXTS["nl"] | {"description": "De wagen heeft nummerplaat 1-ABC-123."}}
    alert = await written(store, call(texts=texts))
    with pytest.raises(DomainError, match="text_sensitive") as refused:
        await handlers.propose(alert.alert_id, commands.Propose(), await by(store, alert), store.given, store)
    assert refused.value.members["found"] == [
        {"sign": "plate", "language": "nl", "field": "description", "found": "1-ABC-123"}
    ]
    command = commands.Propose(accept="Gestolen politiewagen, parket akkoord.")
    await handlers.propose(alert.alert_id, command, await by(store, alert), store.given, store)
    assert store.only_alert.state is AlertState.PROPOSED
    assert store.steps[alert.alert_id][-1].why == "Gestolen politiewagen, parket akkoord."
