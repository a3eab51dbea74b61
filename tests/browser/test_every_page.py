"""Every page of the bank in a real browser: accessible, legible, within the window, silent.

Here each page is looked at once, by somebody who has the right, at a width that goes round; the
product of editions, themes, widths and languages is proven by `make prove`.
"""

import pytest
from playwright.sync_api import Page
from tests.browser.driving import Look
from tests.browser.entering import Room
from tests.browser.house import House, whose
from tests.browser.measuring import (
    CARE,
    STANDARD,
    axe,
    enlarge,
    largest_body,
    pixel_contrast,
    sideways,
    small_type,
    space_out,
    tab_stops,
    targets,
)

from heliu.app.serve.front import desks
from heliu.channels.pages.api import Route

# Nothing to look at: streams, files and what browsers fetch by themselves; and what is there only
# after an act, which the tests of that act look at.
UNSEEN = {
    "/live", "/manifest.webmanifest", "/icon.svg", "/favicon.ico",
    "/jobs/{id}", "/m/offers/{id}", "/m/all/done/{id}", "/m/loans/{id}/proof",
    "/care/voice/{what}", "/care/voice/transfers/{id}",
    "/portal/documents/{id}/file", "/portal/documents/{id}/proof", "/portal/tables/{id}",
    "/console/tiles", "/console/export/{name}", "/console/exports/{id}",
}  # fmt: skip
PAGES = [r for desk in desks() for r in desk.routes if r.method == "GET" and r.path not in UNSEEN]
WIDTHS = (320, 390, 1280)
NARROW, FINGER, DENSE, ELDER = 320, 44, 24, 60
LEAST_TYPE, ELDER_TYPE, ELDER_LINE, REACHED_TYPE, LARGEST = 12, 18, 1.3, 30, 4


def area(route: Route) -> str:
    """The area of a page: m, care, portal, console ..."""
    return route.path.split("/")[1]


# Every time: where people begin, and the whole care edition. All the others: `make prove`.
FIRST = {"/", "/enter", "/me", "/m", "/m/accounts", "/portal", "/console"}
AT_DESKS = {"portal", "console"}
ALSO_SWEPT = [
    pytest.param(
        r, id=r.path, marks=() if area(r) == "care" or r.path in FIRST else pytest.mark.prove
    )
    for r in PAGES
]


def finger(route: Route) -> int:
    """How large a target is there: consoles are worked with a mouse or a keyboard."""
    return {"console": DENSE, "portal": DENSE, "care": ELDER}.get(area(route), FINGER)


def edition(route: Route) -> str:
    return "care" if area(route) == "care" else "std"


def opened(room: Room, house: House, route: Route, look: Look) -> Page:
    """The page, as somebody who comes to it by links."""
    who, path = whose(house, route)
    page = room.page(who, look)
    page.goto(house.url + path)
    assert room.noise(who, look) == [], path
    return page


@pytest.mark.parametrize(
    ("route", "width"),
    [
        pytest.param(
            route,
            WIDTHS[number % len(WIDTHS)],
            id=route.path,
            marks=pytest.mark.prove if area(route) in AT_DESKS and route.path not in FIRST else (),
        )
        for number, route in enumerate(PAGES)
    ],
)
def test_a_page_is_accessible_and_legible(
    room: Room, house: House, route: Route, width: int
) -> None:
    care = edition(route) == "care"
    page = opened(room, house, route, Look(edition=edition(route), theme="", width=width))
    assert axe(page, care=care) == []
    assert targets(page, finger(route)) == []
    assert small_type(page, *((ELDER_TYPE, ELDER_LINE) if care else (LEAST_TYPE, 1.0))) == []
    assert sideways(page) == []
    least = CARE if care else STANDARD
    page.emulate_media(color_scheme="light")
    light = pixel_contrast(page, least)
    page.emulate_media(color_scheme="dark")
    assert (light, pixel_contrast(page, least)) == ([], [])


@pytest.mark.parametrize("route", ALSO_SWEPT)
def test_text_of_twice_the_size_stays_within_a_narrow_window(
    room: Room, house: House, route: Route
) -> None:
    page = opened(room, house, route, Look(edition=edition(route), theme="", width=NARROW))
    narrow = sideways(page)
    space_out(page)
    spaced = sideways(page)
    page.set_viewport_size(Look(width=390).viewport)
    enlarge(page)
    assert (narrow, spaced, sideways(page)) == ([], [], [])


@pytest.mark.parametrize("route", ALSO_SWEPT)
def test_every_stop_of_the_keyboard_is_marked_named_and_free(
    room: Room, house: House, route: Route
) -> None:
    page = opened(room, house, route, Look(edition=edition(route)))
    stops, wrong = tab_stops(page)
    assert stops
    assert wrong == []


@pytest.mark.parametrize(
    "route", [route for route in PAGES if area(route) == "care"], ids=lambda route: route.path
)
def test_the_type_of_the_care_edition_grows_to_what_the_norm_asks(
    room: Room, house: House, route: Route
) -> None:
    page = opened(room, house, route, Look(edition="care", size=LARGEST))
    assert largest_body(page) >= REACHED_TYPE
    assert sideways(page) == []


@pytest.mark.prove
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("chosen", ["std", "care"])
@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.path)
def test_a_page_is_sound_however_it_is_looked_at(  # noqa: PLR0913, PLR0917 - the product itself
    room: Room, house: House, route: Route, chosen: str, width: int, theme: str, language: str
) -> None:
    page = opened(room, house, route, Look(language, chosen, theme, width))
    shown_as_care = page.locator("html[data-edition=care]").count() > 0
    assert axe(page, care=shown_as_care) == []
    assert sideways(page) == []
    assert pixel_contrast(page, CARE if shown_as_care else STANDARD) == []
