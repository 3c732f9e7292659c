"""Finds the line of a value in a YAML or JSON text, for error messages. Needs the extra `cli`."""

from collections.abc import Sequence
from functools import lru_cache

import yaml

type Path = Sequence[str | int]


def line_of(text: str, path: Path) -> int:
    """Return the line number, from 1, of the value at a path or of its nearest parent; 1 for unparsable text."""
    try:
        node = _composed(text)
    except (yaml.YAMLError, RecursionError):
        return 1
    line = 1
    for step in path:
        found = _step(node, step)
        if found is None:
            break
        node, line = found, found.start_mark.line + 1
    return int(line)


@lru_cache(maxsize=8)
def _composed(text: str) -> yaml.Node | None:
    """Return a YAML or JSON text as a tree of nodes, cached because several values of a text are looked up."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def _step(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None
