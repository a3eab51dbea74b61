"""What regulation says of entrusted payment, as dated data with its source.

A provision nobody has verified against the published text is marked so; in the production profile
it blocks (HOUSE rule: regulation is dated data, unverified regulation fails closed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.orders.domain.entrusted import EntrustedRule


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule of law in force from `effective_from` on; `verified_by` names who read the text."""

    rule: EntrustedRule
    effective_from: date
    source: str
    verified_by: str | None

    def governs(self, amount: Money) -> bool:
        """Whether it asks for a named payee at `amount`; it speaks of its own currency only."""
        above = self.rule.above
        return (above is None or above.currency == amount.currency) and self.rule.asks(amount)

    def blocks(self, amount: Money) -> bool:
        """Whether, in production, it stops `amount`: it governs it and nobody verified it."""
        return self.verified_by is None and self.governs(amount)


# The threshold is the one commonly cited for a named payee and a single payment; the measure also
# asks for it where the relation is new and the credit ordinary, which programmes say themselves.
PROVISIONS: Final = (
    Provision(
        EntrustedRule(required=True, above=Money.of("10000000")),
        date(2024, 7, 1),
        "流动资金贷款管理办法 (国家金融监督管理总局令2024年第2号)",
        verified_by=None,
    ),
)


def provision_on(on: date, provisions: Sequence[Provision] = PROVISIONS) -> Provision | None:
    """The provision in force on `on`: the latest that has begun."""
    begun = [p for p in provisions if p.effective_from <= on]
    return max(begun, key=lambda p: p.effective_from, default=None)


def stricter(rule: EntrustedRule, provision: Provision | None, amount: Money) -> EntrustedRule:
    """The programme's rule, or the law's where that asks and the programme does not."""
    if provision is None or rule.asks(amount) or not provision.governs(amount):
        return rule
    return provision.rule


def unverified(provision: Provision) -> Refusal:
    """In production a provision that nobody verified stops what it governs."""
    return Refusal(
        "entrusted.law_unverified",
        Text(
            f"该支付适用的规定尚未核实: {provision.source}",
            f"the regulation that governs this payment is not verified: {provision.source}",
        ),
        Text("由合规人员核对原文后登记核实人", "compliance checks the text and records who did"),
    )
