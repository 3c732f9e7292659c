"""Two records are suggested as the same person when they share the name, and the phone number or an address."""

import pytest

from buurtsein_registry.domain.likeness import likenesses
from buurtsein_registry.domain.person import PersonData

PERSON = likenesses(PersonData(name="Renée Peeters", mobile="+32470123456"), ["9300|molenstraat|1|"])


@pytest.mark.parametrize(
    ("name", "mobile", "place", "alike"),
    [
        ("peeters RENEE", "+32470123456", "elsewhere", True),
        ("Renée Peeters", "+32470999999", "9300|molenstraat|1|", True),
        ("Renée Peeters", "+32470999999", "elsewhere", False),
        ("Jan Peeters", "+32470123456", "9300|molenstraat|1|", False),
    ],
)
def test_the_name_alone_or_the_address_alone_is_not_enough(name: str, mobile: str, place: str, *, alike: bool) -> None:
    assert (not PERSON.isdisjoint(likenesses(PersonData(name=name, mobile=mobile), [place]))) is alike
