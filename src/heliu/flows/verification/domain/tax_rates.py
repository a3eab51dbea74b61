"""Which tax rate evidence allows each line of an invoice."""

from fractions import Fraction
from typing import Final

from heliu.flows.intake.api import TradeDocument
from heliu.flows.verification.domain.match import Matched

# An order's tax is rounded to the minor unit, so the rate it implies is a little off.
_SLACK: Final = Fraction(1, 1000)


def tax_rate(
    matched: Matched, document: TradeDocument, *, amount_approved: bool
) -> Fraction | None:
    """The tax rate evidence allows a line: stated, but no more than its order's tax implies.

    Without a stated rate the order's counts; without either, an approval of the amount vouches
    for the tax the invoice states. None: nothing supports any tax.
    """
    line, net = matched.line, Fraction(matched.line.net or 0)
    implied = [
        Fraction(order.line.tax) / Fraction(order.line.net)
        for order in matched.orders or ()
        if order.line.tax is not None and order.line.net
    ]
    stated = None if line.tax_rate is None else Fraction(line.tax_rate)
    if implied:
        ordered = max(Fraction(0), min(implied))
        return ordered if stated is None or stated > ordered + _SLACK else stated
    if stated is None and amount_approved and net > 0:
        if line.tax is not None:
            return min(Fraction(1), max(Fraction(0), Fraction(line.tax) / net))
        whole = Fraction(document.totals.net or 0)
        tax = Fraction(document.totals.tax or 0)
        return min(Fraction(1), max(Fraction(0), tax / whole)) if whole > 0 else None
    return stated
