"""Reads the categories that the package ships, edition 0: the file `categories.toml` with the texts in `texts/`."""

import tomllib
from functools import cache
from importlib.resources import files

from buurtsein_contracts.events.member import Language
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.texts import Catalogue


@cache
def shipped_categories() -> CategoryTable:
    """Return the table of the file `categories.toml` of this package, with the texts for reporters."""
    read = tomllib.loads((files("buurtsein_reports") / "categories.toml").read_text(encoding="utf-8"))
    told = Catalogue.shipped().languages
    rows = [
        {
            "category": name,
            "counts_as": name,
            "texts": {one: told[one].categories[name].model_dump() for one in Language},
        }
        | data
        for name, data in read["categories"].items()
    ]
    groups = [{"code": code, "names": names} for code, names in read["groups"].items()]
    return CategoryTable.model_validate({"groups": groups, "categories": rows})
