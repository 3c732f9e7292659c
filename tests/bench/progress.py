"""Prints on standard error what is being measured, since a run takes minutes."""

from rich.console import Console

console = Console(stderr=True)


def begin(part: str) -> None:
    """Print that a part of the run begins."""
    console.print(f"bench: {part}", highlight=False)


def tell(what: str) -> None:
    """Print what is measured now, on a terminal line that the next one overwrites; a file only gets the parts."""
    if console.is_terminal:
        console.print(f"  {what:<70}", end="\r", highlight=False)
