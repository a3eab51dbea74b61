"""Terms are proposed by one and released by another; what counts on a day, what a diff tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.products.test_programme_file import BUYER, SELLER, TEXT

from heliu.credit.products.api import (
    Change,
    Enrolled,
    EntrustedPayment,
    Programme,
    diff,
    digest,
    history,
    in_force,
    programmes,
    propose_programme,
    read_programme,
    release_programme,
    release_programmes,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after
from heliu.ground.text import Text

NOW = datetime(2026, 1, 5, tzinfo=UTC)
CLERK, OFFICER = Actor("clerk"), Actor("officer")


@pytest.fixture
def terms(tmp_path: Path) -> Programme:
    path = tmp_path / "programme.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_programme(path)


def raised(terms: Programme, version: int, on: date) -> Programme:
    return replace(terms, version=version, effective_from=on, advance_rate=Decimal("0.7"))


def test_a_proposal_counts_once_somebody_else_released_it(tx: Tx, terms: Programme) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    assert in_force(tx, [terms.code], terms.effective_from) == {}
    assert programmes(tx) == []
    assert release_programme(tx, OFFICER, terms.code, 1, NOW) == terms
    assert in_force(tx, [terms.code], terms.effective_from) == {terms.code: terms}
    assert programmes(tx) == [terms]


def test_who_proposed_never_releases(tx: Tx, terms: Programme) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    with pytest.raises(Refusal, match="same_person"):
        release_programme(tx, CLERK, terms.code, 1, NOW)
    with pytest.raises(Refusal, match="same_person"):
        release_programmes(tx, CLERK, [terms], NOW)
    assert programmes(tx) == []


def test_the_database_holds_the_two_persons_apart_by_itself(tx: Tx, terms: Programme) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="who proposed it"):
        tx.run(
            "INSERT INTO credit.programme_release VALUES (%s, %s, %s, %s)",
            (terms.code, 1, NOW, CLERK.id),
        )


def test_a_release_is_not_taken_back(tx: Tx, terms: Programme) -> None:
    release_programmes(tx, OFFICER, [terms], NOW)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        tx.run("DELETE FROM credit.programme_release")


def test_the_youngest_version_that_is_effective_counts(tx: Tx, terms: Programme) -> None:
    second, third = raised(terms, 2, date(2026, 3, 1)), raised(terms, 3, date(2026, 6, 1))
    release_programmes(tx, OFFICER, [terms, second], NOW)
    propose_programme(tx, CLERK, third, NOW)

    def on(month: int, day: int) -> int | None:
        found = in_force(tx, [terms.code, "other"], date(2026, month, day)).get(terms.code)
        return found.version if found else None

    assert [on(2, 28), on(3, 1), on(6, 1)] == [1, 2, 2]
    release_programme(tx, OFFICER, terms.code, 3, NOW)
    assert [on(2, 28), on(5, 31), on(6, 1)] == [1, 2, 3]
    assert in_force(tx, [terms.code], date(2025, 12, 31)) == {}


def test_proposing_or_releasing_again_changes_nothing(tx: Tx, terms: Programme) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    propose_programme(tx, OFFICER, terms, NOW)
    release_programme(tx, OFFICER, terms.code, 1, NOW)
    release_programme(tx, CLERK, terms.code, 1, NOW)
    release_programmes(tx, CLERK, [terms], NOW)
    (version,) = history(tx, terms.code)
    assert (version.proposed_by, version.released_by) == ("clerk", "officer")
    assert version.sha256 == digest(terms)


def test_a_version_number_stands_for_one_text(tx: Tx, terms: Programme) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    with pytest.raises(Refusal, match="version_changed"):
        propose_programme(tx, CLERK, replace(terms, advance_rate=Decimal("0.9")), NOW)


def test_numbers_only_rise(tx: Tx, terms: Programme) -> None:
    second = raised(terms, 2, date(2026, 3, 1))
    propose_programme(tx, CLERK, second, NOW)
    with pytest.raises(Refusal, match="version_old"):
        propose_programme(tx, CLERK, terms, NOW)


def test_what_was_overtaken_is_not_released_any_more(tx: Tx, terms: Programme) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    propose_programme(tx, CLERK, raised(terms, 2, date(2026, 3, 1)), NOW)
    release_programme(tx, OFFICER, terms.code, 2, NOW)
    with pytest.raises(Refusal, match="version_old"):
        release_programme(tx, OFFICER, terms.code, 1, NOW)


def test_what_was_never_proposed_is_unknown(tx: Tx, terms: Programme) -> None:
    with pytest.raises(Refusal, match=r"programme\.unknown"):
        release_programme(tx, OFFICER, terms.code, 1, NOW)


def test_a_file_is_proposed_by_itself_and_released_by_who_runs_it(tx: Tx, terms: Programme) -> None:
    release_programmes(tx, OFFICER, [terms], NOW)
    (version,) = history(tx, terms.code)
    assert version.proposed_by == f"file:{digest(terms)[:16]}"
    assert version.released_by == "officer"


def test_a_waiting_proposal_may_be_released_by_another_who_runs_its_file(
    tx: Tx, terms: Programme
) -> None:
    propose_programme(tx, CLERK, terms, NOW)
    release_programmes(tx, OFFICER, [terms], NOW)
    (version,) = history(tx, terms.code)
    assert (version.proposed_by, version.released_by) == ("clerk", "officer")


def test_a_release_is_told_once_to_the_core_enterprise(tx: Tx, terms: Programme) -> None:
    release_programmes(tx, OFFICER, [terms], NOW)
    release_programmes(tx, OFFICER, [terms], NOW)
    told = [f for f in facts_after(tx, 0, 99) if f.kind == "credit.programme_released.v1"]
    assert [(f.body["version"], f.body["parties"]) for f in told] == [(1, [BUYER])]


def test_what_a_file_leaves_out_has_its_default(terms: Programme) -> None:
    assert terms.product_code == "receivable-bullet"
    assert (terms.product_limit, terms.group_limit) == (terms.programme_limit, terms.obligor_limit)
    assert terms.group_code == BUYER
    assert terms.entrusted_payment == EntrustedPayment(required=False, above=None)


def test_what_a_file_says_is_kept_and_read_back(tx: Tx, tmp_path: Path) -> None:
    text = (
        TEXT.replace("{kind: bullet", "{code: ar-house, kind: bullet")
        .replace('supplier: "2000000.00"}', 'supplier: "2000000.00", group: "9", product: "8"}')
        .replace('account: "A-1"}', 'account: "A-1", group: buyer-group}')
        + 'entrusted_payment: {required: true, above: "500000"}\n'
    )
    path = tmp_path / "programme.yaml"
    path.write_text(text, encoding="utf-8")
    said = read_programme(path)
    assert (said.product_code, said.group_code) == ("ar-house", "buyer-group")
    assert (said.group_limit, said.product_limit) == (Money(900), Money(800))
    assert said.entrusted_payment == EntrustedPayment(required=True, above=Money(50_000_000))
    release_programmes(tx, OFFICER, [said], NOW)
    assert programmes(tx) == [said]


def test_a_threshold_without_its_rule_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "programme.yaml"
    path.write_text(TEXT + 'entrusted_payment: {above: "5"}\n', encoding="utf-8")
    with pytest.raises(Refusal, match="not required"):
        read_programme(path)


@pytest.mark.parametrize(
    ("rule", "draw", "applies"),
    [
        (EntrustedPayment(), 10**9, False),
        (EntrustedPayment(required=True), 1, True),
        (EntrustedPayment(required=True, above=Money(100)), 100, False),
        (EntrustedPayment(required=True, above=Money(100)), 101, True),
    ],
)
def test_a_draw_above_the_threshold_is_paid_onward(
    rule: EntrustedPayment,
    draw: int,
    applies: bool,  # noqa: FBT001
) -> None:
    assert rule.applies_to(Money(draw)) is applies


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product_limit": Money(1)}, "product_limit"),
        ({"group_limit": Money(1)}, "group_limit"),
        ({"product_code": "other"}, "product_code"),
        ({"group_code": "other"}, "group_code"),
        ({"entrusted_payment": EntrustedPayment(required=True)}, "entrusted_payment"),
    ],
)
def test_other_terms_have_another_digest(
    tx: Tx, terms: Programme, change: dict[str, Any], field: str
) -> None:
    other = replace(terms, **change)
    assert digest(other) != digest(terms)
    release_programmes(tx, OFFICER, [other], NOW)
    assert getattr(programmes(tx)[0], field) == getattr(other, field)


OTHER = Enrolled(BUYER, Text("新", "New"), "NEW-9999", None)
CHANGES: list[tuple[Callable[[Programme], Programme], list[tuple[str, str, str]]]] = [
    (lambda p: p, []),
    (
        lambda p: replace(p, advance_rate=Decimal("0.7")),
        [("advance_rate", "0.80", "0.7")],
    ),
    (
        lambda p: replace(p, supplier_limit=Money(100)),
        [("limits.supplier", "2,000,000.00 CNY", "1.00 CNY")],
    ),
    (
        lambda p: replace(p, suppliers=(replace(p.suppliers[0], account="X-77771234"),)),
        [(f"suppliers.{SELLER}.account", "…B-1", "…1234")],
    ),
    (
        lambda p: replace(p, suppliers=()),
        [
            (f"suppliers.{SELLER}.name.zh", "卖方", "-"),
            (f"suppliers.{SELLER}.name.en", "Seller", "-"),
            (f"suppliers.{SELLER}.account", "…B-1", "-"),
            (f"suppliers.{SELLER}.limit", "1,500,000.00 CNY", "-"),
        ],
    ),
    (
        lambda p: replace(p, suppliers=(*p.suppliers, OTHER)),
        [
            (f"suppliers.{BUYER}.name.zh", "-", "新"),
            (f"suppliers.{BUYER}.name.en", "-", "New"),
            (f"suppliers.{BUYER}.account", "-", "…9999"),
            (f"suppliers.{BUYER}.limit", "-", "-"),
        ],
    ),
    (
        lambda p: replace(
            p, tolerances=replace(p.tolerances, unit_aliases={"KGM": ("KG",), "EA": ("件",)})
        ),
        [
            ("tolerances.unit_aliases.KGM", "KG, 千克", "KG"),
            ("tolerances.unit_aliases.EA", "-", "件"),
        ],
    ),
]


@pytest.mark.parametrize(("change", "says"), CHANGES)
def test_a_diff_tells_what_changes_in_the_words_of_the_file(
    terms: Programme,
    change: Callable[[Programme], Programme],
    says: list[tuple[str, str, str]],
) -> None:
    assert diff(terms, change(terms)) == [Change(*one) for one in says]


@given(st.sampled_from(CHANGES), st.sampled_from(CHANGES))
def test_a_diff_back_tells_the_same_fields_the_other_way(
    one: tuple[Callable[[Programme], Programme], object],
    other: tuple[Callable[[Programme], Programme], object],
) -> None:
    base = SAMPLE
    before, after = one[0](base), other[0](base)
    there, back = diff(before, after), diff(after, before)
    assert {(c.field, c.before, c.after) for c in there} == {
        (c.field, c.after, c.before) for c in back
    }


def _sample() -> Programme:
    import tempfile  # noqa: PLC0415 - a file for the only reader there is

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "programme.yaml"
        path.write_text(TEXT, encoding="utf-8")
        return read_programme(path)


SAMPLE = _sample()
