"""Tells on standard error what is being measured, since a run takes minutes."""

from rich.console import Console

console = Console(stderr=True)


def begin(part: str) -> None:
    """Tell that a part of the run begins."""
    console.print(f"bench: {part}", highlight=False)


def tell(what: str) -> None:
    """Tell what is measured now, on a line that the next one overwrites; a file gets the parts only."""
    if console.is_terminal:
        console.print(f"  {what:<70}", end="\r", highlight=False)
