"""What app.js adds to links and forms, in a real browser under the real policy, part by part."""

import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from heliu.channels.pages import assets
from heliu.channels.pages.application import POLICY
from heliu.channels.pages.forms import Form
from heliu.channels.pages.rendering import Renderer
from heliu.channels.web.api import Language

ORIGIN = "http://bank.test"
KEY = UUID(int=7)
NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)
UI = '{% import "pages/macros.html" as ui with context %}'

AMOUNT = '{{ ui.hero("余额", 2864052) }}'
FORM = (
    '{{ ui.form_start("/pay") }}{{ ui.field(none, "memo", "附言") }}'
    '{{ ui.button("付款") }}{{ ui.form_end() }}'
)
SHEET = '<a id="more" href="/part" hx-get="/part" hx-target="#sheet">更多</a>'
PART = '<h2 id="sheet-title">转账</h2><label>金额 <input name="amount" autofocus></label>'
LIST = (
    '<form class="panel"><input aria-label="查找" type="search"><table class="grid"><tbody>'
    "{% for n in range(3) %}"
    '<tr data-row id="r{{ n }}" tabindex="-1"><td><input type="checkbox" aria-label="{{ n }}">'
    '</td><td><a href="/case/{{ n }}">C-{{ n }}</a></td></tr>{% endfor %}</tbody></table>'
    '<div class="bulk">已选</div></form>{{ ui.keys_dialog() }}'
)
WALL = (
    '<section id="wall" data-beat="700" data-late="数字没有更新" hx-sse:connect="/live">'
    '{{ ui.stat("今日放款", "3,482.6") }}</section>'
)
COUNTDOWN = "{{ ui.countdown(until, visit.now) }}"
SPOKEN = '<p id="said">您的余额是二万八千六百四十元</p>{{ ui.aloud("said") }}'


@dataclass
class Reader:
    """What a shell asks of its visitor."""

    language: str = "zh-CN"
    edition: str = "std"
    theme: str = "light"
    size: int = 0
    path: str = "/m"
    token: str = ""
    key: UUID = KEY
    now: datetime = NOW
    known: bool = False
    form: Form = field(default_factory=Form)
    navigation: list[object] = field(default_factory=list)


