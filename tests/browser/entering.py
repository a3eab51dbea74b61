"""A page in a real browser, opened as a resident who has come in by the front page's one click."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.driving import USUAL, Look, window
from tests.browser.house import House
from tests.browser.measuring import Noise, listen

from heliu.channels.pages.api import COOKIE


@dataclass(slots=True)
class Room:
    """Open windows of one module: a context for each way of looking, a session for each person."""

    browser: Browser
    house: House
    _contexts: dict[tuple[str, Look], BrowserContext] = field(default_factory=dict)
    _noises: dict[tuple[str, Look], Noise] = field(default_factory=dict)

    def page(self, who: str, look: Look = USUAL) -> Page:
        """The window in which `who` looks at the bank this way; it stays open for the next test."""
        context = self._context(who, look)
        page = context.pages[0] if context.pages else context.new_page()
        page.set_viewport_size(look.viewport)
        return page

    def noise(self, who: str, look: Look = USUAL) -> list[str]:
        """What the consoles of this window said since it was asked last."""
        self._context(who, look)
        return self._noises[who, look].take()

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts.values():
            context.close()

    def _context(self, who: str, look: Look) -> BrowserContext:
        if (who, look) not in self._contexts:
            context = window(self.browser, look)
            wish(context, self.house, look)
            if who:
                let_in(context, self.house, who)
            self._contexts[who, look] = context
            self._noises[who, look] = listen(context, self.house.url)
        return self._contexts[who, look]


def enter(page: Page, house: House, who: str) -> None:
    """Come in as `who` by a click on the front page, and be where he begins."""
    page.goto(house.url)
    page.locator(f"button[name=who][value={who}]").click()
    page.wait_for_url(lambda url: url.rstrip("/") != house.url)


@contextmanager
def alone(
    browser: Browser, house: House, look: Look = USUAL, *, javascript: bool = True
) -> Iterator[Page]:
    """A page in a context of its own: nobody's cookies, nothing cached."""
    context = window(browser, look, javascript=javascript)
    wish(context, house, look)
    try:
        yield context.new_page()
    finally:
        context.close()


def wish(context: BrowserContext, house: House, look: Look) -> None:
    """Have every page of `context` shown this way."""
    value = f"{look.language}.{look.edition}.{look.theme}.{look.size}"
    context.add_cookies([{"name": "heliu-wishes", "value": value, "url": house.url}])


def let_in(context: BrowserContext, house: House, who: str) -> None:
    """Give `context` a session of its own as `who`, without a look at the front page."""
    token = house.enter(who).cookies[COOKIE]
    url = house.url.replace("http:", "https:")  # as its name asks: a secure one
    context.add_cookies([{"name": COOKIE, "value": token, "url": url, "httpOnly": True}])
