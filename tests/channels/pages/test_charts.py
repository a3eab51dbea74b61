"""Charts: what is drawn is what is said in the table beside it, in the caller's words, safely."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.pages.charts import (
    PANEL,
    Chart,
    Day,
    Point,
    Series,
    bars,
    calendar,
    ring,
    short,
    sparkline,
    stacked,
    waterfall,
)

GOLDEN = Path(__file__).parent / "golden"
HEAD = ("Week", "Amount")
SVG = "{http://www.w3.org/2000/svg}"

WEEKS = [
    Point("W48", 32, "32"),
    Point("W49", 0, "0"),
    Point("W50", 91, "91", "/console/due?week=50", "dawn"),
    Point("W51", -12, "−12"),
]
STEPS = [
    Point("发票", 100_000, "100,000"),
    Point("未收货", -12_000, "−12,000"),
    Point("预留", -8_500, "−8,500"),
]
DAYS = [
    Day(date(2026, 11, 24), 5, "5", "/console/due?on=2026-11-24"),
    Day(date(2026, 12, 31), 80, "80"),
]

DRAWN: dict[str, Callable[[], Chart]] = {
    "sparkline": lambda: sparkline("Available", HEAD, WEEKS),
    "bars": lambda: bars("Maturing", HEAD, WEEKS, width=PANEL),
    "stacked": lambda: stacked(
        "Documents",
        "Hour",
        ["8", "9"],
        [Series("Commerce", (3, 0), ("3", "0")), Series("Funds", (1, 2), ("1", "2"), "gold")],
    ),
    "ring": lambda: ring("Limit", HEAD, Point("used", 64, "64"), Point("limit", 100, "100")),
    "waterfall": lambda: waterfall("Eligible", HEAD, STEPS, Point("可融资", 79_500, "79,500")),
    "calendar": lambda: calendar("Due", HEAD, DAYS, first=date(2026, 11, 24), weeks=6),
}

values = st.integers(-(10**15), 10**15)
words = st.text(max_size=12)
points = st.lists(st.builds(Point, words, values, words, words), min_size=1, max_size=40)


def parsed(chart: Chart) -> ET.Element:
    """The drawing as a browser reads it, in the namespace a page gives it."""
    return ET.fromstring(str(chart.svg).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_stays_as_it_was_agreed(name: str) -> None:
    assert DRAWN[name]().svg + "\n" == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_named_described_and_without_inline_style(name: str) -> None:
    root = parsed(DRAWN[name]())
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert title.text == root.get("aria-label")
    assert desc.text
    assert all("style" not in element.attrib for element in root.iter())


@pytest.mark.parametrize(
    ("name", "role"), [("bars", "group"), ("calendar", "group"), ("sparkline", "img")]
)
def test_a_drawing_with_links_can_be_entered_and_one_without_is_an_image(
    name: str, role: str
) -> None:
    root = parsed(DRAWN[name]())
    assert root.get("role") == role
    assert (root.find(f".//{SVG}a") is not None) == (role == "group")


def test_the_table_says_what_the_columns_show() -> None:
    assert bars("Maturing", HEAD, WEEKS).rows == (
        ("W48", "32"),
        ("W49", "0"),
        ("W50", "91"),
        ("W51", "−12"),
    )


def test_the_table_of_stacked_columns_has_a_column_for_each_part() -> None:
    chart = DRAWN["stacked"]()
    assert chart.head == ("Hour", "Commerce", "Funds")
    assert chart.rows == (("8", "3", "1"), ("9", "0", "2"))
    assert chart.legend == (("", "Commerce"), ("gold", "Funds"))


def test_a_negative_column_hangs_below_the_line() -> None:
    rects = parsed(bars("Maturing", HEAD, WEEKS)).findall(f".//{SVG}rect")
    zero = float(rects[0].get("y", "")) + float(rects[0].get("height", ""))
    assert float(rects[3].get("y", "")) == pytest.approx(zero, abs=0.2)


def test_words_that_have_no_room_are_thinned_out_but_stand_in_the_table() -> None:
    many = [Point(f"2026-11-{day:02d}", day, f"{day},000.00") for day in range(1, 29)]
    chart = bars("Maturing", HEAD, many)
    assert len(parsed(chart).findall(f".//{SVG}text")) < 5
    assert len(chart.rows) == 28


def test_steps_that_do_not_make_the_total_are_a_fault() -> None:
    with pytest.raises(AssertionError, match="the steps must make the total"):
        waterfall("Eligible", HEAD, STEPS, Point("可融资", 1, "1"))


@pytest.mark.parametrize(
    ("used", "kind", "filled"),
    [(0, "s1", 0.0), (50, "s1", 157.1), (100, "s1", 314.2), (140, "s7", 314.2)],
)
def test_more_than_the_whole_is_drawn_as_all_in_alarm(used: int, kind: str, filled: float) -> None:
    chart = ring("Limit", HEAD, Point("used", used, ""), Point("limit", 100, ""))
    arc = parsed(chart).findall(f".//{SVG}circle")[1]
    assert arc.get("class") == kind
    assert float(arc.get("stroke-dasharray", "").split()[0]) == pytest.approx(filled, abs=0.1)


def test_every_day_of_the_weeks_is_a_square_and_a_full_one_is_darkest() -> None:
    chart = DRAWN["calendar"]()
    kinds = [rect.get("class") for rect in parsed(chart).findall(f".//{SVG}rect")]
    assert len(kinds) == 42
    assert sorted(set(kinds), key=str) == ["level-0", "level-1", "level-4"]
    assert chart.wide


@pytest.mark.parametrize(
    ("text", "pixels", "shown"),
    [("华东重工集团", 66, "华东重工…"), ("华东", 66, "华东"), ("Haichuan", 30, "Ha…"), ("", 9, "")],
)
def test_a_name_too_long_for_its_place_is_cut_with_a_mark(
    text: str, pixels: int, shown: str
) -> None:
    assert short(text, pixels) == shown


@given(points)
def test_whatever_a_document_is_called_it_cannot_become_markup(given_points: list[Point]) -> None:
    poisoned = [Point(f"{p.label}<script>\"'&", p.value, p.text, p.href) for p in given_points]
    assert "<script" not in bars("<b>", HEAD, poisoned).svg
    assert "<script" not in sparkline("<b>", HEAD, poisoned).svg


@given(st.lists(values, min_size=1, max_size=40))
def test_a_course_never_leaves_its_frame(course: list[int]) -> None:
    chart = sparkline("Available", HEAD, [Point("", value, "") for value in course])
    line = parsed(chart).findall(f".//{SVG}path")[1].get("d", "")
    ends = [float(part.split()[-1]) for part in line.replace("M", "C").split("C")[1:]]
    assert all(6 <= y <= 70 for y in ends)
