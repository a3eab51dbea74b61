"""Laws of verification over random trades: orders, partial receipts, credits, approvals."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from random import Random
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flows.verification.trades import (
    OPTIONAL,
    REQUIRED,
    D,
    approval,
    credit_note,
    filed,
    goods,
    invoice,
    line,
    order,
    receipt,
    terms,
    trade,
)

from heliu.flows.intake.api import Filed, Kind, Line
from heliu.flows.verification.api import (
    Bin,
    TradeCase,
    VerificationTerms,
    verify,
)
from heliu.flows.verification.domain.claims import DOCUMENT_CLAIMS, LINE_CLAIMS

T = TypeVar("T")
ITEMS: tuple[dict[str, str], ...] = (
    {"buyer": "B-1"},
    {"seller": "S-2", "name": "托盘"},
    {"standard": "6901234567892"},
    {},
)
UNITS = ("KGM", "TNE", "BX", None)

quantities = st.decimals(0, 120, places=1)
prices = st.decimals("0.01", 20, places=2)
requirements = st.sampled_from([REQUIRED, OPTIONAL])


@st.composite
def lines(draw: st.DrawFn, most: int = 4, *, priced: bool = True) -> list[Line]:
    """Lines in all sorts of items and units, with their own ids and places."""
    made = []
    for at in range(1, draw(st.integers(1, most)) + 1):
        count = str(draw(quantities))
        usual = line(count, str(draw(prices))) if priced else goods(count)
        made.append(
            replace(
                usual,
                id=str(at),
                place=f"/line/{at}",
                item_keys=draw(st.sampled_from(ITEMS)),
                unit=draw(st.sampled_from(UNITS)),
                order_line=draw(st.sampled_from([None, "1", "2", str(at)])),
                order_id=draw(st.sampled_from([None, "PO-1", "PO-2"])),
            )
        )
    return made


@st.composite
def trades(draw: st.DrawFn) -> TradeCase:
    """A trade whose documents agree only sometimes."""
    mine = draw(lines())
    said = draw(st.sampled_from([{}, {"allowances": D(3)}, {"charges": D(7)}, {"prepaid": D(5)}]))
    orders = [order(*draw(lines()), number=f"PO-{n}") for n in range(1, draw(st.integers(1, 3)))]
    receipts = [
        receipt(*draw(lines(priced=False)), number=f"GR-{n}")
        for n in range(1, draw(st.integers(1, 4)))
    ]
    notes = [
        credit_note(str(draw(prices)), number=f"CN-{n}", references={"receipt": named})
        for n, named in enumerate(draw(st.lists(st.sampled_from([(), ("GR-1",)]), max_size=2)))
    ]
    approvals = [approval(str(draw(st.decimals(1, 2000, places=2))))] * draw(st.integers(0, 1))
    return trade(
        invoice=invoice(*mine, sums=said, references={"order": ("PO-1", "PO-2")}),
        orders=(order(*mine, number="PO-1"), *orders)[-2:]
        if draw(st.booleans())
        else tuple(orders),
        receipts=(receipt(*mine), *receipts[1:]) if draw(st.booleans()) else tuple(receipts),
        credit_notes=tuple(notes),
        approvals=tuple(approvals),
    )


terms_of_any_programme = st.builds(
    terms,
    requirements,
    requirements,
    requirements,
    quantity_under=st.sampled_from([D("0.1"), D(1)]),
    quantity_over=st.sampled_from([D(0), D("0.05")]),
    amount_minor=st.integers(0, 10),
)
any_trade = given(case=trades(), asked=terms_of_any_programme)
laws = settings(max_examples=100, deadline=None)


def lessened(document: Filed, at: int, quantity: Decimal) -> Filed:
    """The document with less on one of its lines, at the same price and tax rate."""
    rows = list(document.document.lines)
    row = rows[at % len(rows)]
    less = min(quantity, row.quantity or D(0))
    money: dict[str, Any] = (
        {} if row.price is None else {"net": less * row.price, "tax": less * row.price * D("0.13")}
    )
    rows[at % len(rows)] = replace(row, quantity=less, **money)
    return filed(replace(document.document, lines=tuple(rows)))


@laws
@any_trade
def test_the_eligible_amount_stays_between_zero_and_every_cap(
    case: TradeCase, asked: VerificationTerms
) -> None:
    verification = verify(case, asked)
    caps = [a.document.totals.payable for a in case.approvals]
    assert 0 <= verification.eligible.minor <= max(0, verification.invoiced.minor)
    assert all(verification.eligible.amount <= cap for cap in caps if cap is not None)
    assert verification.eligible.currency == verification.invoiced.currency == "CNY"


@laws
@any_trade
def test_the_eligible_amount_never_exceeds_what_was_ordered_with_tolerance_and_tax(
    case: TradeCase, asked: VerificationTerms
) -> None:
    ordered = sum(
        (row.net or D(0) for one in case.orders for row in one.document.lines), Decimal(0)
    )
    over = (1 + asked.tolerances.quantity_over) * (1 + asked.tolerances.price) * D("1.13")
    rounding = Decimal(asked.tolerances.amount_minor) / 100
    verification = verify(case, asked)
    assert not case.orders or verification.eligible.amount <= ordered * over + rounding


@laws
@any_trade
def test_every_fen_between_invoiced_and_eligible_is_explained(
    case: TradeCase, asked: VerificationTerms
) -> None:
    verification = verify(case, asked)
    explained = sum(f.effect.minor for f in verification.findings if f.effect)
    missing = max(0, verification.invoiced.minor) - verification.eligible.minor
    assert verification.blocked or explained == missing
    assert not verification.blocked or verification.eligible.minor == 0
    shares = sum(match.share.minor for match in verification.lines)
    assert shares <= max(0, verification.invoiced.minor)


@laws
@any_trade
def test_every_claim_falls_into_exactly_one_bin_and_a_failed_one_says_why(
    case: TradeCase, asked: VerificationTerms
) -> None:
    claims = verify(case, asked).claims
    of_document = [c.claim for c in claims if c.place == case.invoice.document.place]
    places = {row.place for row in case.invoice.document.lines}
    of_lines = [(c.place, c.claim) for c in claims if c.claim in LINE_CLAIMS]
    assert sorted(of_document) == sorted(DOCUMENT_CLAIMS)
    assert sorted(of_lines) == sorted((place, claim) for place in places for claim in LINE_CLAIMS)
    failed = {Bin.CONTRADICTED, Bin.UNVERIFIABLE_REQUIRED}
    assert all((c.finding is not None) == (c.bin in failed) for c in claims)


@laws
@given(
    case=trades(),
    asked=terms_of_any_programme,
    which=st.integers(0, 9),
    at=st.integers(0, 9),
    quantity=quantities,
)
def test_a_smaller_receipt_never_makes_more_eligible(
    case: TradeCase, asked: VerificationTerms, which: int, at: int, quantity: Decimal
) -> None:
    less = tuple(
        lessened(one, at, quantity) if index == which % len(case.receipts) else one
        for index, one in enumerate(case.receipts)
    )
    assert verify(replace(case, receipts=less), asked).eligible <= verify(case, asked).eligible


@laws
@given(
    case=trades(),
    asked=terms_of_any_programme,
    which=st.integers(0, 9),
    at=st.integers(0, 9),
    quantity=quantities,
)
def test_a_smaller_order_never_makes_more_eligible(
    case: TradeCase, asked: VerificationTerms, which: int, at: int, quantity: Decimal
) -> None:
    less = tuple(
        lessened(one, at, quantity) if index == which % len(case.orders) else one
        for index, one in enumerate(case.orders)
    )
    asked = replace(asked, tolerances=replace(asked.tolerances, quantity_under=D(1)))
    assert verify(replace(case, orders=less), asked).eligible <= verify(case, asked).eligible


@laws
@given(case=trades(), asked=terms_of_any_programme, amount=prices, names_receipt=st.booleans())
def test_another_credit_note_never_makes_more_eligible(
    case: TradeCase, asked: VerificationTerms, amount: Decimal, *, names_receipt: bool
) -> None:
    named = {"receipt": ("GR-1",)} if names_receipt else {}
    another = credit_note(str(amount), number="CN-9", references=named)
    more = replace(case, credit_notes=(*case.credit_notes, another))
    assert verify(more, asked).eligible <= verify(case, asked).eligible


@laws
@given(case=trades(), asked=terms_of_any_programme, shuffle=st.randoms(use_true_random=False))
def test_the_order_of_documents_and_lines_does_not_matter(
    case: TradeCase, asked: VerificationTerms, shuffle: Random
) -> None:
    def mixed(items: Sequence[T]) -> tuple[T, ...]:
        return tuple(shuffle.sample(items, len(items)))

    def with_lines_mixed(one: Filed) -> Filed:
        lines_mixed = mixed(one.document.lines)
        return replace(one, document=replace(one.document, lines=lines_mixed))

    other = replace(
        case,
        invoice=with_lines_mixed(case.invoice),
        orders=mixed(tuple(map(with_lines_mixed, case.orders))),
        receipts=mixed(tuple(map(with_lines_mixed, case.receipts))),
        credit_notes=mixed(case.credit_notes),
        approvals=mixed(case.approvals),
    )
    assert verify(other, asked) == verify(case, asked)


@laws
@given(case=trades(), second=lines(), asked=terms_of_any_programme)
def test_two_invoices_on_one_delivery_never_use_more_than_was_delivered(
    case: TradeCase, second: list[Line], asked: VerificationTerms
) -> None:
    first = verify(replace(case, credit_notes=()), asked)
    other = invoice(*second, number="INV-2", references={"order": ("PO-1", "PO-2")})
    consumed = first.uses
    last = verify(
        replace(case, invoice=other, credit_notes=(), approvals=(), consumed=consumed), asked
    )
    delivered = {
        (document.number, row.id): row.quantity or D(0)
        for document in (one.document for one in chain(case.receipts))
        for row in document.lines
    }
    both = {key: consumed.get(key, D(0)) + last.uses.get(key, D(0)) for key in consumed | last.uses}
    used = {(k.number, k.line): v for k, v in both.items() if k.kind is Kind.RECEIPT_ADVICE}
    assert all(quantity <= delivered[key] + D("0.00001") for key, quantity in used.items())