@dataclass
class Counter:
    """A page of one part behind the real policy, and what the browser sent and complained of."""

    page: Page
    renderer: Renderer
    sent: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    def show(self, part: str) -> Page:
        """Open a page that holds `part`, with htmx and its stream."""
        scripts = "{% block htmx %}{{ url('live.js') }}{% endblock %}"
        text = (
            f'{{% extends "pages/front.html" %}}{UI}{scripts}'
            f"{{% block main %}}<h1>页</h1>{part}{{% endblock %}}"
        )
        environment = self.renderer.environments[Language.ZH]
        until = NOW + timedelta(minutes=90)
        html = environment.from_string(text).render(visit=Reader(), until=until)
        self.page.route(f"{ORIGIN}/**", lambda route: self._answer(route, html))
        self.page.on("console", lambda said: self.noise.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.goto(f"{ORIGIN}/m")
        return self.page

    def _answer(self, route: Route, html: str) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/s/"):
            file = Path(str(assets.__file__)).parent / "static" / path[3:]
            kind = mimetypes.guess_type(file.name)[0] or "font/woff2"
            route.fulfill(body=file.read_bytes(), content_type=kind)
            return
        self.sent.append(f"{route.request.method} {path}")
        kind, body = {
            "/part": ("text/html", PART),
            "/live": ("text/event-stream", "event: beat\ndata: {}\n\n"),
        }.get(path, ("text/html", html))
        route.fulfill(
            body=body,
            content_type=f"{kind}; charset=utf-8",
            headers={"content-security-policy": POLICY},
        )

    def posts(self) -> list[str]:
        return [one for one in self.sent if one.startswith("POST")]


def unreachable(route: Route) -> None:
    """The bank cannot be reached."""
    route.abort()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer.of(["pages"])


@pytest.fixture
def counter(browser: Browser, renderer: Renderer) -> Iterator[Counter]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = Counter(context.new_page(), renderer)
    yield opened
    context.close()
    assert [said for said in opened.noise if not said.startswith("verbose")] == []


def test_amounts_are_hidden_by_the_eye_and_stay_hidden_on_the_next_page(counter: Counter) -> None:
    page = counter.show(AMOUNT)
    figure, eye = page.locator(".figure"), page.get_by_role("button", name="隐藏金额")
    expect(figure).to_have_text("¥28,640.52")
    eye.click()
    expect(figure).to_have_text("••••••")
    expect(eye).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(figure).to_have_text("••••••")
    eye.click()
    expect(figure).to_have_text("¥28,640.52")


def test_a_form_pressed_twice_is_sent_once(counter: Counter) -> None:
    page = counter.show(FORM)
    page.get_by_label("附言").fill("货款")
    page.get_by_role("button", name="付款").dblclick()
    page.wait_for_url("**/pay")
    assert counter.posts() == ["POST /pay"]


def test_a_form_that_is_not_filled_is_not_busy(counter: Counter) -> None:
    page = counter.show(FORM)
    page.get_by_role("button", name="付款").click()
    assert counter.posts() == []
    expect(page.locator("[aria-busy]")).to_have_count(0)


def test_a_sheet_opens_over_the_page_and_gives_the_focus_back(counter: Counter) -> None:
    page = counter.show(SHEET)
    link = page.locator("#more")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="转账")).to_be_visible()
    expect(page.get_by_label("金额")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_queue_is_worked_by_keys(counter: Counter) -> None:
    page = counter.show(LIST)
    for key in ("j", "j", "k", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("#r1")).to_be_focused()
    expect(page.get_by_label("1", exact=True)).to_be_checked()
    expect(page.locator(".bulk")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/1")


def test_a_key_typed_into_a_field_is_only_a_letter(counter: Counter) -> None:
    page = counter.show(LIST)
    page.keyboard.press("/")
    page.keyboard.type("jx?")
    expect(page.get_by_role("searchbox")).to_have_value("jx?")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_single_keys_can_be_switched_off_for_good(counter: Counter) -> None:
    page = counter.show(LIST)
    page.keyboard.press("?")
    page.get_by_role("switch").click()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("#r0")).not_to_be_focused()


def test_a_wall_whose_stream_is_late_goes_grey_says_so_and_comes_back(counter: Counter) -> None:
    page = counter.show(WALL)
    stale, spoken = page.locator("#wall .stale"), page.locator("#live")
    page.wait_for_timeout(2000)
    expect(stale).to_be_hidden()
    page.route(f"{ORIGIN}/live", unreachable)
    expect(stale).to_be_visible()
    expect(spoken).to_have_text("数字没有更新")
    page.unroute(f"{ORIGIN}/live", unreachable)
    expect(stale).to_be_hidden(timeout=15_000)
    counter.noise[:] = [
        said for said in counter.noise if "fetch" not in said and "ERR_" not in said
    ]


def test_a_countdown_runs_on_the_servers_clock_whatever_the_device_believes(
    counter: Counter,
) -> None:
    page = counter.show(COUNTDOWN)
    told = page.locator("time").text_content() or ""
    hours, minutes, _ = (int(part) for part in told.split(":"))
    assert (hours * 60 + minutes) in {89, 90}


def test_what_is_read_aloud_is_the_sentence_on_the_screen(counter: Counter) -> None:
    page = counter.show(SPOKEN)
    page.get_by_role("button", name="读给我听").click()
    expect(page.locator("#live")).to_have_text("您的余额是二万八千六百四十元")


def test_the_theme_changes_at_once_and_is_told_to_the_bank(counter: Counter) -> None:
    page = counter.show("")
    page.get_by_role("button", name="切换深浅").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(7, 20, 23)")
    page.get_by_role("button", name="切换深浅").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert counter.posts() == ["POST /me/preferences"] * 2


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (AMOUNT, lambda page: page.get_by_role("button", name="隐藏金额")),
        (SPOKEN, lambda page: page.get_by_role("button", name="读给我听")),
    ],
    ids=["eye", "voice"],
)
def test_what_needs_a_script_is_not_offered_without_one(
    browser: Browser, renderer: Renderer, part: str, shown: Callable[[Page], object]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = Counter(context.new_page(), renderer).show(part)
    expect(shown(page)).to_be_hidden()  # type: ignore[call-overload]
    context.close()
