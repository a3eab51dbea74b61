"""Two graphs drawn by the server: the life of a trade in columns, and the rings of related trade.

Like `charts`: pure, in the caller's words, coloured by the style sheet, with a table as the twin.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from heliu.channels.pages.charts import INK, Chart, Point, breadth, frame, px, short

_WIDE: Final = 142
_TALL: Final = 70
_ACROSS: Final = 24
_DOWN: Final = 16
_HEAD: Final = 26


@dataclass(frozen=True, slots=True)
class Node:
    """A document, a loan, a payment or a firm: where it stands, what it says, where it leads."""

    key: str
    column: int
    title: str
    note: str = ""
    figure: str = ""
    href: str = ""
    tint: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` led to `target` (keys of nodes). An edge of a suspicious ring is `marked`."""

    source: str
    target: str
    text: str = ""
    marked: bool = False


def trade_graph(
    title: str,
    head: tuple[str, str, str],
    columns: Sequence[str],
    nodes: Sequence[Node],
    edges: Sequence[Edge],
) -> Chart:
    """Order to payment from left to right: a column a kind, a box a document, a line a reference.

    Edges whose ends are not both among `nodes` are left out of drawing and table.
    """
    assert all(0 <= node.column < len(columns) for node in nodes)
    stacks: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        stacks[node.column].append(node)
    tallest = max([len(stack) for stack in stacks.values()], default=1)
    width = len(columns) * (_WIDE + _ACROSS) - _ACROSS
    height = _HEAD + tallest * (_TALL + _DOWN)
    places = {
        node.key: (
            float(column * (_WIDE + _ACROSS)),
            _HEAD + (tallest - len(stack)) * (_TALL + _DOWN) / 2 + row * (_TALL + _DOWN),
        )
        for column, stack in stacks.items()
        for row, node in enumerate(stack)
    }
    body = Markup("")
    for column, label in enumerate(columns):
        body += Markup('<text x="{}" y="13">{}</text>').format(column * (_WIDE + _ACROSS), label)
    known = [edge for edge in edges if edge.source in places and edge.target in places]
    for edge in known:
        body += _flow(places[edge.source], places[edge.target], marked=edge.marked)
    for node in nodes:
        body += _box(node, places[node.key])
    rows = _rows(nodes, known)
    drawn = frame(title, _told(rows), (width, height), body, kind="wide")
    return Chart(title, drawn, head, rows, wide=True)


def cycle_graph(
    title: str, head: tuple[str, str, str], nodes: Sequence[Node], edges: Sequence[Edge]
) -> Chart:
    """Firms on a circle and what flows between them; the marked ring is the suspicion."""
    width, height, radius = 440, 380, 142.0
    places = {
        node.key: (
            width / 2 + radius * math.sin(2 * math.pi * index / len(nodes)),
            height / 2 - radius * math.cos(2 * math.pi * index / len(nodes)),
        )
        for index, node in enumerate(nodes)
    }
    known = [edge for edge in edges if edge.source in places and edge.target in places]
    arrows = [_arrow(edge, places[edge.source], places[edge.target]) for edge in known]
    body = Markup("").join([*(line for line, _ in arrows), *(text for _, text in arrows)])
    for node in nodes:
        x, y = places[node.key]
        mark = Markup(
            '<circle class="node" cx="{x}" cy="{y}" r="42"/>'
            '<circle class="s{ink} stroke" cx="{x}" cy="{y}" r="42"/>'
            '<text class="strong" x="{x}" y="{a}" text-anchor="middle">{title}</text>'
            '<text x="{x}" y="{b}" text-anchor="middle">{figure}</text>'
        ).format(
            x=px(x),
            y=px(y),
            a=px(y - 2 if node.figure else y + 4),
            b=px(y + 13),
            ink=INK[node.tint],
            title=short(node.title, 70),
            figure=short(node.figure, 70),
        )
        body += _linked(node, mark)
    rows = _rows(nodes, known)
    return Chart(title, frame(title, _told(rows), (width, height), body), head, rows)


