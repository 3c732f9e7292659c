"""Draws a state machine as SVG that needs no script: boxes on a grid, with arrows between their borders.

The colours come from the page (`currentColor` and classes), so light, dark and print need nothing here. Lengths are
units of the drawing; at full size one unit is one CSS pixel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import hypot

from buurtsein_contracts.portal.machines import Machine, State, Step

COLUMN, ROW = 330, 130
BOX, LINE, PADDING = 158, 19, 13
LEFT = 185
"""The width of the space for the arrow to the first state."""
EDGE, LOOP = 10, 72
"""The margin around the drawing, and the height for an arrow from a state to itself."""
BEND = 30
"""The distance between two arrows that connect the same two states."""
MANY = 4
"""An action that leads from at least this many states to one state is one arrow, which begins at no state."""


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float

    def towards(self, other: "_Point", part: float) -> "_Point":
        return _Point(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)


def arrows(machine: Machine) -> list[Step]:
    """Return the arrows to draw, after joining arrows between the same states, or from many states to one.

    An action that changes nothing in many states has no arrow. The table under a drawing shows each step alone.
    """
    steps = [step for step in machine.steps if not _stays_in_many(machine, step)]
    everywhere = {step.target for step in machine.steps if _sources(machine, step) >= MANY}
    lines: dict[tuple[str | None, str], list[Step]] = {}
    for step in steps:
        source = None if step.target in everywhere and _sources(machine, step) >= MANY else step.source
        lines.setdefault((source, step.target), []).append(step)
    return [_together(source, steps) for (source, _), steps in lines.items()]


def _stays_in_many(machine: Machine, step: Step) -> bool:
    """Return whether a step leads from a state to itself, and its action does so in many states."""
    same = [one for one in machine.steps if one.action == step.action and one.source == one.target]
    return step in same and len(same) >= MANY


def _sources(machine: Machine, step: Step) -> int:
    """Return the number of states from which a step's action leads to its target state."""
    return sum((other.action, other.target) == (step.action, step.target) for other in machine.steps)


def _together(source: str | None, steps: list[Step]) -> Step:
    """Return one arrow for several steps between two states, with their event if it is the same for all."""
    actions, events = list(dict.fromkeys(step.action for step in steps)), {step.event for step in steps}
    event = events.pop() if len(events) == 1 else None
    return Step(source, ", ".join(actions), steps[0].target, event, all(step.planned for step in steps))


def svg(machine: Machine) -> str:
    """Return the drawing of a state machine as an SVG element for a page."""
    loops = {step.target for step in machine.steps if step.source == step.target}
    top = min(_top(state) - LOOP * (state.names[0] in loops) for state in machine.states) - EDGE - BEND
    bottom = max(_centre(state).y + _height(state) / 2 for state in machine.states) + EDGE + BEND
    width = LEFT + COLUMN * max(state.column for state in machine.states) + BOX + 3 * EDGE
    parts = [*(_box(state) for state in machine.states), *(_arrow(machine, step) for step in arrows(machine))]
    head = (
        f'<svg class="machine" viewBox="0 {top:g} {width} {bottom - top:g}" width="{width}" height="{bottom - top:g}"'
    )
    return (
        f"{head}>\n<title>{escape(machine.name)}: {escape(machine.description.en)}</title>\n{'\n'.join(parts)}\n</svg>"
    )


def _centre(state: State) -> _Point:
    return _Point(LEFT + COLUMN * state.column + BOX / 2, ROW * state.row)


def _height(state: State) -> float:
    return LINE * len(state.names) + 2 * PADDING


def _top(state: State) -> float:
    return _centre(state).y - _height(state) / 2


def _box(state: State) -> str:
    centre, height, top = _centre(state), _height(state), _top(state)
    kind = "state planned" if state.planned else "state"
    texts = "".join(
        f'<text x="{centre.x:g}" y="{top + PADDING + LINE * (number + 0.75):g}">{escape(name)}</text>'
        for number, name in enumerate(state.names)
    )
    box = f'<rect x="{centre.x - BOX / 2:g}" y="{top:g}" width="{BOX}" height="{height:g}" rx="8"/>'
    return f'<g class="{kind}">{box}{texts}</g>'


