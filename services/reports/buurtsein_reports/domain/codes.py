"""Defines the codes in the categories and in the routing, which people choose and programs compare."""

from typing import Annotated

from pydantic import Field

CategoryCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9 '-]{1,39}$")]
"""The code of a category of reports; the ones that the package ships are those of the contract's `Category`."""
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""The code of a group, a question or a choice."""
