"""What an address asks a list for; what it says wrongly asks for nothing."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from heliu.channels.console import asking
from heliu.credit.applications.api import Asked, Decided
from heliu.flows.intake.api import Flow, Kind, Sought

ID = UUID(int=7)
AT = datetime(2026, 3, 31, 1, 2, 3, tzinfo=UTC)


def test_an_address_names_every_filter_of_receivables() -> None:
    query = {
        "party": "P",
        "programme": "G",
        "words": " INV ",
        "from": "2026-03-01",
        "until": "2026-04-01",
        "decided": "refused",
    }
    asked = Asked("P", "G", "INV", date(2026, 3, 1), date(2026, 4, 1), Decided.REFUSED)
    assert asking.receivables(query) == asked


@pytest.mark.parametrize(
    "query", [{}, {"from": "soon"}, {"decided": "maybe"}, {"words": "  "}, {"party": ""}]
)
def test_what_is_said_wrongly_asks_for_nothing(query: dict[str, str]) -> None:
    assert asking.receivables(query) == Asked()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, (None, None)),
        ({"answer": "approved"}, (True, None)),
        ({"answer": "refused", "reason": "circular_trade"}, (False, "circular_trade")),
        ({"answer": "perhaps"}, (None, None)),
    ],
)
def test_decisions_are_asked_for_by_answer_and_reason(
    query: dict[str, str], wanted: tuple[bool | None, str | None]
) -> None:
    assert asking.decisions(query) == wanted


def test_documents_are_asked_for_by_flow_kind_and_number() -> None:
    query = {"flow": "funds", "kind": "invoice", "number": " 1 "}
    assert asking.documents(query) == Sought(Flow.FUNDS, Kind.INVOICE, "1")


@pytest.mark.parametrize("said", ["", "2026-03-31", f"x_{ID}", "2026-03-31_x", "_"])
def test_a_place_that_is_none_begins_at_the_first_page(said: str) -> None:
    assert asking.dated_place(said) is None
    assert asking.timed_place(said) is None


def test_places_come_back_as_they_were_written() -> None:
    assert asking.dated_place(f"2026-03-31_{ID}") == (date(2026, 3, 31), ID)
    assert asking.timed_place(f"{AT.isoformat()}_{ID}") == (AT, ID)
    assert asking.timed_place(f"2026-03-31T01:02:03_{ID}") is None


@pytest.mark.parametrize(
    ("said", "found"), [("12", 12), ("", None), ("-1", None), ("1" * 19, None), ("١", None)]
)
def test_a_position_is_a_short_number(said: str, found: int | None) -> None:
    assert asking.position(said) == found


def test_an_address_keeps_its_filters_and_drops_what_is_empty() -> None:
    kept = asking.address("/console/x", {"a": "1", "b": "2"}, b="", c="&")
    assert kept == "/console/x?a=1&c=%26"
    assert asking.address("/console/x", {}) == "/console/x"