def _arrow(machine: Machine, step: Step) -> str:
    states = {state.names[0]: state for state in machine.states}
    target = states[step.target]
    if step.source is None:
        return _beginning(target, step)
    if step.source == step.target:
        return _loop(target, step)
    returns = any((other.source, other.target) == (step.target, step.source) for other in machine.steps)
    return _between(states[step.source], target, step, BEND if returns else 0)


def _beginning(target: State, step: Step) -> str:
    border = _Point(_centre(target).x - BOX / 2, _centre(target).y)
    start = _Point(border.x - 165, border.y)
    dot = f'<circle cx="{start.x:g}" cy="{start.y:g}" r="6"/>'
    line = f"M{start.x:g},{start.y:g} L{border.x:g},{border.y:g}"
    return _drawn(step, line, start, border, _Point(start.x + 80, start.y), dot)


def _loop(state: State, step: Step) -> str:
    top = _top(state)
    start, end = _Point(_centre(state).x + 34, top), _Point(_centre(state).x + 70, top)
    bend = _Point(end.x + 4, top - 30)
    line = f"M{start.x:g},{start.y:g} C{start.x - 4:g},{top - 38:g} {end.x + 4:g},{top - 38:g} {end.x:g},{end.y:g}"
    return _drawn(step, line, bend, end, _Point(start.x + 18, top - (46 if step.event else 38)))


def _between(source: State, target: State, step: Step, bend: float) -> str:
    one, other = _centre(source), _centre(target)
    length = hypot(other.x - one.x, other.y - one.y)
    aside = _Point(-(other.y - one.y) / length * bend, (other.x - one.x) / length * bend)
    middle = _Point((one.x + other.x) / 2 + 2 * aside.x, (one.y + other.y) / 2 + 2 * aside.y)
    start, end = _border(source, middle), _border(target, middle)
    line = f"M{start.x:g},{start.y:g} Q{middle.x:g},{middle.y:g} {end.x:g},{end.y:g}"
    on_curve = start.towards(end, 0.5).towards(middle, 0.5)
    return _drawn(step, line, middle, end, on_curve)


def _border(state: State, outside: _Point) -> _Point:
    """Return the point where a line from the centre of a state's box to an outside point crosses the box's border."""
    centre = _centre(state)
    across = (BOX / 2) / abs(outside.x - centre.x) if outside.x != centre.x else float("inf")
    down = (_height(state) / 2) / abs(outside.y - centre.y) if outside.y != centre.y else float("inf")
    return centre.towards(outside, min(across, down))


def _drawn(step: Step, line: str, before: _Point, end: _Point, label: _Point, more: str = "") -> str:
    kind = "step planned" if step.planned else "step"
    return f'<g class="{kind}"><path d="{line}"/>{_head(before, end)}{more}{"".join(_label(step, label))}</g>'


def _head(before: _Point, end: _Point) -> str:
    length = hypot(end.x - before.x, end.y - before.y) or 1
    x, y = (end.x - before.x) / length * 10, (end.y - before.y) / length * 10
    corners = ((end.x, end.y), (end.x - x - y / 2, end.y - y + x / 2), (end.x - x + y / 2, end.y - y - x / 2))
    return f'<polygon points="{" ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)}"/>'


def _label(step: Step, at: _Point) -> Iterator[str]:
    """Yield the label of an arrow: the action, and under it the event as a link to its page."""
    lines = [step.action] + ([step.event] if step.event else [])
    top = at.y - 8 * len(lines)
    width = max(map(len, lines)) * 7.4 + 6
    yield f'<rect class="paper" x="{at.x - width / 2:g}" y="{top:g}" width="{width:g}" height="{16 * len(lines)}"/>'
    yield f'<text x="{at.x:g}" y="{top + 12:g}">{escape(step.action)}</text>'
    if step.event:
        text = f'<text class="event" x="{at.x:g}" y="{top + 28:g}">{escape(step.event)}</text>'
        yield f'<a href="event-{step.event}.html">{text}</a>'
