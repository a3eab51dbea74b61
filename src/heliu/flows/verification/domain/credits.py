"""Credit notes and red letters: what they take off before financing, and dilution afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from heliu.flows.intake.api import Filed, TradeDocument
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.evidence import implausible
from heliu.flows.verification.domain.findings import Finding, cite
from heliu.ground.money import Money, exponent


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit note that counts: its amount (>= 0) with tax, and whether it names a receipt."""

    filed: Filed
    amount: Money
    settles: bool

    @property
    def on(self) -> date:
        """Its date; an undated credit note counts as the latest."""
        return self.filed.document.issued_on or date.max


@dataclass(frozen=True, slots=True)
class Dilution:
    """What credit notes after financing took off the receivable.

    `diluted`: credited since, at most what was owed. `collectable`: what the buyer still owes.
    `shortfall`: financed beyond that; the supplier owes it back.
    """

    diluted: Money
    collectable: Money
    shortfall: Money


def credits_of(
    case: TradeCase, receipts: Sequence[Filed], currency: str
) -> tuple[list[Credit], list[Finding]]:
    """The credit notes of a case that are not void, in the order of their dates.

    One number counts once, with its largest amount. Without an amount, or in another currency,
    a credit note blocks: nobody knows what is left.
    """
    numbers = {filed.document.number for filed in receipts}
    counted: dict[str, Credit] = {}
    found: list[Finding] = []
    for filed in sorted(case.credit_notes, key=lambda filed: filed.id):
        document = filed.document
        if document.void:
            continue
        code = _fault(document, currency)
        if code is not None:
            found.append(finding(code, (cite(filed),), {"number": document.number}))
            continue
        minor = credited(document) or Decimal(0)
        amount = Money((Fraction(minor) * 10 ** exponent(currency)).__ceil__(), currency)
        credit = Credit(filed, amount, bool(numbers & set(document.references.get("receipt", ()))))
        known = counted.get(document.number)
        if known is None or (known.amount < amount):
            counted[document.number] = credit
    return sorted(counted.values(), key=lambda c: (c.on, c.filed.document.number)), found


def credited(document: TradeDocument) -> Decimal | None:
    """The amount a credit note takes off, tax included and positive; None if it states none."""
    totals = document.totals
    for stated in (totals.payable, totals.gross):
        if stated is not None:
            return abs(stated)
    if totals.net is not None:
        return abs(totals.net) + abs(totals.tax or Decimal(0))
    lines = [line for line in document.lines if line.net is not None]
    amounts = [abs(line.net or Decimal(0)) + abs(line.tax or Decimal(0)) for line in lines]
    return sum(amounts, Decimal(0)) if amounts else None


def _fault(document: TradeDocument, currency: str) -> str | None:
    if document.currency is not None and document.currency != currency:
        return "credit_note.other_currency"
    if implausible(document) or credited(document) is None:
        return "credit_note.no_amount"
    return None


def settle_shortage(notes: Sequence[Credit], shortage: Money) -> list[tuple[Credit, Money]]:
    """Each credit note with what remains to deduct of it, once the shortage is settled.

    `shortage` is what missing goods have already taken off the amount. A credit note that names
    the receipt settles the shortage it reports, so that part is not deducted twice; any other
    remains in full: what it credits may have been received.
    """
    remaining = []
    for note in notes:
        settled = min(note.amount, shortage) if note.settles else Money(0, shortage.currency)
        shortage -= settled
        remaining.append((note, note.amount - settled))
    return remaining


def deduct(amount: Money, notes: Sequence[tuple[Credit, Money]]) -> tuple[Money, list[Finding]]:
    """Take what remains of each credit note off `amount`, down to zero."""
    found = []
    for note, remaining in notes:
        part = min(amount, remaining)
        amount -= part
        here, number = (cite(note.filed),), note.filed.document.number
        if remaining < note.amount:
            found.append(finding("credit_note.settles_shortage", here, {"number": number}))
        if part.minor:
            facts = {"number": number, "amount": note.amount}
            found.append(finding("credit_note.reduces", here, facts, effect=part))
    return amount, found


def remarks(
    case: TradeCase, notes: Sequence[Credit], invoiced: Money, received: Fraction | None
) -> Iterator[Finding]:
    """What is odd about the credit notes. `received` is a quantity, None if none is known."""
    total = sum((credit.amount for credit in notes), Money(0, invoiced.currency))
    evidence = tuple(cite(credit.filed) for credit in notes)
    if total > invoiced:
        yield finding("credit_note.exceeds_invoice", evidence)
    told = [r.document.issued_on for r in case.remittances if r.document.issued_on]
    for credit in notes:
        document, here = credit.filed.document, (cite(credit.filed),)
        quantity = sum((abs(Fraction(line.quantity or 0)) for line in document.lines), Fraction(0))
        if received is not None and quantity > received:
            facts = {"number": document.number, "credited": quantity, "received": received}
            yield finding("credit_note.exceeds_receipt", here, facts)
        if told and credit.on > min(told):
            yield finding("credit_note.after_remittance", here, {"number": document.number})
        totals, lines = document.totals, [line.net for line in document.lines]
        line_sum = sum((abs(net or Decimal(0)) for net in lines), Decimal(0))
        if totals.net is not None and not totals.allowances and abs(totals.net) < line_sum:
            yield finding("credit_note.allowance_unstated", here, {"number": document.number})


def dilution(
    case: TradeCase, owed: Money, financed: Money, known: frozenset[UUID] = frozenset()
) -> Dilution:
    """What credit notes since the financing did to a receivable of which `owed` was eligible.

    `financed` is what is still outstanding on it; `known` are the credit notes that the verdict
    had already taken off. A new one without a usable amount dilutes the whole: fail closed.
    """
    told = tuple(filed for filed in case.credit_notes if filed.id in known)
    before, _ = credits_of(replace(case, credit_notes=told), (), owed.currency)
    after, faults = credits_of(case, (), owed.currency)
    nothing = Money(0, owed.currency)
    total = sum((c.amount for c in after), nothing) - sum((c.amount for c in before), nothing)
    diluted = owed if faults else min(owed, total)
    collectable = owed - diluted
    return Dilution(diluted, collectable, max(financed - collectable, nothing))
