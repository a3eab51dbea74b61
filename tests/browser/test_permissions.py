"""Who may open what: every route, every role, from outside; and another's objects for nobody.

The table of the routes and roles is docs/generated/permissions.md; HELIU_WRITE_DOCS=1 writes it.
"""

from uuid import UUID

import httpx
import pytest
from tests.browser.house import House, resident
from tests.browser.visiting import Form, Shown, placeholder

from heliu.app.ecosystem.residents import RESIDENTS
from heliu.channels.pages.api import PUBLIC, Route
from heliu.parties.identity.api import RIGHTS_OF

NOT_YOURS, CROSS_SITE = "page.not_yours", "page.cross_site"
ANSWERED = {httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.NOT_FOUND}
WHO = [one.key for one in RESIDENTS]
# The same role, for another enterprise or another person.
OTHERS = [
    ("supplier", "other_supplier"),
    ("other_supplier", "supplier"),
    ("retail", "elder"),
    ("elder", "retail"),
    ("enterprise_maker", "other_maker"),
    ("other_maker", "enterprise_maker"),
]


def may(who: str, route: Route) -> bool:
    """What the table says."""
    return route.asks is PUBLIC or route.asks in RIGHTS_OF[resident(who).role]


def asked(house: House, who: str, route: Route) -> Shown:
    """The route asked for by somebody: a form comes from another site and without its token."""
    visitor = house.as_(who)
    path = placeholder(route)
    if route.method == "GET":
        return visitor.get(path)
    return visitor.send(Form(path, {"said": "nothing"}), sec_fetch_site="cross-site")


def passed(route: Route, shown: Shown) -> bool:
    """Whether the guard of rights let it by; a form is stopped by the next guard."""
    if route.method == "GET":
        return shown.status in ANSWERED and not to_entrance(shown)
    return shown.status == httpx.codes.FORBIDDEN and CROSS_SITE in shown.text


def stopped(shown: Shown) -> bool:
    """Whether it was stopped for want of the right."""
    return shown.status == httpx.codes.FORBIDDEN and NOT_YOURS in shown.text


def to_entrance(shown: Shown) -> bool:
    """Whether it sends to the entrance."""
    return str(shown.headers.get("location", "")).startswith("/enter")


@pytest.mark.parametrize("who", WHO)
def test_a_role_passes_where_the_table_says_so_and_nowhere_else(house: House, who: str) -> None:
    answers = [(route, asked(house, who, route)) for route in house.routes]
    wrong = [
        f"{route.method} {route.path}: {shown.status}"
        for route, shown in answers
        if not (passed(route, shown) if may(who, route) else stopped(shown))
    ]
    assert wrong == []


def test_a_stranger_is_sent_to_the_entrance_from_every_page_that_is_not_public(
    house: House,
) -> None:
    closed = [route for route in house.routes if route.asks is not PUBLIC]
    assert [r.path for r in closed if not to_entrance(asked(house, "", r))] == []


@pytest.mark.parametrize(("mine", "theirs"), OTHERS)
def test_what_belongs_to_another_is_not_there(house: House, mine: str, theirs: str) -> None:
    own, foreign = house.walked(mine), house.walked(theirs)
    objects = [
        path
        for path in foreign
        if path not in own and UUID in house.route_of(path).readers.values()
    ]
    shown = {path: house.as_(mine).get(path).status for path in objects}
    assert {path: code for path, code in shown.items() if code != httpx.codes.NOT_FOUND} == {}
