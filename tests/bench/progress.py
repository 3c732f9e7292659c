"""Prints on standard error which measurement is running, because a whole run takes minutes."""

from rich.console import Console

console = Console(stderr=True)


def begin(part: str) -> None:
    """Print that a new part of the run begins."""
    console.print(f"bench: {part}", highlight=False)


def tell(what: str) -> None:
    """Print what is measured now, on a line that the next call overwrites; print nothing if the output is a file."""
    if console.is_terminal:
        console.print(f"  {what:<70}", end="\r", highlight=False)
