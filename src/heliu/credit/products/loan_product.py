"""Loan products as data: eligibility, stages, bounds, a terms profile, and postings. Pure.

A product version never changes; every contract names the version it was opened on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Final

from heliu.credit.products.loan_product_eligibility import Input, rule_faults
from heliu.ground.text import Text


class LoanKind(StrEnum):
    """Whose money it is: the bank's, or the buyer's own paid early against a discount."""

    LOAN = "loan"
    EARLY_PAYMENT = "early_payment"


class Recourse(StrEnum):
    """Whom the bank turns to when the first payer fails."""

    OWN = "own"  # the borrower's own debt
    FULL = "full"  # back to the seller of the receivable
    NONE = "none"  # the bank bears the buyer's default
    BUY_BACK = "buy_back"  # the seller of the goods buys them back


class RepaidBy(StrEnum):
    """Who pays as a rule."""

    BORROWER = "borrower"
    OBLIGOR = "obligor"
    FLOW = "flow"


class Draws(StrEnum):
    """How often money may be drawn under one contract."""

    SINGLE = "single"
    TRANCHES = "tranches"
    REVOLVING = "revolving"


class Scope(StrEnum):
    """Whose account a role of the postings is."""

    CONTRACT = "contract"  # the loan's own, never below zero
    PRODUCT = "product"  # control account of the product and currency
    BANK = "bank"  # one of the bank and currency
    FUNDS = "funds"  # the account the act names: a customer's deposit, or the bank's nostro


class Part(IntEnum):
    """Cumulative amounts of a contract, booked as they grow; the number is the journal's code.

    Parts from ACCRUED_FROM on grow with time and are booked by the end of day; all others are
    booked by the act that moves them.
    """

    PRINCIPAL_DISBURSED = 201
    DISCOUNT_KEPT = 202
    PAID_OUT = 203
    FEES_CHARGED = 204
    RECEIVED = 205
    PRINCIPAL_REPAID = 206
    INTEREST_REPAID = 207
    PENALTY_REPAID = 208
    COMPOUND_REPAID = 209
    FEES_REPAID = 210
    OVERPAID = 211
    PRINCIPAL_WRITTEN_OFF = 212
    INTEREST_WRITTEN_OFF = 213
    PENALTY_WRITTEN_OFF = 214
    COMPOUND_WRITTEN_OFF = 215
    FEES_WRITTEN_OFF = 216
    RECOVERED = 217
    EARLY_PAID = 220
    INTEREST_ACCRUED = 230
    PENALTY_ACCRUED = 231
    COMPOUND_ACCRUED = 232
    DISCOUNT_EARNED = 233
    PROVISION = 234

    @property
    def word(self) -> str:
        """Its name in a product file."""
        return self.name.lower()


ACCRUED_FROM: Final = Part.INTEREST_ACCRUED
# What a clearing account passes on: the first part of each line is the sum of the others.
_PASSED_ON: Final = (
    (Part.PRINCIPAL_DISBURSED, (Part.DISCOUNT_KEPT, Part.PAID_OUT)),
    (
        Part.RECEIVED,
        (
            *(Part.PRINCIPAL_REPAID, Part.INTEREST_REPAID, Part.PENALTY_REPAID),
            *(Part.COMPOUND_REPAID, Part.FEES_REPAID, Part.OVERPAID, Part.RECOVERED),
        ),
    ),
)
_CLEARING: Final = "clearing"
EARLY_PAYMENT_PARTS: Final = frozenset({Part.EARLY_PAID})


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the papers.

    `advance_rate`: largest principal outstanding as a share of the papers' base value, None if the
    base value plays no part. `evidence`: kinds of paper named on entering.
    """

    stage: str
    name: Text
    draws: bool
    advance_rate: Decimal | None
    risk_weight: Decimal
    evidence: tuple[str, ...]
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Bounds, both included: major units or a fraction a year."""

    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """Bounds of the number of periods, both included."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a contract may ask for."""

    principal: Span
    annual_rate: Span
    periods: PeriodSpan


