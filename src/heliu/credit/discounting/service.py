"""Use cases of dynamic discounting: offer, price, accept and pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.books.ledger.api import Ledger
from heliu.credit.discounting import errors, postings, store
from heliu.credit.discounting.domain import DiscountOffer, EarlyPayment, priced
from heliu.credit.products.api import (
    LoanKind,
    LoanProduct,
    loan_product_history,
    loan_products_in_force,
)
from heliu.flows.intake.api import Filed, load_documents
from heliu.flows.screening.api import ClaimCommand, Receivable, claim, release
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.outbox import Fact, tell
from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer to pay a confirmed payable early.

    `invoice` and `approval` are kept documents: what the supplier billed, and what the buyer said
    he will pay. `annual_rate` is a fraction (0.06).
    """

    product: str
    invoice: Filed
    approval: Filed
    annual_rate: Decimal
    valid_until: date
    on: date


@dataclass(frozen=True, slots=True)
class Accept:
    """The supplier (USCC) takes an offer on a day."""

    offer_id: UUID
    supplier_uscc: str
    on: date


def offer(
    tx: Tx, actor: Actor, commands: Sequence[Offer], now: datetime
) -> list[DiscountOffer | Refusal]:
    """Make offers on confirmed payables, one outcome per command, in order.

    The same offer again answers as before. Refused: what the buyer has not confirmed, dates and
    rates that cannot be, a second and different offer on one payable.
    """
    shelf = {
        (code, on): version.product
        for on in {command.on for command in commands}
        for code, version in loan_products_in_force(
            tx, sorted({command.product for command in commands}), on
        ).items()
    }
    wanted = [_wanted(shelf.get((c.product, c.on)), c) for c in commands]
    new = [offered for offered in wanted if isinstance(offered, DiscountOffer)]
    before = store.offers(tx, [offered.id for offered in new])
    fresh = {o.id: o for o in reversed(new) if o.id not in before}
    store.add_offers(tx, actor, list(fresh.values()), now)
    # Read again: of two at once, the first one stands.
    kept = store.offers(tx, [offered.id for offered in new])
    made = [o for id_, o in fresh.items() if kept[id_] == o]
    tell(tx, [_offered(o, now) for o in made])
    record(tx, [Entry("discount_offer", o.id, _body(o)) for o in made])
    return [
        offered
        if isinstance(offered, Refusal) or kept[offered.id] == offered
        else errors.offered_otherwise(offered.payable_id)
        for offered in wanted
    ]


def _wanted(product: LoanProduct | None, command: Offer) -> DiscountOffer | Refusal:
    if product is None or product.kind is not LoanKind.EARLY_PAYMENT:
        return errors.no_product(command.product)
    approval, invoice = command.approval.document, command.invoice.document
    why = _unconfirmed(command)
    if why is not None:
        return errors.not_confirmed(command.invoice.id, why)
    due_on = approval.due_on or invoice.due_on
    if due_on is None or not command.on <= command.valid_until <= due_on:
        return errors.dates_impossible(command.on, due_on)
    assert approval.totals.payable is not None, "an approval says how much"
    amount = Money.rounded(approval.totals.payable, approval.currency or "")
    for span, said in (
        (product.bounds.annual_rate, command.annual_rate),
        (product.bounds.principal, amount.amount),
    ):
        if not said.is_finite() or not span.least <= said <= span.most:
            return errors.out_of_bounds(span.least, span.most)
    parties = (approval.buyer.tax_id or "", approval.seller.tax_id or "")
    return DiscountOffer(
        *(command.invoice.id, command.approval.id, product.code, product.version, *parties),
        *(amount, command.annual_rate, due_on, command.valid_until),
    )


def _unconfirmed(command: Offer) -> Text | None:
    """Why the approval is not the buyer's word on this invoice; None if it is."""
    approval, invoice = command.approval.document, command.invoice.document
    if not approval.accepted or approval.void:
        return Text("买方已拒绝", "it was rejected")
    if invoice.void or invoice.number not in approval.references.get("invoice", ()):
        return Text("确认的不是该发票", "another invoice was confirmed")
    if (invoice.seller.tax_id, invoice.buyer.tax_id) != (
        *(approval.seller.tax_id, approval.buyer.tax_id),
    ):
        return Text("买卖双方不符", "the parties differ")
    if approval.attributes.get("issuer") != approval.buyer.tax_id:
        return Text("确认不是买方作出", "somebody else than the buyer confirmed it")
    billed = invoice.totals.gross if invoice.totals.gross is not None else invoice.totals.payable
    payable = approval.totals.payable
    if payable is None or billed is None or not 0 < payable <= billed:
        return Text("确认金额超过发票金额", "more was confirmed than was billed")
    return (
        None if approval.currency == invoice.currency else Text("币种不符", "the currency differs")
    )


def quote(tx: Tx, offer_ids: Sequence[UUID], on: date) -> list[EarlyPayment | Refusal]:
    """What each offer pays if it is taken on `on`, one outcome each, in order; writes nothing."""
    made = store.offers(tx, offer_ids)
    paid = store.payments(tx, made)
    return [paid.get(id_) or _priced(made.get(id_), id_, on) for id_ in offer_ids]


def _priced(made: DiscountOffer | None, offer_id: UUID, on: date) -> EarlyPayment | Refusal:
    if made is None:
        return errors.no_offer(offer_id)
    if on > made.valid_until:
        return errors.offer_over(offer_id, made.valid_until)
    return priced(made, on)