def _rows(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[tuple[str, ...], ...]:
    """The twin: each line by both its ends and its text, then each node that no line touches."""
    names = {node.key: f"{node.title} {node.figure}".rstrip() for node in nodes}
    linked = {key for edge in edges for key in (edge.source, edge.target)}
    rows = [(names[edge.source], names[edge.target], edge.text) for edge in edges]
    rows += [(names[node.key], "", node.note) for node in nodes if node.key not in linked]
    return tuple(rows)


def _told(rows: Sequence[tuple[str, ...]]) -> list[Point]:
    return [Point(source, 0, f"→ {target}" if target else "") for source, target, _ in rows]


def _box(node: Node, place: tuple[float, float]) -> Markup:
    x, y = place
    mark = Markup(
        '<rect class="node" x="{x}" y="{y}" width="{wide}" height="{tall}" rx="14"/>'
        '<rect class="f{ink}" x="{inset}" y="{bar}" width="4" height="{short}" rx="2"/>'
        '<text class="strong" x="{text}" y="{a}">{title}</text>'
        '<text x="{text}" y="{b}">{note}</text>'
        '<text class="strong" x="{text}" y="{c}">{figure}</text>'
    ).format(
        x=px(x),
        y=px(y),
        inset=px(x + 8),
        wide=_WIDE,
        tall=_TALL,
        ink=INK[node.tint],
        bar=px(y + 14),
        short=_TALL - 28,
        text=px(x + 20),
        a=px(y + 22),
        b=px(y + 40),
        c=px(y + 58),
        title=short(node.title, _WIDE - 26),
        note=short(node.note, _WIDE - 26),
        figure=short(node.figure, _WIDE - 26),
    )
    return _linked(node, mark)


def _linked(node: Node, mark: Markup) -> Markup:
    told = " ".join(part for part in (node.title, node.note, node.figure) if part)
    tip = Markup("<title>{}</title>{}").format(told, mark)
    if not node.href:
        return Markup("<g>{}</g>").format(tip)
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(node.href, told, tip)


def _flow(source: tuple[float, float], target: tuple[float, float], *, marked: bool) -> Markup:
    """A river line from the right side of one box to the left side of the other."""
    x0, y0 = source[0] + _WIDE, source[1] + _TALL / 2
    x1, y1 = target[0], target[1] + _TALL / 2
    middle = (x0 + x1) / 2
    return Markup(
        '<path class="{kind} stroke" d="M{x0} {y0}C{m} {y0} {m} {y1} {x1} {y1}"/>'
        '<circle class="{dot}" cx="{x1}" cy="{y1}" r="3.5"/>'
    ).format(
        kind="s7" if marked else "s1",
        dot="f7" if marked else "f1",
        x0=px(x0),
        y0=px(y0),
        m=px(middle),
        x1=px(x1),
        y1=px(y1),
    )


def _label(text: str, x: float, y: float) -> Markup:
    """A word on a plate of its own, so that lines pass behind it."""
    if not text:
        return Markup("")
    wide = breadth(text) + 10
    return Markup(
        '<rect class="plate" x="{}" y="{}" width="{}" height="20" rx="6"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>'
    ).format(px(x - wide / 2), px(y - 10), px(wide), px(x), px(y + 4.5), text)


def _arrow(
    edge: Edge, source: tuple[float, float], target: tuple[float, float]
) -> tuple[Markup, Markup]:
    """A bent line between two circles that ends in a head; and the text at its middle."""
    (x0, y0), (x1, y1) = source, target
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    bend = 26.0
    mx, my = (x0 + x1) / 2 - uy * bend, (y0 + y1) / 2 + ux * bend
    tip = math.hypot(x1 - mx, y1 - my) or 1.0
    vx, vy = (x1 - mx) / tip, (y1 - my) / tip
    ex, ey = x1 - vx * 45, y1 - vy * 45
    ink = 7 if edge.marked else 8
    line = Markup(
        '<path class="s{ink} stroke" d="M{x0} {y0}Q{mx} {my} {ex} {ey}"/>'
        '<path class="f{ink}" d="M{ex} {ey}L{ax} {ay}L{bx} {by}Z"/>'
    ).format(
        ink=ink,
        x0=px(x0),
        y0=px(y0),
        mx=px(mx),
        my=px(my),
        ex=px(ex + vx * 3),
        ey=px(ey + vy * 3),
        ax=px(ex - vx * 9 - vy * 5),
        ay=px(ey - vy * 9 + vx * 5),
        bx=px(ex - vx * 9 + vy * 5),
        by=px(ey - vy * 9 - vx * 5),
    )
    return line, _label(short(edge.text, 96), (x0 + x1) / 4 + mx / 2, (y0 + y1) / 4 + my / 2)
