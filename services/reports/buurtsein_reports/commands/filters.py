"""Defines the name of a filter that a clerk saves."""

from typing import Annotated

from pydantic import Field

from buurtsein_kernel.text import Name

FilterName = Annotated[str, Field(min_length=1, max_length=60), Name]
