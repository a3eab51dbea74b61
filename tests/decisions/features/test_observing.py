"""What documents do to the features of a pair: filed, late, twice, void, unknown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.decisions.features.papers import (
    BUYER,
    MAY,
    SELLER,
    credit_note,
    filed,
    invoice,
    known,
    line,
    payment,
)

from heliu.decisions.features.api import Feature, Pair, follow, observe, pair_features
from heliu.flows.intake.api import Filed, Kind, PartyRef
from heliu.ground.db import Tx

PAIR = Pair(SELLER.tax_id or "", BUYER.tax_id or "")


def told(tx: Tx, day: int, *names: str) -> dict[str, Feature]:
    values = pair_features(tx, [PAIR], MAY + timedelta(days=day))[PAIR].values
    return {name: values[name] for name in names}


def see(tx: Tx, *documents: Filed, day: int = 0) -> None:
    observe(tx, documents, known(day))


def test_invoices_are_summed_by_their_own_day_net_of_red_letters(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"), invoice("2", 40, "50.25"), credit_note("C", 45, "20", "1"))
    names = (
        "inv_30",
        "inv_90",
        "inv_365",
        "n_inv_90",
        "rel_age_days",
        "recency_days",
        "active_m12",
    )
    assert list(told(tx, 0, *names).values()) == [10_000, 10_000, 10_000, 1, 0, 0, 1]
    assert list(told(tx, 50, *names).values()) == [3_025, 13_025, 13_025, 2, 50, 10, 2]
    assert list(told(tx, 364, *names).values()) == [0, 0, 13_025, 0, 364, 324, 1]
    assert list(told(tx, 365, *names).values()) == [0, 0, 3_025, 0, 365, 325, 1]


def test_a_document_observed_again_does_nothing(tx: Tx) -> None:
    paper, money = invoice("1", 0), payment(30, "1000", "1")
    see(tx, paper, money)
    before = pair_features(tx, [PAIR], MAY + timedelta(days=90))
    see(tx, paper, money, paper, day=3)
    assert pair_features(tx, [PAIR], MAY + timedelta(days=90)) == before


def test_the_same_invoice_from_a_second_source_counts_once_and_is_no_repetition(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"))
    see(tx, invoice("1", 0, "100"), day=9)
    assert told(tx, 20, "n_inv_90", "inv_90", "dup_hits") == {
        "n_inv_90": 1,
        "inv_90": 10_000,
        "dup_hits": 0,
    }


def test_the_same_number_with_another_amount_is_a_repetition_and_is_not_summed(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"))
    see(tx, invoice("1", 0, "900"))
    assert told(tx, 20, "inv_90", "dup_hits") == {"inv_90": 10_000, "dup_hits": 1}


def test_the_same_invoice_under_another_seller_is_a_repetition(tx: Tx) -> None:
    stranger = PartyRef(name="别家", tax_id="91370215MAU47DG78A")
    see(tx, invoice("1", 0, "100", seller=stranger))
    see(tx, invoice("1", 0, "100"))
    assert told(tx, 20, "dup_hits") == {"dup_hits": 1}


def test_the_same_delivered_lines_under_another_number_are_a_repetition(tx: Tx) -> None:
    refs = {"order": ("PO",), "despatch": ("DN",)}
    lines = (line("5", "50", "PO"),)
    see(tx, invoice("1", 0, references=refs, lines=lines))
    see(tx, invoice("2", 1, references=refs, lines=lines))
    other = {"order": ("PO",), "despatch": ("DN-2",)}
    see(tx, invoice("3", 2, references=other, lines=lines))
    assert told(tx, 20, "dup_hits") == {"dup_hits": 1}


def test_an_invoice_told_void_later_is_taken_out_of_every_sum_and_counted(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"), invoice("2", 3, "40"))
    see(tx, invoice("1", 0, "100", void=True), day=9)
    names = ("inv_365", "n_inv_90", "rel_age_days", "void_rate")
    # (1/2 x 2 + 5 p) / 7 with p = (1/2 x 2 + 5 x 0.03) / 7 = 0.164286
    assert list(told(tx, 20, *names).values()) == [4_000, 1, 17, Decimal("0.260204")]


def test_every_void_document_first_is_the_same_as_last(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100", void=True), invoice("1", 0, "100"))
    assert told(tx, 20, "inv_365", "n_inv_90") == {"inv_365": 0, "n_inv_90": 0}


def test_only_followed_invoices_count_in_the_features_of_payment(tx: Tx) -> None:
    paid, unseen = invoice("1", 0, due=30), invoice("2", 0, due=30)
    see(tx, paid, unseen)
    names = ("late_rate_n", "worst_open_days", "overdue_ratio", "dso_ewma_days")
    assert list(told(tx, 40, *names).values()) == [None] * 4
    follow(tx, [paid.id], MAY, known(0))
    assert told(tx, 40, *names) == {
        "late_rate_n": Decimal("0.375000"),  # (1 + 5 p) / 6, p = (1 + 5 x 0.1) / 6
        "worst_open_days": 10,
        "overdue_ratio": Decimal(1),
        "dso_ewma_days": None,
    }


def test_a_payment_settles_the_invoice_it_names_late_or_in_time(tx: Tx) -> None:
    see(tx, invoice("HC-1", 0, "100", due=30), invoice("HC-2", 0, "300", due=30))
    see(tx, payment(25, "100", "货款 HC-1"), payment(40, "300", "货款 hc-2"), day=40)
    names = ("dso_ewma_days", "late_p90_days", "dilution", "late_rate_amt", "overdue_ratio")
    assert told(tx, 60, *names) == {
        "dso_ewma_days": Decimal("36.701654"),  # decayed over 35 and 20 days
        "late_p90_days": 10,
        "dilution": Decimal("0.014286"),  # 5 x 0.02 / 7
        "late_rate_amt": Decimal("0.418367"),  # (0.75 x 2 + 5 p) / 7, p = (1.5 + 0.5) / 7
        "overdue_ratio": Decimal(0),
    }


def test_money_that_came_before_its_invoice_is_attributed_when_the_invoice_comes(tx: Tx) -> None:
    see(tx, payment(25, "100", "HC-1"), day=25)
    see(tx, invoice("HC-1", 0, "100", due=30), day=26)
    assert told(tx, 31, "dso_ewma_days", "late_p90_days") == {
        "dso_ewma_days": Decimal(25),
        "late_p90_days": 0,
    }


def test_the_notification_and_the_statement_of_one_receipt_are_one_payment(tx: Tx) -> None:
    same = {"bank_reference": "R1", "account": "6222"}
    see(tx, invoice("HC-1", 0, "100", due=30), payment(10, "40", "HC-1", **same))
    see(tx, payment(10, "40", "HC-1", **same), day=11)
    assert told(tx, 31, "overdue_ratio", "late_p90_days") == {
        "overdue_ratio": Decimal(1),
        "late_p90_days": 1,
    }
    see(tx, payment(20, "60", "HC-1"), day=20)
    assert told(tx, 31, "late_p90_days") == {"late_p90_days": 0}


UNATTRIBUTED: list[tuple[str, dict[str, Any]]] = [
    ("sent by somebody else", {"debtor": PartyRef(name="别家")}),
    ("sent by another tax id", {"debtor": PartyRef(name=BUYER.name, tax_id="X")}),
    ("moved out", {"credit": False}),
    ("not booked", {"booked": False}),
    ("a reversal", {"reversal": True}),
    ("names another number", {"remittance": "HC-10"}),
    ("names nothing", {"remittance": None}),
    ("is nothing", {"amount": Decimal(0)}),
]


@pytest.mark.parametrize("rest", [r for _, r in UNATTRIBUTED], ids=[n for n, _ in UNATTRIBUTED])
def test_money_is_not_the_buyers_payment_if_it_is(tx: Tx, rest: dict[str, Any]) -> None:
    see(tx, invoice("HC-1", 0, "100"), payment(5, "60", "HC-1"))
    before = told(tx, 20, "dso_ewma_days")
    see(tx, replace_cash(payment(9, "100", "HC-1"), **rest), day=9)
    assert told(tx, 20, "dso_ewma_days") == before


def replace_cash(paper: Filed, **rest: Any) -> Filed:
    cash = paper.document.cash
    assert cash is not None
    return replace(paper, document=replace(paper.document, cash=replace(cash, **rest)))


def test_a_number_two_sellers_share_pays_neither_unless_the_sender_tells(tx: Tx) -> None:
    seller, buyer = PartyRef(tax_id="S2"), PartyRef(name="别家", tax_id="B2")
    see(tx, invoice("1", 0, "100"), invoice("1", 1, "100", seller=seller, buyer=buyer))
    anybody = replace_cash(payment(9, "100", "1"), debtor=PartyRef())
    see(tx, anybody, day=9)
    assert told(tx, 20, "dso_ewma_days") == {"dso_ewma_days": None}
    see(tx, payment(11, "100", "1"), day=11)
    assert told(tx, 20, "dso_ewma_days") == {"dso_ewma_days": Decimal(11)}


def test_money_for_several_invoices_pays_them_in_the_order_named(tx: Tx) -> None:
    see(tx, invoice("1A", 0, "100", due=5), invoice("2A", 0, "100", due=9))
    see(tx, payment(3, "150", "2A 1A 2A"), day=3)
    assert told(tx, 12, "worst_open_days", "overdue_ratio") == {
        "worst_open_days": 7,
        "overdue_ratio": Decimal(1),
    }


def test_a_credit_note_closes_what_cash_left_open_and_is_dilution(tx: Tx) -> None:
    see(tx, invoice("1A", 0, "100", due=5), payment(3, "90", "1A"))
    see(tx, credit_note("C", 4, "10", "1A"), day=4)
    assert told(tx, 12, "overdue_ratio", "dilution", "late_p90_days", "eom_reversed") == {
        "overdue_ratio": Decimal(0),
        "dilution": Decimal("0.033333"),  # (0.1 + 5 x 0.02) / 6
        "late_p90_days": 0,
        "eom_reversed": Decimal(0),
    }


def test_what_was_ordered_received_and_invoiced_is_matched_by_line(tx: Tx) -> None:
    refs = {"order": ("PO",)}
    see(tx, invoice("1", 5, references=refs, lines=(line("10", "1000", "PO"),)), day=5)
    assert told(tx, 20, "match3") == {"match3": None}
    see(tx, filed(Kind.ORDER, "PO", 0, lines=(line("10"),)), day=6)
    assert told(tx, 20, "match3", "n_ord_90") == {"match3": Decimal(0), "n_ord_90": 1}
    received = filed(Kind.RECEIPT_ADVICE, "GR", 3, references=refs, lines=(line("7", order="PO"),))
    see(tx, received, day=7)
    see(tx, replace(received, id=invoice("x", 0).id), day=8)
    assert told(tx, 20, "match3") == {"match3": Decimal("0.7")}


NO_EVENTS: list[tuple[str, Filed]] = [
    ("an approval", filed(Kind.APPROVAL, "A", 0, accepted=True)),
    ("an invoice without a date", filed(Kind.INVOICE, "1", None)),
    ("an invoice without a buyer", invoice("1", 0, buyer=PartyRef())),
    ("an invoice without a number", invoice(" ", 0)),
    ("an invoice without a currency", invoice("1", 0, currency=None)),
    ("an invoice without a total", filed(Kind.INVOICE, "1", 0)),
    ("an invoice of a number without end", invoice("9" * 500, 0)),
    ("an invoice beyond all trade", invoice("1", 0, "1e30")),
    ("an invoice of a buyer with a NUL", invoice("1", 0, buyer=PartyRef(tax_id="B\0"))),
]


@pytest.mark.parametrize("paper", [p for _, p in NO_EVENTS], ids=[n for n, _ in NO_EVENTS])
def test_no_event_and_no_failure_is(tx: Tx, paper: Filed) -> None:
    see(tx, paper)
    assert pair_features(tx, [PAIR], MAY)[PAIR].state_version == 0


def test_figures_of_lines_that_no_trade_has_are_left_out(tx: Tx) -> None:
    refs = {"order": ("PO",)}
    odd = [
        line("0", "5", "PO"),
        line("-3", "5", "PO"),
        line("1e40", "5", "PO"),
        line("2", None, "PO"),
    ]
    see(tx, filed(Kind.ORDER, "PO", 0, lines=(line("10"), line("NaN"))))
    see(tx, invoice("1", 0, references=refs, lines=(*odd, line("2", "1e40", "PO"))))
    assert told(tx, 3, "match3", "n_inv_90") == {"match3": None, "n_inv_90": 1}


def test_a_document_in_another_currency_is_counted_not_summed(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"), invoice("2", 0, "100", currency="USD"))
    assert told(tx, 3, "n_inv_90", "inv_90") == {"n_inv_90": 2, "inv_90": 10_000}


def test_a_document_dated_decades_ahead_neither_counts_today_nor_drops_a_window(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"), invoice("2", 20_000, "900"))
    names = ("inv_365", "n_inv_365", "rel_age_days", "share_in_buyer", "hhi_s")
    assert list(told(tx, 9, *names).values()) == [10_000, 1, 9, Decimal(1), Decimal(1)]


def test_shares_and_concentration_see_all_pairs_of_both_sides(tx: Tx) -> None:
    third = PartyRef(tax_id="B2")
    fourth = PartyRef(tax_id="S2")
    see(tx, invoice("1", 0, "300"), invoice("2", 0, "100", buyer=third))
    see(tx, invoice("3", 0, "100", seller=fourth))
    names = ("dependence", "share_in_buyer", "hhi_s", "hhi_b")
    assert list(told(tx, 9, *names).values()) == [
        Decimal("0.75"),
        Decimal("0.75"),
        Decimal("0.625"),
        Decimal("0.625"),
    ]


def test_a_feature_as_of_an_instant_does_not_know_what_came_later(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"), day=0)
    see(tx, invoice("2", 0, "50"), day=10)
    on = MAY + timedelta(days=20)
    then = pair_features(tx, [PAIR], on, known(5))[PAIR]
    now = pair_features(tx, [PAIR], on)[PAIR]
    assert (then.values["inv_365"], now.values["inv_365"]) == (10_000, 15_000)
    assert then.state_version < now.state_version
    assert pair_features(tx, [PAIR], on, known(10))[PAIR] == now


def test_old_history_that_comes_late_is_folded_from_the_log(tx: Tx) -> None:
    see(tx, invoice("1", 0, "100"), day=0)
    see(tx, payment(1, "60", "1"), invoice("9", 900, "10"), day=900)
    see(tx, invoice("1", 0, "100", void=True), day=901)
    names = ("rel_age_days", "inv_365", "worst_open_days", "recency_days")
    assert list(told(tx, 910, *names).values()) == [10, 1_000, None, 10]


def test_a_trade_void_long_after_its_row_was_dropped_is_no_longer_the_last(tx: Tx) -> None:
    see(tx, invoice("1", 0), invoice("2", 10))
    see(tx, filed(Kind.ORDER, "PO", 900), day=900)
    assert told(tx, 910, "recency_days") == {"recency_days": 900}
    see(tx, invoice("2", 10, void=True), day=901)
    assert told(tx, 910, "recency_days") == {"recency_days": 910}


@pytest.mark.parametrize(("after", "reversed_"), [(0, "0.25"), (30, "0.25"), (31, "0")])
def test_a_month_end_invoice_is_reversed_within_thirty_days(
    tx: Tx, after: int, reversed_: str
) -> None:
    see(tx, invoice("1", 26, "100"), credit_note("C", 26 + after, "25", "1"))
    assert told(tx, 90, "eom_share", "eom_reversed") == {
        "eom_share": Decimal(1),
        "eom_reversed": Decimal(reversed_),
    }


@pytest.mark.parametrize(("day", "share"), [(25, 0), (26, 1), (27, 1), (28, 0)])
def test_the_last_two_days_of_may_are_its_end(tx: Tx, day: int, share: int) -> None:
    see(tx, invoice("1", day, "100"))
    assert told(tx, 90, "eom_share") == {"eom_share": Decimal(share)}


@pytest.mark.parametrize(("on", "told_"), [(119, None), (120, Decimal("0.183317"))])
def test_what_is_unpaid_ninety_days_past_due_is_taken_as_diluted(
    tx: Tx, on: int, told_: Decimal | None
) -> None:
    paper = invoice("1", 0, "100", due=30)
    see(tx, paper, payment(20, "0.01", "1"))
    assert told(tx, on, "dilution") == {"dilution": told_}


@pytest.mark.parametrize(("on", "matured"), [(30, None), (31, 1), (394, 364), (395, None)])
def test_an_invoice_is_matured_from_the_day_after_it_is_due_for_a_year(
    tx: Tx, on: int, matured: int | None
) -> None:
    paper = invoice("1", 0, "100", due=30)
    see(tx, paper)
    follow(tx, [paper.id], MAY, known(0))
    assert told(tx, on, "late_p90_days") == {"late_p90_days": matured}


def test_nobody_is_asked_for_and_nothing_told(tx: Tx) -> None:
    see(tx)
    follow(tx, [invoice("1", 0).id], MAY, known(0))
    assert pair_features(tx, [], MAY) == {}


def test_a_batch_answers_each_pair_once_in_the_order_asked(tx: Tx) -> None:
    other = Pair("nobody", "nowhere")
    see(tx, invoice("1", 0))
    found: Sequence[Pair] = list(pair_features(tx, [other, PAIR, other], MAY))
    assert found == [other, PAIR]
