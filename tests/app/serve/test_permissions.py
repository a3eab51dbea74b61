"""The table of who may open what is written from the routes; HELIU_WRITE_DOCS=1 writes it anew.

That the served bank keeps to it is proven from outside, role by role: tests/browser.
"""

import os
from pathlib import Path

import pytest

from heliu.app.serve.front import desks
from heliu.channels.pages.api import PUBLIC, Pages, Route
from heliu.parties.identity.api import RIGHTS_OF, Right, Role

TABLE = Path(__file__).parents[3] / "docs" / "generated" / "permissions.md"
ROUTES = [route for desk in desks() for route in desk.routes]
HEAD = """# Who may open what

Written from the routes of the pages and the rights of the roles; `make check` compares it.
A role without a mark is refused, and somebody without a session is sent to the entrance. Every
line is tried from outside as every role (`tests/browser/test_permissions.py`); what belongs to
another enterprise or person is not there for anybody else (404).
"""


def asks(route: Route) -> str:
    return "public" if route.asks is PUBLIC else route.asks.value


def mark(role: Role, route: Route) -> str:
    return "●" if route.asks is PUBLIC or route.asks in RIGHTS_OF[role] else ""


def table() -> str:
    names = [role.value.replace("_", " ") for role in Role]
    rows = [
        f"| {route.method} | `{route.path}` | {asks(route)} | "
        + " | ".join(mark(role, route) for role in Role)
        + " |"
        for route in sorted(ROUTES, key=lambda route: (route.path, route.method))
    ]
    head = f"| | route | asks | {' | '.join(names)} |"
    return "\n".join((HEAD, head, "|---|---|---|" + ":-:|" * len(names), *rows, ""))


def test_the_table_of_permissions_is_in_step() -> None:
    written = table()
    if os.environ.get("HELIU_WRITE_DOCS"):
        TABLE.write_text(written, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == written


def test_no_two_routes_answer_the_same_request() -> None:
    told = [(route.method, route.path) for route in ROUTES]
    assert len(set(told)) == len(told)


def test_a_page_that_names_no_right_and_is_not_public_does_not_build() -> None:
    with pytest.raises(AssertionError, match="names no right"):
        Pages("nowhere").get("/open", None)  # type: ignore[arg-type]


def test_every_role_has_a_right_of_its_own() -> None:
    shared = frozenset.intersection(*RIGHTS_OF.values())
    assert shared == {Right.SELF}
    assert all(rights - shared for rights in RIGHTS_OF.values())


def test_who_proposes_cannot_confirm() -> None:
    assert Right.PAYABLES_CONFIRM not in RIGHTS_OF[Role.ENTERPRISE_MAKER]
    assert Right.PAYABLES_PROPOSE not in RIGHTS_OF[Role.ENTERPRISE_CHECKER]
