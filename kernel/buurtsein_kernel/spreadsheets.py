"""Keeps cells of csv files safe: a spreadsheet runs a cell that begins with `=` and the like as a formula."""

import re

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""Matches the start of a text that a spreadsheet would run as a formula, with or without our apostrophe before it."""


def guarded(cell: str) -> str:
    """Return a cell with an apostrophe before it when a spreadsheet would run it as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that `guarded` put before it."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
