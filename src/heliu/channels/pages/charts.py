"""Charts drawn by the server: SVG with a title, coloured by the style sheet, each with its table.

Pure functions. Every word and every figure comes from the caller, already in the reader's language;
a value is an integer of any unit (fen, days, pieces) and only decides lengths. Widths are pixels of
the drawing: PHONE fits a phone's card, PANEL half a console; the page scales it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final
from unicodedata import east_asian_width

from markupsafe import Markup

PHONE: Final = 326
PANEL: Final = 460
# The tints of the style sheet, in the order in which series take them.
TINTS: Final = ("", "dawn", "gold", "plum", "sky", "ok", "bad")
INK: Final = {"": 1, "dawn": 2, "gold": 3, "plum": 4, "sky": 5, "ok": 6, "bad": 7, "idle": 0}
LEVELS: Final = 4
LETTER: Final = 13
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Point:
    """One measured thing: its name, its value, the value as people read it, where it leads."""

    label: str
    value: int
    text: str
    href: str = ""
    tint: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its twin: `head` and `rows` say in a table what `svg` shows."""

    title: str
    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()
    wide: bool = False  # drawn in its own size; what is wider than the page scrolls in its frame


def sparkline(title: str, head: tuple[str, str], points: Sequence[Point]) -> Chart:
    """The course of one figure; never above or below its own points. At least one point."""
    assert points, "a course has at least one point"
    width, height, pad = PHONE, 76, 6
    low, high = _bounds([point.value for point in points], zero=False)
    step = width / max(1, len(points) - 1)
    spots = [
        (step * index, _scale(point.value, low, high, height - pad, pad))
        for index, point in enumerate(points)
    ]
    if len(spots) == 1:
        spots.append((float(width), spots[0][1]))
    line = f"M{px(spots[0][0])} {px(spots[0][1])}" + "".join(
        f"C{px((x0 + x1) / 2)} {px(y0)} {px((x0 + x1) / 2)} {px(y1)} {px(x1)} {px(y1)}"
        for (x0, y0), (x1, y1) in pairwise(spots)
    )
    body = Markup(
        '<path class="f1 wash" d="{line}V{height}H0Z"/>'
        '<path class="s1 stroke" vector-effect="non-scaling-stroke" d="{line}"/>'
    ).format(line=line, height=height)
    svg = frame(title, points, (width, height), body, kind="spark draw", stretch=True)
    return Chart(title, svg, head, table(points))


def bars(
    title: str, head: tuple[str, str], points: Sequence[Point], *, width: int = PHONE
) -> Chart:
    """Columns over a zero line; negative values hang below it."""
    height, top, bottom = 190, 22, 26
    low, high = _bounds([point.value for point in points])
    zero = _scale(0, low, high, height - bottom, top)
    slot = width / max(1, len(points))
    every = _every([point.label for point in points], slot)
    valued = _every([point.text for point in points], slot) == 1
    body = Markup('<path class="axis" d="M0 {zero}H{width}"/>').format(zero=px(zero), width=width)
    for index, point in enumerate(points):
        y = _scale(point.value, low, high, height - bottom, top)
        x, wide = slot * (index + 0.5), min(slot * 0.62, 44)
        mark = _column(x - wide / 2, wide, zero, y, f"f{INK[point.tint]}")
        if valued:
            over = min(y, zero) - 6 if point.value >= 0 else max(y, zero) + 14
            mark += _word(x, over, point.text, "strong")
        if index % every == 0:
            mark += _word(x, height - 8, point.label)
        body += _linked(point.href, point, mark)
    return Chart(title, frame(title, points, (width, height), body), head, table(points))


@dataclass(frozen=True, slots=True)
class Series:
    """One part of every column: a value (not negative) and its text for each column."""

    label: str
    values: tuple[int, ...]
    texts: tuple[str, ...]
    tint: str = ""


