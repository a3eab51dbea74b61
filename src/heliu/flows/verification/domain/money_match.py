"""The sums of an invoice: what its lines, allowances, tax and prepayments really add up to.

Amounts are exact fractions of minor units until the end; what is supported is rounded down. The
difference between the stated and the supported payable is explained to the last minor unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from heliu.flows.intake.api import Filed, Line, TradeDocument
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim, failed, passed
from heliu.flows.verification.domain.findings import Finding, cite
from heliu.flows.verification.domain.quantities import net_of
from heliu.ground.money import Money, exponent

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Payable:
    """The payable as stated (may be negative) and as supported (>= 0), spread over the lines."""

    invoiced: Money
    supported: Money
    shares: tuple[Money, ...]
    claims: tuple[CheckedClaim, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Sums:
    """The invoice's own arithmetic in minor units.

    `rated_tax` is what the rates give on the amounts after allowances; `tax` the lesser of it and
    the stated tax, the stated one within tolerance.
    """

    stated: Fraction | None
    derived: Fraction | None
    lines: Fraction
    charges: Fraction
    unnamed_allowance: Fraction
    net: Fraction
    stated_tax: Fraction
    rated_tax: Fraction
    tax: Fraction
    prepaid: Fraction
    not_deducted: Fraction

    @property
    def computed(self) -> Fraction:
        """What lines less allowances, with tax and less prepayments, add up to (>= 0)."""
        return max(ZERO, self.net + self.tax - self.prepaid)


def payable_of(
    invoice: Filed,
    lines: Sequence[Line],
    rates: Sequence[Fraction | None],
    currency: str,
    tolerance: int,
) -> Payable:
    """What an invoice's sums support. `rates` are the tax rates that evidence allows per line.

    `tolerance` is in minor units. Document allowances lower every line in proportion; charges
    are left out: they were neither ordered nor received as goods.
    """
    sums = _sums(invoice.document, lines, rates, Fraction(10) ** exponent(currency), tolerance)
    stated = sums.stated if sums.stated is not None else sums.derived
    invoiced = Money((stated or ZERO).__floor__(), currency)
    excess = (stated or ZERO) - sums.computed
    cut = (excess if excess > tolerance else ZERO).__ceil__()
    supported = Money(max(0, invoiced.minor - cut), currency)
    taken_off = Money(max(0, invoiced.minor) - supported.minor, currency)
    claims = _claims(invoice, sums, invoiced, taken_off)
    return Payable(
        invoiced,
        supported,
        tuple(supported.split(_weights(lines, rates))),
        claims,
        tuple(_notices(invoice, sums, invoiced, tolerance)),
    )


def _sums(
    document: TradeDocument,
    lines: Sequence[Line],
    rates: Sequence[Fraction | None],
    scale: Fraction,
    tolerance: int,
) -> _Sums:
    totals = document.totals
    nets = [(net_of(line) or ZERO) * scale for line in lines]
    # A negative charge, allowance or prepayment is not believed: it could only raise the sum.
    charges = max(ZERO, Fraction(totals.charges or 0))
    allowances = max(ZERO, Fraction(totals.allowances or 0))
    line_sum = sum(nets, ZERO)
    unnamed = ZERO
    if totals.net is not None:
        named = line_sum + (charges - allowances) * scale
        unnamed = max(ZERO, named - Fraction(totals.net) * scale)
    net = line_sum - allowances * scale - unnamed
    on_lines = sum(
        ((rate or ZERO) * amount for rate, amount in zip(rates, nets, strict=True)), ZERO
    )
    rated_tax = max(ZERO, on_lines * net / line_sum) if line_sum > 0 else ZERO
    stated_tax = _stated_tax(document) * scale
    tax = stated_tax if stated_tax - rated_tax <= tolerance else rated_tax
    prepaid = max(ZERO, Fraction(totals.prepaid or 0)) * scale
    stated = None if totals.payable is None else Fraction(totals.payable) * scale
    gross = scale * Fraction(totals.gross) if totals.gross is not None else net + stated_tax
    owed = gross + charges * scale * (totals.gross is None) - prepaid
    derived = owed if gross or totals.gross is not None else None
    return _Sums(
        stated,
        derived,
        line_sum,
        charges * scale,
        unnamed,
        net,
        stated_tax,
        rated_tax,
        tax,
        prepaid,
        min(prepaid, max(ZERO, (stated or ZERO) - owed)),
    )


def _stated_tax(document: TradeDocument) -> Fraction:
    totals = document.totals
    if totals.tax is not None:
        return Fraction(totals.tax)
    if totals.gross is not None and totals.net is not None:
        return Fraction(totals.gross) - Fraction(totals.net)
    return sum((Fraction(line.tax or 0) for line in document.lines), ZERO)


def _weights(lines: Sequence[Line], rates: Sequence[Fraction | None]) -> list[int]:
    """Each line's part in the payable: its amount with tax; discount lines carry nothing."""
    scale = 10**12  # amounts are no finer than this (see evidence.implausible)
    weights = [
        max(0, ((net_of(line) or ZERO) * (1 + (rate or ZERO)) * scale).__floor__())
        for line, rate in zip(lines, rates, strict=True)
    ]
    return weights if any(weights) else [1] * len(lines)


