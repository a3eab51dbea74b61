"""The demonstration's way in: only where somebody to try is named, never in production."""

import pytest

from heliu.channels.entrance.api import Demonstration, Trial, front_pages
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import Membership, Role

ELDER = Trial(
    "elder", "d-text-aa", "dawn", Text("长辈", "An elder"), Text("看", "Looks"),
    "13900000022", Membership(Role.RETAIL),
)  # fmt: skip
DEMO = Demonstration([ELDER], "258036")


def paths(demo: Demonstration | None, *, production: bool) -> list[tuple[str, str]]:
    pages = front_pages(demo, production=production)
    return [(route.method, route.path) for route in pages.routes]


def test_a_bank_has_a_front_page_and_no_way_in_without_proof() -> None:
    assert paths(None, production=False) == [("GET", "/")]
    assert paths(None, production=True) == [("GET", "/")]


def test_a_demonstration_has_a_way_in_as_its_people() -> None:
    assert paths(DEMO, production=False) == [("GET", "/"), ("POST", "/enter/as")]


def test_the_routes_of_a_demonstration_do_not_build_in_production() -> None:
    with pytest.raises(Refusal) as refused:
        front_pages(DEMO, production=True)
    assert refused.value.code == "demo.in_production"