@dataclass(frozen=True, slots=True)
class Role:
    """An account of the postings: its type in the chart, and whose it is."""

    type: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One journal row of an accounting event: `part`'s growth moves from `credit` to `debit`."""

    event: str
    debit: str
    credit: str
    part: Part


@dataclass(frozen=True, slots=True)
class Postings:
    """The journal templates of a product: accounts by role, and one row for each part it books."""

    accounts: Mapping[str, Role]
    rows: tuple[PostingRow, ...]

    def row(self, part: Part) -> PostingRow | None:
        """The row that books `part`, if the product has it."""
        return next((row for row in self.rows if row.part is part), None)


@dataclass(frozen=True, slots=True)
class Parties:
    """What the borrower and the obligor (the buyer, if one pays) are in this trade."""

    borrower: Text
    obligor: Text | None


@dataclass(frozen=True, slots=True)
class Derecognition:
    """The seller's test of CAS 23 on a receivable that is sold."""

    standard: str
    seller_derecognises: bool
    reason: Text


class ReleaseRule(StrEnum):
    """Which pledged goods leave when principal is repaid."""

    BY_INSTRUCTION = "by_instruction"  # none by themselves: a person releases them
    PROPORTIONAL = "proportional"  # of every lot its share
    OLDEST_FIRST = "oldest_first"  # lot by lot, the longest in store first
    AS_NAMED = "as_named"  # the lots the payer names, in his order


@dataclass(frozen=True, slots=True)
class Collateral:
    """What secures a contract.

    `coverage`: least value over outstanding principal at a draw; `release`: what a payment frees.
    """

    kind: str
    coverage: Decimal | None
    release: ReleaseRule = ReleaseRule.BY_INSTRUCTION


@dataclass(frozen=True, slots=True)
class Entrusted:
    """受托支付: draws above `above` (major units; None: all) go to a payee whom papers name."""

    required: bool
    above: Decimal | None


@dataclass(frozen=True, slots=True)
class LoanProduct:
    """One immutable version of a loan product; `terms` as in its file (None: no loan is made)."""

    code: str
    version: int
    effective_from: date
    kind: LoanKind
    name: Text
    about: Text
    currencies: tuple[str, ...]
    parties: Parties
    repaid_by: RepaidBy
    recourse: Recourse
    derecognition: Derecognition | None
    collateral: Collateral
    eligibility: tuple[Input, ...]
    stages: tuple[Stage, ...]
    bounds: Bounds
    limits: tuple[str, ...]
    entrusted_payment: Entrusted
    terms: Mapping[str, Any] | None
    postings: Postings

    @property
    def draws(self) -> Draws:
        """How often money may be drawn."""
        return Draws(self.terms["draws"]) if self.terms else Draws.SINGLE

    def stage(self, code: str) -> Stage | None:
        """The stage of that code, if there is one."""
        return next((stage for stage in self.stages if stage.stage == code), None)


def contradictions(product: LoanProduct) -> list[str]:
    """What is well formed in a product but cannot be true, each with its place in the file."""
    return [
        *rule_faults(product.eligibility),
        *_of_bounds(product.bounds),
        *_of_stages(product.stages),
        *_of_terms(product),
        *_of_postings(product),
    ]


def _of_bounds(bounds: Bounds) -> list[str]:
    spans = {
        "principal": bounds.principal.least > bounds.principal.most,
        "annual_rate": bounds.annual_rate.least > bounds.annual_rate.most,
        "periods": bounds.periods.least > bounds.periods.most,
    }
    wrong = [f"bounds.{name}: least is above most" for name, crossed in spans.items() if crossed]
    if bounds.annual_rate.most > 1:
        wrong.append("bounds.annual_rate: a rate is a fraction a year, 0.0485 for 4.85 %")
    return wrong