def stacked(
    title: str, head: str, columns: Sequence[str], series: Sequence[Series], *, width: int = PHONE
) -> Chart:
    """Columns of parts, the first series lowest."""
    height, top, bottom = 190, 10, 26
    assert all(len(one.values) == len(columns) == len(one.texts) for one in series)
    assert all(value >= 0 for one in series for value in one.values)
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    high = max([*totals, 1])
    slot = width / max(1, len(columns))
    wide, every = min(slot * 0.62, 44), _every(columns, slot)
    body = Markup("")
    for index, label in enumerate(columns):
        x, floor = slot * (index + 0.5), 0
        for one in series:
            y0 = _scale(floor, 0, high, height - bottom, top)
            floor += one.values[index]
            y1 = _scale(floor, 0, high, height - bottom, top)
            body += Markup(
                '<rect class="f{ink}" x="{x}" y="{y}" width="{wide}" height="{tall}"/>'
            ).format(
                ink=INK[one.tint], x=px(x - wide / 2), y=px(y1), wide=px(wide), tall=px(y0 - y1)
            )
        if index % every == 0:
            body += _word(x, height - 8, label)
    base = height - bottom
    body += Markup('<path class="axis" d="M0 {y}H{width}"/>').format(y=base, width=width)
    rows = tuple(
        (label, *(one.texts[index] for one in series)) for index, label in enumerate(columns)
    )
    told = [Point(row[0], 0, " ".join(row[1:])) for row in rows]
    return Chart(
        title,
        frame(title, told, (width, height), body),
        (head, *(one.label for one in series)),
        rows,
        tuple((one.tint, one.label) for one in series),
    )


def ring(title: str, head: tuple[str, str], part: Point, whole: Point) -> Chart:
    """How much of a whole is used; more than all of it is drawn as all, in alarm."""
    assert whole.value > 0 <= part.value, "a share needs a whole"
    around = 314.16  # the circumference of a circle of radius 50
    tint = "bad" if part.value > whole.value else part.tint
    filled = around * min(1.0, part.value / whole.value)
    percent = f"{part.value * 100 // whole.value}%"
    body = Markup(
        '<g transform="rotate(-90 70 70)" fill="none" stroke-width="13" stroke-linecap="round">'
        '<circle class="s0" cx="70" cy="70" r="50"/>'
        '<circle class="s{ink}" cx="70" cy="70" r="50" stroke-dasharray="{filled} {around}"/></g>'
        '<text class="big" x="70" y="78" text-anchor="middle">{percent}</text>'
    ).format(ink=INK[tint], filled=px(filled), around=around, percent=percent)
    points = [part, whole]
    return Chart(title, frame(title, points, (140, 140), body, kind="ring"), head, table(points))


def waterfall(
    title: str, head: tuple[str, str], steps: Sequence[Point], total: Point, *, width: int = PHONE
) -> Chart:
    """How a sum comes about: each step stands on the one before; `total` is their sum."""
    assert sum(step.value for step in steps) == total.value, "the steps must make the total"
    height, top, bottom = 210, 22, 26
    levels = [0]
    for step in steps:
        levels.append(levels[-1] + step.value)
    low, high = _bounds(levels)
    slot = width / (len(steps) + 1)
    wide, valued = min(slot * 0.66, 56), _every([step.text for step in steps], slot) == 1
    body = Markup("")
    for index, step in enumerate([*steps, total]):
        start = 0 if step is total else levels[index]
        y0 = _scale(start, low, high, height - bottom, top)
        y1 = _scale(start + step.value, low, high, height - bottom, top)
        x = slot * (index + 0.5)
        tint = step.tint or ("" if step is total or step.value >= 0 else "dawn")
        mark = _column(x - wide / 2, wide, y0, y1, f"f{INK[tint]}")
        if valued:
            mark += _word(x, min(y0, y1) - 6, step.text, "strong")
        mark += _word(x, height - 8, short(step.label, int(slot)))
        if index:
            mark += Markup('<path class="axis" d="M{a} {y}H{b}"/>').format(
                a=px(x - slot + wide / 2),
                b=px(x - wide / 2),
                y=px(_scale(levels[index], low, high, height - bottom, top)),
            )
        body += _linked(step.href, step, mark)
    points = [*steps, total]
    return Chart(title, frame(title, points, (width, height), body), head, table(points))


@dataclass(frozen=True, slots=True)
class Day:
    """What falls on one date: a value (not negative), its text, where it leads."""

    on: date
    value: int
    text: str
    href: str = ""


