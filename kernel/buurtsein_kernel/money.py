"""Writes amounts of money, which are whole euro cents, as people in each language read them."""

_EURO = {"nl": "{},{:02d} euro", "fr": "{},{:02d} euros", "de": "{},{:02d} Euro", "en": "{}.{:02d} euros"}


def in_euros(cents: int, language: str = "nl") -> str:
    """Return an amount as a language (`nl`, `fr`, `de` or `en`) writes it: 25000 gives `250,00 euro` in Dutch."""
    return _EURO[language].format(cents // 100, cents % 100)
