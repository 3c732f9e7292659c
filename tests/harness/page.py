"""Extracts the files that a page of the portal shows, as a reader of the page would copy them."""

import re
from html import unescape
from pathlib import Path

_FILE = re.compile(r'<figure class="code" data-file="([^"]+)">.*?<code>(.*?)</code>', re.DOTALL)


def files_on(page: Path) -> dict[str, str]:
    """Return the texts of the files that a page of the portal shows, by file name."""
    return {unescape(name): unescape(text) for name, text in _FILE.findall(page.read_text())}


def copied(page: Path, folder: Path) -> Path:
    """Write all files that a page shows into a folder, and return the folder."""
    for name, text in files_on(page).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
