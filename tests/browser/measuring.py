"""What a page is held to: accessible, legible, reachable, within the window, silent, light.

Each function returns what is wrong as sentences, so that a failing test says where to look.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

_INSIDE: Final = Path(__file__).with_name("measuring.js").read_text(encoding="utf-8")
_AA: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_AAA: Final = (*_AA, "wcag2aaa")
# What axe cannot decide (text over gradients) is decided by `pixel_contrast`.
_UNDECIDED: Final = frozenset({"color-contrast", "color-contrast-enhanced"})
# A background's share that may be worse: the anti-aliased edge of a shape under the text.
_EDGE: Final = 0.02
_EXPECTED: Final = (
    "Failed to load resource: the server responded",
    "Service Worker registration blocked by Playwright",
)
_TEXT_SPACING: Final = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
    " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
)  # WCAG 2.2, 1.4.12


class Contrast(NamedTuple):
    """The least contrast of text with what lies under it, and of large text (24 px, 18.66 bold)."""

    text: float
    large: float


STANDARD: Final = Contrast(4.5, 3.0)  # WCAG 2.2, 1.4.3
CARE: Final = Contrast(7.0, 4.5)  # WCAG 2.2, 1.4.6


def axe(page: Page, *, care: bool = False) -> list[str]:
    """Violations of WCAG 2.2 AA and good practice on the page as it stands; AAA with `care`."""
    page.evaluate(_axe_source())
    tags = _AAA if care else _AA
    options = {"runOnly": list(tags), "resultTypes": ["violations", "incomplete"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    wrong = [("violated", one) for one in found["violations"]]
    wrong += [("undecided", one) for one in found["incomplete"] if one["id"] not in _UNDECIDED]
    return [
        f"axe {how} {one['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for how, one in wrong
        for node in one["nodes"]
    ]


def pixel_contrast(page: Page, least: Contrast) -> list[str]:
    """Text whose ink has less contrast than `least` with the pixels that lie under it.

    What stays in place over the page is laid into it: measure this last.
    """
    inside = _measure(page)
    inside("m => m.lay()")
    inks = inside("m => m.inks()")
    inside("m => m.hideInk()")
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    inside("m => m.showInk()")
    ratio = shot.width / page.evaluate("document.documentElement.clientWidth")
    pixels = np.asarray(shot.convert("RGB"), dtype=np.float64)
    return [said for ink in inks for said in _too_faint(pixels, ink, ratio, least)]


def targets(page: Page, minimum: int) -> list[str]:
    """What is pressed and smaller than `minimum` CSS pixels either way."""
    found: list[str] = _measure(page)("(m, minimum) => m.small(minimum)", minimum)
    return found


def small_type(page: Page, minimum: float, line: float) -> list[str]:
    """Text smaller than `minimum` CSS pixels, or of several lines set closer than `line`."""
    return [
        f"{one['text']}: {one['size']} px, line {one['line']:.2f}"
        for one in _measure(page)("m => m.type()")
        if one["size"] < minimum or (one["lines"] > 1 and one["line"] < line)
    ]


def largest_body(page: Page) -> float:
    """The size of the text of which the page has most, in CSS pixels."""
    sizes: dict[float, int] = {}
    for one in _measure(page)("m => m.type()"):
        sizes[one["size"]] = sizes.get(one["size"], 0) + one["length"]
    return max(sizes, key=lambda size: sizes[size])


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways, lies outside the window or is cut off."""
    found: list[str] = _measure(page)("m => m.sideways()")
    return found


def enlarge(page: Page) -> None:
    """Text of 200 % of its size (WCAG 2.2, 1.4.4)."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")


def space_out(page: Page) -> None:
    """The text spacing a reader may set (WCAG 2.2, 1.4.12)."""
    _measure(page)("(m, css) => m.sheet(css)", _TEXT_SPACING)


def tab_stops(page: Page, most: int = 200) -> tuple[list[str], list[str]]:
    """The names of all stops of the Tab key in order, and what is wrong with them.

    A stop is to be marked, named and not covered (WCAG 2.2, 2.4.7, 4.1.2, 2.4.11).
    """
    inside = _measure(page)
    stops, wrong = [], []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = inside("m => m.focused()")
        if stop is None:
            break
        stops.append(stop["name"])
        wrong += [
            f"{stop['name']} {said}"
            for said, well in (
                ("shows no focus", stop["marked"]),
                ("is covered", stop["free"]),
                ("has no name", stop["named"]),
            )
            if not well
        ]
    return stops, wrong


@dataclass(slots=True)
class Noise:
    """What the pages of a context said on their consoles, and the requests that left the bank."""

    said: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        """All of it, once."""
        heard = [*self.said, *(f"asked a stranger: {one}" for one in self.strangers)]
        self.said.clear()
        self.strangers.clear()
        return heard


def listen(context: BrowserContext, origin: str) -> Noise:
    """Hear errors, warnings and violations of the policy on every page of `context`.

    What the browser says of an answer of 4xx that the test provoked itself is not noise, nor what
    it says of a service worker that the test keeps away.
    """
    noise = Noise()

    def console(message: ConsoleMessage) -> None:
        expected = message.text.startswith(_EXPECTED)
        if message.type in {"error", "warning"} and not expected:
            noise.said.append(f"{message.type}: {message.text[:300]}")

    context.on("console", console)
    context.on("weberror", lambda error: noise.said.append(f"uncaught: {error.error}"))
    context.on("request", lambda request: _note(noise, request.url, origin))
    return noise


def _measure(page: Page) -> Any:
    """Run a function of the page's measuring object: `inside("m => m.type()")`."""
    try:
        handle = page.evaluate_handle(_INSIDE)
    except Error as error:  # pragma: no cover - a page that left while it was measured
        raise AssertionError(f"{page.url} cannot be measured: {error}") from None

    def inside(expression: str, given: Any = None) -> Any:
        return page.evaluate(f"([m, given]) => ({expression})(m, given)", [handle, given])

    return inside


@cache
def _axe_source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def _note(noise: Noise, url: str, origin: str) -> None:
    if not url.startswith((origin, "data:", "blob:")):
        noise.strangers.append(url)


def _too_faint(
    pixels: NDArray[np.float64], ink: Mapping[str, Any], ratio: float, least: Contrast
) -> Iterable[str]:
    # Only pixels that lie wholly under the text.
    left, top = ceil(ink["x"] * ratio), ceil(ink["y"] * ratio)
    right = int((ink["x"] + ink["width"]) * ratio)
    bottom = int((ink["y"] + ink["height"]) * ratio)
    under = pixels[max(top, 0) : bottom, max(left, 0) : right].reshape(-1, 3)
    if not len(under):
        return
    *rgb, alpha = ink["ink"]
    over = under * (1 - alpha) + np.array(rgb) * alpha
    worst = float(np.quantile(_contrast(over, under), _EDGE))
    wanted = least.large if ink["large"] else least.text
    if worst < wanted - 0.005:
        yield f"{ink['text']} has contrast {worst:.2f}, wanted {wanted}"


def _contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """WCAG's contrast ratio, row by row; both `(n, 3) float64`, 0 to 255."""
    a, b = _luminance(one), _luminance(other)
    ratio: NDArray[np.float64] = (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)
    return ratio


def _luminance(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative luminance (WCAG 2.2) of `(n, 3) float64` sRGB rows."""
    part = rgb / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    light: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return light


def together(*complaints: Sequence[str]) -> list[str]:
    """All complaints, each once, in order."""
    return list(dict.fromkeys(said for found in complaints for said in found))
