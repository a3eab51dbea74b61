"""A real Chromium, driven: which one, how it is started, and how a page is opened in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from heliu.app.bench.pages_browser import ARGUMENTS, chromium

HOW_TO_INSTALL: Final = (
    "browser tests need Chromium and a Chinese font: apt-get install chromium fonts-noto-cjk"
    " espeak-ng (make test does it where it may), or set HELIU_CHROMIUM to a Chromium"
)
HEIGHTS: Final = {320: 640, 390: 844, 1280: 800}


def chromium_or_skip() -> Path:
    """The Chromium; skips, saying how to install it, where there is none - and fails in CI."""
    found = chromium()
    if found is None and os.environ.get("CI"):
        pytest.fail(HOW_TO_INSTALL)
    if found is None:
        pytest.skip(HOW_TO_INSTALL)
    return found


@contextmanager
def started(place: Path) -> Iterator[Browser]:
    """A headless Chromium that talks to nobody but the pages under test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the bank: language, edition, theme, width in CSS pixels, type size.

    A theme of "" is that of the device; `size` are steps above the edition's own, 0 to 4.
    """

    language: str = "zh"
    edition: str = "std"
    theme: str = "light"
    width: int = 390
    size: int = 0

    @property
    def care(self) -> bool:
        """Whether it is the edition for the elderly."""
        return self.edition == "care"

    @property
    def viewport(self) -> ViewportSize:
        """The window."""
        return {"width": self.width, "height": HEIGHTS.get(self.width, 844)}


USUAL: Final = Look()


def window(
    browser: Browser, look: Look = USUAL, *, javascript: bool = True, workers: bool = False
) -> BrowserContext:
    """A new context: cookies and cache of its own; without service worker unless `workers`."""
    context = browser.new_context(
        viewport=look.viewport,
        locale="zh-CN" if look.language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if look.theme == "dark" else "light",
        reduced_motion="reduce",
        java_script_enabled=javascript,
        service_workers="allow" if workers else "block",
    )
    context.set_default_timeout(10_000)
    return context
