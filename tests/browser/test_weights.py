"""What pages weigh on the wire, cold and the second time, and that texts come compressed."""

import pytest
from playwright.sync_api import Browser
from tests.browser.driving import Look
from tests.browser.entering import alone, enter, let_in
from tests.browser.house import House, resident, whose

from heliu.app.bench.pages_browser import weigh
from heliu.app.serve.front import desks
from heliu.channels.pages.api import Route

KIB = 1024
HOME, MOBILE, DESK, AGAIN = 45 * KIB, 60 * KIB, 90 * KIB, 12 * KIB
HOMES = ["supplier", "retail", "elder"]
SEEN = [
    route
    for desk in desks()
    for route in desk.routes
    if route.method == "GET" and "{" not in route.path
]
AREAS = {"m": MOBILE, "care": MOBILE, "me": MOBILE, "portal": DESK, "console": DESK}
WEIGHED = [(route, AREAS[a]) for route in SEEN if (a := route.path.split("/")[1]) in AREAS]


@pytest.mark.parametrize("who", HOMES)
def test_the_first_page_is_light_and_lighter_when_seen_again(
    browser: Browser, house: House, who: str
) -> None:
    with alone(browser, house, Look(width=390)) as page:
        let_in(page.context, house, who)
        cold = weigh(page, house.url + resident(who).home)
        again = weigh(page, house.url + resident(who).home)
    assert cold.total <= HOME, cold.bytes_by_path
    assert again.total <= AGAIN, again.bytes_by_path
    assert cold.plain_text == []


@pytest.mark.prove
@pytest.mark.parametrize(("route", "most"), WEIGHED, ids=[route.path for route, _ in WEIGHED])
def test_no_page_is_heavier_than_its_area_allows(
    browser: Browser, house: House, route: Route, most: int
) -> None:
    who, path = whose(house, route)
    with alone(browser, house) as page:
        let_in(page.context, house, who)
        cold = weigh(page, house.url + path)
    assert cold.total <= most, cold.bytes_by_path
    assert cold.plain_text == []


def test_the_one_click_needs_no_script(browser: Browser, house: House) -> None:
    with alone(browser, house, javascript=False) as page:
        enter(page, house, "supplier")
        assert page.url.removeprefix(house.url).split("?")[0] == resident("supplier").home
