"""Prints on standard error which measurement is running, because a whole run takes minutes."""

from rich.console import Console

console = Console(stderr=True)


def begin(part: str) -> None:
    """Print the name of a new part of the run."""
    console.print(f"bench: {part}", highlight=False)


def tell(what: str) -> None:
    """Print the name of the current measurement on a line that the next call overwrites; print nothing to a file."""
    if console.is_terminal:
        console.print(f"  {what:<70}", end="\r", highlight=False)