def _claims(invoice: Filed, sums: _Sums, invoiced: Money, cut: Money) -> tuple[CheckedClaim, ...]:
    """The four claims of the sums; the cut is told in their order, each up to its own room."""
    place, here = invoice.document.place, (cite(invoice),)
    over_tax = sums.stated_tax - sums.tax
    tax_code = "tax.exceeds_base" if sums.tax else "tax.unverifiable"
    facts = {
        "stated": _show(sums.stated_tax, invoiced),
        "computed": _show(sums.tax, invoiced),
    }
    rooms = (
        (Claim.CHARGES, "charges.unsupported", sums.charges),
        (Claim.TAX, tax_code, over_tax),
        (Claim.PREPAID, "prepaid.not_deducted", sums.not_deducted),
        (Claim.PAYABLE, "payable.exceeds_lines", Fraction(cut.minor)),
    )
    claims, left = [], cut.minor
    for claim, code, room in rooms:
        part = min(left, max(0, room.__ceil__()))
        left -= part
        if part:
            effect = Money(part, invoiced.currency)
            claims.append(failed(claim, place, finding(code, here, facts, effect=effect)))
        elif claim is Claim.PAYABLE:
            claims.append(_payable_claim(invoice, sums))
        else:
            claims.append(passed(claim, place, here))
    assert left == 0, "every fen of the cut is explained"
    return tuple(claims)


def _payable_claim(invoice: Filed, sums: _Sums) -> CheckedClaim:
    place, here = invoice.document.place, (cite(invoice),)
    if sums.stated is not None:
        return passed(Claim.PAYABLE, place, here)
    if sums.derived is not None:
        return passed(Claim.PAYABLE, place, here, into=Bin.OPTIONAL)
    missing = finding("payable.missing", here)
    return failed(Claim.PAYABLE, place, missing, into=Bin.UNVERIFIABLE_REQUIRED)


def _notices(invoice: Filed, sums: _Sums, invoiced: Money, tolerance: int) -> list[Finding]:
    here, found = (cite(invoice),), []
    below = sums.computed - invoiced.minor
    if sums.stated is None and sums.derived is not None:
        found.append(finding("payable.derived", here, {"amount": invoiced}))
    if sums.unnamed_allowance > tolerance:
        amount = _show(sums.unnamed_allowance, invoiced)
        found.append(finding("allowance.implied", here, {"amount": amount}))
    if below > max(tolerance, 1) and invoiced.minor > 0:
        found.append(finding("payable.below_lines", here, {"amount": _show(below, invoiced)}))
    if sums.rated_tax - sums.stated_tax > tolerance:
        facts = {
            "stated": _show(sums.stated_tax, invoiced),
            "computed": _show(sums.rated_tax, invoiced),
        }
        found.append(finding("tax.below_base", here, facts))
    return found


def _show(minor: Fraction, like: Money) -> Money:
    """An amount for people: rounded half to even to the minor unit."""
    return Money(round(minor), like.currency)