def accept(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[Accept], now: datetime
) -> list[EarlyPayment | Refusal]:
    """Pay suppliers who take their offers, one outcome per command, in order.

    Claim, journal, payment and facts become true together. A receivable that is financed already,
    and a buyer without the cash, refuse their own command only. An offer that was taken answers
    with its payment again.
    """
    ledger.hold(tx)
    made = store.offers(tx, [command.offer_id for command in commands])
    outcomes: dict[UUID, EarlyPayment | Refusal] = dict(store.payments(tx, made))
    going: dict[UUID, EarlyPayment] = {}
    answers: list[EarlyPayment | Refusal | None] = []
    for command in commands:
        taken = made.get(command.offer_id)
        if taken is None or taken.supplier_uscc != command.supplier_uscc:
            answers.append(errors.no_offer(command.offer_id))
            continue
        answers.append(None)
        if taken.id not in outcomes and taken.id not in going:
            found = _priced(taken, taken.id, command.on)
            if isinstance(found, Refusal):
                outcomes[taken.id] = found
            else:
                going[taken.id] = found
    outcomes |= _claimed(tx, actor, [made[id_] for id_ in going], now)
    booked = _pay(tx, ledger, [(made[id_], p) for id_, p in going.items() if id_ not in outcomes])
    for id_, answer in booked.items():
        outcomes[id_] = answer.payment if isinstance(answer, store.Booked) else answer
    unpaid = [id_ for id_, answer in booked.items() if isinstance(answer, Refusal)]
    release(tx, unpaid, now)
    paid = [answer for answer in booked.values() if isinstance(answer, store.Booked)]
    store.add_payments(tx, actor, paid, now)
    tell(tx, [_paid(made[b.payment.offer_id], b, now) for b in paid])
    record(tx, [Entry("early_payment", b.payment.offer_id, _payment(b)) for b in paid])
    return [
        outcomes[command.offer_id] if answer is None else answer
        for command, answer in zip(commands, answers, strict=True)
    ]


def _claimed(
    tx: Tx, actor: Actor, offers: Sequence[DiscountOffer], now: datetime
) -> dict[UUID, EarlyPayment | Refusal]:
    """Claim the receivables; the refusals of those that are claimed already."""
    invoices = load_documents(tx, [offered.payable_id for offered in offers])
    commands = [
        ClaimCommand(Receivable.of(invoice), offered.id, now)
        for invoice, offered in zip(invoices, offers, strict=True)
    ]
    answers = claim(tx, actor, commands)
    return {
        offered.id: answer.refusal
        for offered, answer in zip(offers, answers, strict=True)
        if answer.refusal is not None
    }


def _pay(
    tx: Tx, ledger: Ledger, going: Sequence[tuple[DiscountOffer, EarlyPayment]]
) -> dict[UUID, store.Booked | Refusal]:
    # The version that was offered, whatever is in force today.
    versions = {
        (code, version.product.version): version.product
        for code in {offered.product for offered, _ in going}
        for version in loan_product_history(tx, code)
    }
    agreed = [(o, versions[o.product, o.product_version]) for o, _ in going]
    ids = postings.accounts(tx, ledger, agreed)
    transfers = [
        postings.early(offered, payment, product, ids)
        for (offered, product), (_, payment) in zip(agreed, going, strict=True)
    ]
    booked: dict[UUID, store.Booked | Refusal] = {}
    outcomes = ledger.post(tx, transfers)
    for (offered, payment), outcome in zip(going, outcomes, strict=True):
        refused = outcome.refusal
        booked[offered.id] = (
            store.Booked(payment, (outcome.key,))
            if refused is None
            else Refusal(refused.code, refused.reason, refused.cure)
        )
    return booked


def _body(offered: DiscountOffer) -> dict[str, object]:
    return {
        "payable": str(offered.payable_id),
        "approval": str(offered.approval_id),
        "product": f"{offered.product} v{offered.product_version}",
        "amount": offered.amount.minor,
        "currency": offered.amount.currency,
        "annual_rate": str(offered.annual_rate),
        "due_on": offered.due_on.isoformat(),
        "valid_until": offered.valid_until.isoformat(),
    }


def _payment(booked: store.Booked) -> dict[str, object]:
    payment = booked.payment
    return {
        "offer_id": str(payment.offer_id),
        "paid": payment.paid.minor,
        "discount": payment.discount.minor,
        "currency": payment.paid.currency,
        "on": payment.on.isoformat(),
        "transfers": [str(key) for key in booked.transfers],
    }


def _offered(offered: DiscountOffer, now: datetime) -> Fact:
    parties = [offered.buyer_uscc, offered.supplier_uscc]
    body = _body(offered) | {"offer_id": str(offered.id), "parties": parties}
    id_ = derived_id("fact", "discount-offered", str(offered.id))
    return Fact(id_, "credit.discount_offered.v1", body, now)


def _paid(offered: DiscountOffer, booked: store.Booked, now: datetime) -> Fact:
    parties = [offered.buyer_uscc, offered.supplier_uscc]
    id_ = derived_id("fact", "paid-early", str(offered.id))
    return Fact(id_, "credit.paid_early.v1", _payment(booked) | {"parties": parties}, now)
