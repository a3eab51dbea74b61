"""A loan product is proposed by one and released by another; a version never changes."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from heliu.credit.products.api import (
    CATALOGUE,
    loan_product_history,
    loan_products_by_no,
    loan_products_in_force,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.outbox import facts_after

NOW = datetime(2026, 1, 5, tzinfo=UTC)
CLERK, OFFICER = Actor("clerk"), Actor("officer")
DAY = date(2026, 3, 1)
CODE = "working-capital"


@pytest.fixture
def body() -> dict[str, Any]:
    return read_loan_product(CATALOGUE / "working_capital.yaml")[1]


def test_a_product_counts_once_somebody_else_released_it(tx: Tx, body: dict[str, Any]) -> None:
    propose_loan_product(tx, CLERK, body, NOW)
    propose_loan_product(tx, CLERK, body, NOW)
    assert loan_products_in_force(tx, [CODE], DAY) == {}
    with pytest.raises(Refusal, match="same_person"):
        release_loan_product(tx, CLERK, CODE, 1, NOW)
    release_loan_product(tx, OFFICER, CODE, 1, NOW)
    release_loan_product(tx, CLERK, CODE, 1, NOW)
    (version,) = loan_product_history(tx, CODE)
    assert (version.proposed_by, version.released_by) == ("clerk", "officer")
    assert loan_products_in_force(tx, [CODE], DAY) == {CODE: version}
    assert loan_products_in_force(tx, [CODE], date(2025, 12, 31)) == {}
    assert loan_products_by_no(tx, [version.no]) == {version.no: version}
    assert [f.body["product"] for f in facts_after(tx, 0, 10)][-1] == CODE


def test_a_version_once_recorded_never_changes(tx: Tx, body: dict[str, Any]) -> None:
    propose_loan_product(tx, CLERK, body, NOW)
    with pytest.raises(Refusal, match="version_changed"):
        propose_loan_product(tx, CLERK, body | {"recourse": "full"}, NOW)
    propose_loan_product(tx, CLERK, body | {"version": 3}, NOW)
    with pytest.raises(Refusal, match="version_old"):
        propose_loan_product(tx, CLERK, body | {"version": 2}, NOW)
    release_loan_product(tx, OFFICER, CODE, 3, NOW)
    with pytest.raises(Refusal, match="version_old"):
        release_loan_product(tx, OFFICER, CODE, 1, NOW)
    with pytest.raises(Refusal, match="unknown"):
        release_loan_product(tx, OFFICER, CODE, 9, NOW)


def test_the_database_itself_knows_who_may_not_release(tx: Tx, body: dict[str, Any]) -> None:
    propose_loan_product(tx, CLERK, body, NOW)
    (version,) = loan_product_history(tx, CODE)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(
            "INSERT INTO credit.loan_product_release (product_no, released_at, released_by)"
            " VALUES (%s, %s, %s)",
            (version.no, NOW, "clerk"),
        )


def test_an_account_type_that_the_chart_has_not_is_refused(tx: Tx, body: dict[str, Any]) -> None:
    accounts = body["postings"]["accounts"] | {"fee_income": {"type": "alms", "scope": "product"}}
    odd = body | {"postings": body["postings"] | {"accounts": accounts}}
    with pytest.raises(Refusal, match="the chart has no alms"):
        propose_loan_product(tx, CLERK, odd, NOW)
