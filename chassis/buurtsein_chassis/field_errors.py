"""Translates pydantic's validation errors, one sentence for each kind of error that a request can cause.

The Dutch sentences are here, those in other languages in the table `[fields]` of the catalogues.

Invariant: no sentence repeats the input, because it may be personal data. The kinds of error that this project defines
(`PydanticCustomError`) have a Dutch sentence already.
"""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic_core import core_schema

from buurtsein_chassis.languages import Reader

_WHOLE_NUMBER = "Geef een geheel getal."
_NUMBER = "Geef een getal."
_DATE = "Geef een datum als 2026-11-24."
_TIME = "Geef een uur als 20:30."
_MOMENT = "Geef een datum en uur met tijdzone, als 2026-11-24T20:30:00+01:00."
_DURATION = "Geef een duur als PT30M."
_ADDRESS = "Geef een webadres dat met https:// begint."
_UUID = "Geef een identificatie in de vorm van een UUID."
_CHOICE = "Kies een van de waarden die hier mogen: {expected}."
_LIST = "Geef een lijst."
_GROUP = "Geef hier een groep velden (een JSON-object)."
_UNUSUAL = "Deze waarde kan hier niet."

SENTENCES: Mapping[str, str] = {
    "missing": "Vul dit in.",
    "extra_forbidden": "Dit veld bestaat hier niet.",
    "invalid_key": "Dit veld bestaat hier niet.",
    "json_invalid": "Dit is geen geldige JSON.",
    "json_type": "Dit is geen geldige JSON.",
    "recursion_loop": "Dit is te diep genest.",
    "recursion_depth_exceeded": "Dit is te diep genest.",
    "string_type": "Geef een tekst.",
    "string_unicode": "Deze tekst bevat tekens die niet kunnen.",
    "string_too_short": "Dit is te kort: geef minstens {min_length} tekens.",
    "string_too_long": "Dit is te lang: geef hoogstens {max_length} tekens.",
    "string_pattern_mismatch": "Dit heeft niet de juiste vorm.",
    "string_not_ascii": "Gebruik alleen letters zonder accent, cijfers en leestekens.",
    "bytes_type": "Geef een tekst.",
    "bytes_too_short": "Dit is te kort.",
    "bytes_too_long": "Dit is te lang.",
    "bytes_invalid_encoding": "Deze tekst bevat tekens die niet kunnen.",
    "too_short": "Geef er minstens {min_length}.",
    "too_long": "Geef er hoogstens {max_length}.",
    "greater_than": "Geef meer dan {gt}.",
    "greater_than_equal": "Geef minstens {ge}.",
    "less_than": "Geef minder dan {lt}.",
    "less_than_equal": "Geef hoogstens {le}.",
    "multiple_of": "Geef een veelvoud van {multiple_of}.",
    "finite_number": _NUMBER,
    "none_required": "Laat dit leeg.",
    "bool_type": "Geef true of false.",
    "bool_parsing": "Geef true of false.",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": "Dit getal is te groot.",
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "decimal_max_digits": "Geef hoogstens {max_digits} cijfers.",
    "decimal_max_places": "Geef hoogstens {decimal_places} cijfers na de komma.",
    "decimal_whole_digits": "Geef hoogstens {whole_digits} cijfers voor de komma.",
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "union_tag_invalid": "Kies een van de soorten die hier mogen: {expected_tags}.",
    "union_tag_not_found": "Zeg welke soort dit is.",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "iterable_type": _LIST,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "dict_type": _GROUP,
    "mapping_type": _GROUP,
    "dataclass_type": _GROUP,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": "Geef alleen een datum, zonder uur.",
    "date_past": "Geef een datum in het verleden.",
    "date_future": "Geef een datum in de toekomst.",
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_past": "Geef een moment in het verleden.",
    "datetime_future": "Geef een moment in de toekomst.",
    "timezone_aware": _MOMENT,
    "timezone_naive": "Geef datum en uur zonder tijdzone.",
    "timezone_offset": _MOMENT,
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
    "url_syntax_violation": _ADDRESS,
    "url_too_long": "Dit webadres is te lang: hoogstens {max_length} tekens.",
    "url_scheme": _ADDRESS,
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "uuid_version": _UUID,
    "value_error": _UNUSUAL,
    "assertion_error": _UNUSUAL,
}
"""The sentence for each of pydantic's kinds of error; names in braces are replaced by the limits of the field."""
_OF_PYDANTIC = frozenset(get_args(core_schema.ErrorType))
NAMES: Mapping[str, str] = {dutch: kind for kind, dutch in reversed(list(SENTENCES.items()))}
"""The name of each Dutch sentence in the catalogues: the first kind of error that has it."""
_OR = {"nl": " of ", "fr": " ou ", "de": " oder ", "en": " or "}


def sentence(error: Mapping[str, Any], reader: Reader) -> str:
    """Return the sentence for one validation error of pydantic, in the reader's language if a catalogue has it."""
    kind = error["type"]
    if kind not in _OF_PYDANTIC:
        return reader.told("fields", kind, str(error["msg"])).sentence
    dutch = SENTENCES.get(kind, _UNUSUAL)
    told = reader.told("fields", NAMES[dutch], dutch)
    values = {name: str(value).replace(" or ", _OR[told.language]) for name, value in error.get("ctx", {}).items()}
    return told.sentence.format_map(values)
