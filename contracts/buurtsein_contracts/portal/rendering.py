"""Renders templates: Jinja2 for pages, and Markdown for pages that are mostly prose. Needs the extra `docs`."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from buurtsein_contracts.portal.snippets import camel


def environment() -> Environment:
    """Return the environment of all templates; it escapes values in pages, and not in programs and Markdown."""
    found = Environment(
        loader=PackageLoader("buurtsein_contracts.portal"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters["camel"] = camel
    return found


class _Renderer(RendererHTML):
    """Renders Markdown with links to headings, accessible tables, and the file name above a code block."""

    def heading_open(self, tokens: list[Token], idx: int, *_: Any) -> str:
        return f'<{tokens[idx].tag} id="{slug(tokens[idx + 1].content)}">'

    def th_open(self, *_: Any) -> str:
        return '<th scope="col">'

    def link_open(self, tokens: list[Token], idx: int, *_: Any) -> str:
        """Render the start of a link; a link to another site gets a CSS class."""
        target = str(tokens[idx].attrGet("href"))
        away = ' class="away" rel="noreferrer"' if ":" in target else ""
        return f'<a href="{escape(target)}"{away}>'

    def table_open(self, *_: Any) -> str:
        return '<div class="wide"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def fence(self, tokens: Any, idx: int, *_: Any) -> str:
        """Render a code block; words after its language are the name of the file, which is shown above it."""
        _, _, file = tokens[idx].info.strip().partition(" ")
        code = f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'
        if not file:
            return code
        return (
            f'<figure class="code" data-file="{escape(file)}"><figcaption>{escape(file)}</figcaption>{code}</figure>\n'
        )


def slug(heading: str) -> str:
    """Return the anchor of a heading: `2. Look at the events` gives `2-look-at-the-events`."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def markdown(template: str, words: Mapping[str, Any], templates: Environment) -> str:
    """Return the HTML of a Markdown template."""
    source = templates.get_template(template).render(words)
    return str(MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table").render(source))
