"""The instruments themselves: each finds the fault it is there for, and is silent without it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.driving import Look, window
from tests.browser.measuring import (
    CARE,
    STANDARD,
    axe,
    enlarge,
    largest_body,
    listen,
    pixel_contrast,
    sideways,
    small_type,
    space_out,
    tab_stops,
    targets,
)

SOUND = """<!doctype html><html lang="zh-CN"><head><title>账户</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body { font: 18px/1.5 sans-serif; color: #0b2229; background: #fff; margin: 16px }
button, .to { display: inline-block; min-width: 64px; min-height: 64px; font: inherit }
:focus { outline: 3px solid #06666d }</style></head>
<body><main><h1>账户</h1><p>您的余额是二万八千六百四十元五角二分。</p>
<a class="to" href="#in">转账</a> <button>交费</button></main></body></html>"""
LABELLED = (
    '<label style="display:inline-block;padding:22px 60px 22px 0">同意'
    '<input class="n" type="checkbox"></label>'
)


@pytest.fixture(scope="module")
def _page(browser: Browser) -> Iterator[Page]:
    context = window(browser, Look(width=390))
    yield context.new_page()
    context.close()


@pytest.fixture
def page(_page: Page) -> Page:
    """A page without fault."""
    _page.goto("about:blank")
    _page.set_content(SOUND)
    return _page


def spoil(page: Page, html: str) -> None:
    """Something more on the page."""
    page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html
    )


def test_a_sound_page_is_found_sound(page: Page) -> None:
    assert axe(page, care=True) == []
    assert targets(page, 60) == []
    assert small_type(page, 18, 1.3) == []
    assert sideways(page) == []
    assert tab_stops(page)[1] == []
    assert pixel_contrast(page, CARE) == []


def test_axe_finds_a_picture_without_words(page: Page) -> None:
    spoil(page, '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="9" height="9">')
    assert any("image-alt" in said for said in axe(page))


@pytest.mark.parametrize(
    ("style", "least", "found"),
    [
        ("color:#888;background:#fff", STANDARD, True),
        ("color:#666;background:#fff", STANDARD, False),
        ("color:#666;background:#fff", CARE, True),
        ("color:#0b222980;background:#fff", STANDARD, True),
        ("opacity:.5", STANDARD, True),
        ("color:#888;font-size:24px;background:#fff", STANDARD, False),
        ("color:#fff;background:linear-gradient(#046 0%,#046 50%,#dee 100%)", STANDARD, True),
        ("color:#fff;background:linear-gradient(#024,#046)", STANDARD, False),
        ("color:oklch(.3 .05 200);background:color-mix(in srgb,#fff,#eee)", CARE, False),
    ],
)
def test_ink_is_compared_with_the_pixels_under_it(
    page: Page, style: str, least: tuple[float, float], *, found: bool
) -> None:
    spoil(page, f'<div id="ink" style="{style}">余额一百元</div>')
    assert any("#ink" in said for said in pixel_contrast(page, type(STANDARD)(*least))) is found


def test_text_under_a_bar_that_stays_in_place_is_measured_on_its_own_ground(page: Page) -> None:
    spoil(page, '<nav style="position:fixed;inset:0 0 auto;height:200px;background:#0b2229"></nav>')
    assert pixel_contrast(page, CARE) == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a class="n" href="#" style="display:inline-block">细</a>', True),
        ('<p>见<a class="n" href="#">说明</a>第三条</p>', False),
        ('<input class="n" aria-label="金额" style="width:120px;height:30px">', True),
        (LABELLED, False),
        ('<button class="n" hidden>无</button>', False),
    ],
)
def test_a_target_is_as_large_as_what_may_be_pressed(page: Page, html: str, *, found: bool) -> None:
    spoil(page, html)
    assert any(".n" in said for said in targets(page, 44)) is found


def test_small_print_and_lines_set_close_are_found(page: Page) -> None:
    spoil(page, '<p class="print" style="font-size:11px">费率另行公布</p>')
    spoil(page, f'<p class="close" style="line-height:1.1">{"很长的一段话。" * 20}</p>')
    found = small_type(page, 18, 1.3)
    assert [".print" in said or ".close" in said for said in found] == [True, True]


def test_the_body_is_the_text_of_which_there_is_most(page: Page) -> None:
    assert largest_body(page) == 18
    enlarge(page)
    spoil(page, f'<p style="font-size:30px">{"字" * 200}</p>')
    assert largest_body(page) == 30


@pytest.mark.parametrize(
    "html",
    [
        '<p class="w" style="width:900px">宽</p>',
        '<p class="w" style="white-space:nowrap">' + "长" * 60 + "</p>",
        '<p class="w" style="overflow:hidden;height:20px">' + "多行的话。" * 40 + "</p>",
        '<p class="w" style="overflow:hidden;white-space:nowrap;width:60px">被截断的名称</p>',
    ],
)
def test_what_lies_outside_the_window_or_is_cut_off_is_found(page: Page, html: str) -> None:
    spoil(page, html)
    assert sideways(page)


def test_a_row_that_scrolls_by_itself_is_no_fault(page: Page) -> None:
    row = f'<div style="overflow-x:auto;white-space:nowrap">{"卡片" * 60}</div>'
    spoil(page, row)
    assert sideways(page) == []


def test_a_reader_s_spacing_shows_what_is_set_in_a_fixed_box(page: Page) -> None:
    box = f'<p style="overflow:hidden;height:112px;width:340px">{"字句" * 35}</p>'
    spoil(page, box)
    assert sideways(page) == []
    space_out(page)
    assert sideways(page)


def test_a_stop_without_a_ring_or_under_a_bar_is_found(page: Page) -> None:
    spoil(page, '<a class="bare" href="#" style="outline:none">无框</a>')
    cover = "position:fixed;top:0;left:0;width:10px;height:10px;z-index:0"
    spoil(page, f'<a class="under" href="#" style="{cover}">下</a>')
    spoil(page, '<div style="position:fixed;top:0;left:0;width:40px;height:40px;z-index:9"></div>')
    stops, wrong = tab_stops(page)
    assert len(stops) == 4
    assert [".bare" in said or ".under" in said for said in wrong] == [True, True]


def test_the_console_and_a_stranger_s_address_are_heard(browser: Browser) -> None:
    context = window(browser)
    noise = listen(context, "http://127.0.0.1:9")
    page = context.new_page()
    page.set_content(SOUND)
    page.evaluate("console.error('nicht gut')")
    page.evaluate("fetch('http://127.0.0.1:1/x').catch(() => 0)")
    heard = noise.take()
    context.close()
    assert any("nicht gut" in said for said in heard)
    assert any("127.0.0.1:1" in said for said in heard)