def calendar(
    title: str, head: tuple[str, str], days: Sequence[Day], *, first: date, weeks: int = 13
) -> Chart:
    """A heat of `weeks` whole weeks from the Monday of `first`; darker is more, five levels."""
    cell, gap, top = 24, 4, 18
    monday = first - timedelta(first.weekday())
    known = {day.on: day for day in days}
    high = max([day.value for day in days], default=0)
    body, month = Markup(""), 0
    for week in range(weeks):
        x = week * (cell + gap)
        for weekday in range(_WEEK):
            on = monday + timedelta(week * _WEEK + weekday)
            day = known.get(on, Day(on, 0, ""))
            if weekday == 0 and on.month != month:
                month = on.month
                body += _word(x, 11, f"{on:%m}", anchor="start")
            square = Markup(
                '<rect class="level-{level}" x="{x}" y="{y}"'
                ' width="{cell}" height="{cell}" rx="6"/>'
            ).format(level=_level(day.value, high), x=x, y=top + weekday * (cell + gap), cell=cell)
            point = Point(on.isoformat(), day.value, day.text)
            body += _linked(day.href, point, square) if day.text else square
    told = [Point(day.on.isoformat(), day.value, day.text) for day in days]
    size = (weeks * (cell + gap) - gap, top + _WEEK * (cell + gap) - gap)
    drawn = frame(title, told, size, body, kind="heat")
    return Chart(title, drawn, head, table(told), wide=True)


def frame(
    title: str,
    points: Sequence[Point],
    size: tuple[int, int],
    body: Markup,
    *,
    kind: str = "",
    stretch: bool = False,
) -> Markup:
    """The SVG around `body`: an image with its title, and its figures as the description.

    A drawing that holds links is a group and not an image, so that they can be reached.
    """
    return Markup(
        '<svg class="chart{kind}" viewBox="0 0 {width} {height}" role="{role}"'
        ' width="{width}" height="{height}" aria-label="{title}"{ratio}>'
        "<title>{title}</title><desc>{desc}</desc>{body}</svg>"
    ).format(
        kind=f" {kind}" if kind else "",
        width=size[0],
        height=size[1],
        role="group" if "<a " in body else "img",
        title=title,
        ratio=Markup(' preserveAspectRatio="none"') if stretch else "",
        desc="; ".join(f"{point.label} {point.text}" for point in points),
        body=body,
    )


def table(points: Sequence[Point]) -> tuple[tuple[str, ...], ...]:
    """The twin of a chart of single points."""
    return tuple((point.label, point.text) for point in points)


def short(text: str, pixels: int) -> str:
    """`text` cut to fit `pixels`: a wide letter is taken as 1 em, any other as .62."""
    room, kept = float(pixels), ""
    for letter in text:
        room -= breadth(letter)
        if room < 0:
            return kept[:-1] + "…"
        kept += letter
    return kept


def breadth(text: str) -> float:
    """About how wide `text` stands, in pixels."""
    return LETTER * sum(1.0 if east_asian_width(one) in "WF" else 0.62 for one in text)


def _every(labels: Sequence[str], slot: float) -> int:
    """Every how many columns a label has room; 1 when all have."""
    widest = max((breadth(label) for label in labels), default=0.0)
    return max(1, math.ceil((widest + 4) / slot))


def _bounds(values: Sequence[int], *, zero: bool = True) -> tuple[int, int]:
    """Lowest and highest drawn value, never equal."""
    among = [*values, 0] if zero or not values else list(values)
    low, high = min(among), max(among)
    return (low, high) if high > low else (low, low + 1)


def _scale(value: int, low: int, high: int, bottom: float, top: float) -> float:
    """Where `value` stands between `bottom` (low) and `top` (high), in pixels from above."""
    return bottom - (value - low) * (bottom - top) / (high - low)


def _level(value: int, high: int) -> int:
    """0 for nothing, else 1 to 4 by the share of the highest."""
    return 0 if value <= 0 else max(1, -(-value * LEVELS // high))


def _column(x: float, wide: float, zero: float, y: float, kind: str) -> Markup:
    return Markup(
        '<rect class="{kind}" x="{x}" y="{y}" width="{wide}" height="{tall}" rx="{rx}"/>'
    ).format(
        kind=kind,
        x=px(x),
        y=px(min(zero, y)),
        wide=px(wide),
        tall=px(max(abs(zero - y), 1.5)),
        rx=px(min(6.0, wide / 3)),
    )


def _word(x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> Markup:
    return Markup('<text{kind} x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>').format(
        kind=Markup(' class="{}"').format(kind) if kind else "",
        x=px(x),
        y=px(y),
        anchor=anchor,
        text=text,
    )


def _linked(href: str, point: Point, mark: Markup) -> Markup:
    """The mark with a tip, inside a link where it leads somewhere."""
    tip = Markup("<g><title>{} {}</title>{}</g>").format(point.label, point.text, mark)
    if not href:
        return tip
    return Markup('<a href="{}" aria-label="{} {}">{}</a>').format(
        href, point.label, point.text, tip
    )


def px(number: float) -> str:
    """A coordinate to a tenth of a pixel, without idle zeros."""
    return f"{number + 0.0:.1f}".removesuffix(".0")
