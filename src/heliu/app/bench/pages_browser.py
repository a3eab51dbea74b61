"""What a real Chromium sees of pages: bytes on the wire, how soon an act shows, Lighthouse's marks.

Chromium, Playwright and Lighthouse are not needed to run a bank: where one is missing, what it
would have measured is left out, and the result says so.
"""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from heliu.channels.pages.api import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

_KNOWN: Final = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--hide-scrollbars",
)
_PHONE: Final = {"width": 390, "height": 844}
_THROTTLED: Final = 4
_LIGHTHOUSE: Final = ("npx", "--yes", "lighthouse@12.8.2")
_LIGHTHOUSE_RUNS: Final = 5
_LIGHTHOUSE_SECONDS: Final = 180
_JUDGED: Final = ("front", "supplier", "elder")
# The longest of the events of each press, as people feel it (Event Timing, interaction to paint).
_WATCH: Final = """() => {
  window.took = [];
  new PerformanceObserver((list) => list.getEntries().forEach((e) => {
    if (e.interactionId) window.took.push(e.duration);
  })).observe({ type: "event", durationThreshold: 16, buffered: true });
}"""
_PRESSED: Final = "[data-do=mask], [data-do=theme], [data-do=open], summary"
_PAINTS: Final = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(0), 1500);
})"""

Home = tuple[str, str | None]
"""An address, and the token of a session, where it needs one."""


def chromium() -> Path | None:
    """The Chromium of this machine, if it has one."""
    named = os.environ.get("HELIU_CHROMIUM")
    places = [Path(named)] if named else [Path(place) for place in _KNOWN]
    found = next((place for place in places if place.is_file()), None)
    if found is None and not named and (elsewhere := shutil.which("chromium")):
        found = Path(elsewhere)
    return found


def seen_by_browser(homes: Mapping[str, Home]) -> dict[str, Any]:
    """What Chromium sees of each page: bytes cold and repeated, paint, interaction, marks."""
    place = chromium()
    if place is None:
        return {"left_out": "no Chromium on this machine"}
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed by a bank
    except ModuleNotFoundError:
        return {"left_out": "Playwright is not installed"}
    seen: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(ARGUMENTS))
        for name, (url, token) in homes.items():
            context = _context(browser, url, token)
            seen[name] = _looked_at(context, url)
            context.close()
        browser.close()
    for name in (one for one in _JUDGED if one in homes):
        seen[name]["lighthouse"] = _judged(place, *homes[name])
    return seen


@dataclass(frozen=True, slots=True)
class Weighed:
    """What loading a page cost on the wire: bytes and encoding by path."""

    bytes_by_path: Mapping[str, int]
    encodings: Mapping[str, str]

    @property
    def total(self) -> int:
        """Bytes of all answers, heads included."""
        return sum(self.bytes_by_path.values())

    @property
    def plain_text(self) -> list[str]:
        """Paths of texts of more than a packet that came uncompressed."""
        packet = 1400
        return [
            path
            for path, encoding in self.encodings.items()
            if not encoding and self.bytes_by_path[path] > packet
        ]


_TEXTS: Final = ("text/", "application/javascript", "application/json", "image/svg+xml",
                 "application/manifest+json")  # fmt: skip


def weigh(page: "Page", url: str) -> Weighed:
    """Load `url` and count what came over the wire (CDP `encodedDataLength`)."""
    wire = page.context.new_cdp_session(page)
    paths: dict[str, str] = {}
    weights: dict[str, int] = {}
    encodings: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        response = event["response"]
        path = urlsplit(response["url"]).path
        paths[event["requestId"]] = path
        if response["mimeType"].startswith(_TEXTS):
            heads = {key.lower(): value for key, value in response["headers"].items()}
            encodings[path] = heads.get("content-encoding", "")

    def finished(event: dict[str, Any]) -> None:
        path = paths.get(event["requestId"], "?")
        weights[path] = weights.get(path, 0) + round(event["encodedDataLength"])

    wire.send("Network.enable")
    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    page.goto(url, wait_until="load")
    page.wait_for_load_state("networkidle")
    wire.detach()
    return Weighed(weights, {path: said for path, said in encodings.items() if path in weights})


def _context(browser: "Browser", url: str, token: str | None) -> "BrowserContext":
    context = browser.new_context(
        viewport={"width": _PHONE["width"], "height": _PHONE["height"]},
        locale="zh-CN",
        service_workers="block",
    )
    if token is not None:
        secure = url.replace("http:", "https:")  # as its name asks: a secure one
        context.add_cookies([{"name": COOKIE, "value": token, "url": secure, "httpOnly": True}])
    return context


def _looked_at(context: "BrowserContext", url: str) -> dict[str, Any]:
    page = context.new_page()
    cold, again = weigh(page, url), weigh(page, url)
    paint = page.evaluate(_PAINTS)
    return {
        "cold_bytes": cold.total,
        "cold_requests": len(cold.bytes_by_path),
        "repeat_bytes": again.total,
        "uncompressed": len(cold.plain_text),
        "largest_paint_ms": float(paint),
        "interaction_ms": _pressed(page, 1),
        "interaction_at_4x_ms": _pressed(page, _THROTTLED),
    }


def _pressed(page: "Page", slower: int) -> float:
    """The longest interaction, in ms (under 16 counts as 0), of pressing what acts by itself."""
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.evaluate(_WATCH)
    for control in page.locator(_PRESSED).all()[:4]:
        if control.is_visible():
            control.click()
            page.wait_for_timeout(250)
            page.keyboard.press("Escape")
    took: list[float] = page.evaluate("window.took")
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    wire.detach()
    return max(took, default=0.0)


def _judged(place: Path, url: str, token: str | None) -> dict[str, float] | str:
    """Lighthouse's marks (0 to 100), each the median of five runs."""
    if shutil.which(_LIGHTHOUSE[0]) is None:
        return "left out: npx is not installed"
    marks: dict[str, list[float]] = {}
    for _ in range(_LIGHTHOUSE_RUNS):
        report = _lighthouse(place, url, token)
        if report is None:
            return "left out: lighthouse cannot be had or did not end"
        for name, category in report["categories"].items():
            marks.setdefault(name, []).append(100 * (category["score"] or 0.0))
    return {name: statistics.median(found) for name, found in marks.items()}


def _lighthouse(place: Path, url: str, token: str | None) -> Any:
    headers = json.dumps({"Cookie": f"{COOKIE}={token}"} if token else {})
    command = (
        *_LIGHTHOUSE, url, "--quiet", "--output=json", "--output-path=stdout",
        f"--extra-headers={headers}", "--only-categories=performance,accessibility,best-practices",
        f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}",
    )  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no shell
            command,
            capture_output=True,
            check=False,
            timeout=_LIGHTHOUSE_SECONDS,
            env={**os.environ, "CHROME_PATH": str(place)},
        )
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout else None