def _of_stages(stages: Sequence[Stage]) -> list[str]:
    codes = [stage.stage for stage in stages]
    if len(set(codes)) < len(codes):
        return ["stages: a stage is named twice"]
    known = dict(zip(codes, stages, strict=True))
    wrong = [
        f"stages.{stage.stage}.next: there is no stage {code}"
        for stage in stages
        for code in stage.next
        if code not in known
    ]
    reached, way = set[str](), [codes[0]]
    while way:
        code = way.pop()
        if code in known and code not in reached:
            reached.add(code)
            way += known[code].next
    wrong += [f"stages.{c}: it is never reached from {codes[0]}" for c in codes if c not in reached]
    if not any(stage.draws for stage in stages):
        wrong.append("stages: in none of them may money be drawn")
    return wrong


def _of_terms(product: LoanProduct) -> list[str]:
    if (product.terms is None) != (product.kind is LoanKind.EARLY_PAYMENT):
        return ["terms: a loan has terms, an early payment has none"]
    wrong = []
    if product.terms is not None:
        balloon = product.terms["amortisation"] == "balloon"
        if balloon != ("balloon" in product.terms):
            wrong.append("terms.balloon: a balloon has its share, nothing else has one")
        wrong += _of_rate(product.terms)
    if product.repaid_by is RepaidBy.OBLIGOR and product.parties.obligor is None:
        wrong.append("repaid_by: there is no obligor to pay")
    frees = product.collateral.release is not ReleaseRule.BY_INSTRUCTION
    if frees and product.collateral.coverage is None:
        wrong.append("collateral.release: only what must be covered has goods to release")
    if product.entrusted_payment.above is not None and not product.entrusted_payment.required:
        wrong.append("entrusted_payment.above: it says from where on, but it is not required")
    return wrong


def _of_rate(terms: Mapping[str, Any]) -> list[str]:
    rate = terms.get("rate")
    if rate is None:
        return []
    wrong = []
    if Decimal(rate["spread"]["least"]) > Decimal(rate["spread"]["most"]):
        wrong.append("terms.rate.spread: least is above most")
    moves = rate["repricing"] != "fixed"
    if moves and (terms["amortisation"] == "discount" or terms["interest"] == "flat"):
        wrong.append("terms.rate.repricing: interest reckoned in advance cannot be set anew")
    return wrong


def _of_postings(product: LoanProduct) -> list[str]:
    postings = product.postings
    booked = [row.part for row in postings.rows]
    wrong = [
        f"postings.{row.event}: there is no account {role}"
        for row in postings.rows
        for role in (row.debit, row.credit)
        if role not in postings.accounts
    ]
    wrong += [
        f"postings.{row.event}: {row.debit} on both sides"
        for row in postings.rows
        if row.debit == row.credit
    ]
    wrong += [f"postings: {p.word} is booked twice" for p in {*booked} if booked.count(p) > 1]
    wanted = (
        EARLY_PAYMENT_PARTS
        if product.kind is LoanKind.EARLY_PAYMENT
        else frozenset(Part) - EARLY_PAYMENT_PARTS
    )
    wrong += [f"postings: nothing books {p.word}" for p in sorted(wanted - {*booked})]
    wrong += [f"postings: {p.word} has no place here" for p in sorted({*booked} - wanted)]
    own = [name for name, role in postings.accounts.items() if role.scope is Scope.CONTRACT]
    if product.kind is LoanKind.LOAN and own != ["principal"]:
        wrong.append("postings.accounts: the principal, and it alone, has an account of the loan")
    wrong += [
        f"postings.accounts.{role}: money would stay on the way"
        for role, account in postings.accounts.items()
        if account.type == _CLEARING and not _is_passage(role, postings.rows)
    ]
    return wrong


def _is_passage(role: str, rows: Sequence[PostingRow]) -> bool:
    """Whether what `role` takes in is what it gives out, whatever the contract does."""
    sides = {row.part: (row.debit == role) - (row.credit == role) for row in rows}
    for whole, parts in _PASSED_ON:
        flow = sides.pop(whole, 0)
        if any(sides.pop(part, 0) != -flow for part in parts if part is not whole):
            return False
    return not any(sides.values())
