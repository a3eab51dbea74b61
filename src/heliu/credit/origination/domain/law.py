"""What law says of a loan on a date: tenors, caps, and who must be paid. Pure.

Every threshold is read from the dated rules; what was read is cited in the decision.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from heliu.credit.origination import errors
from heliu.credit.origination.domain.filing import Filing, Manner, ReasonLine
from heliu.credit.origination.domain.requirements import Law, Requirements
from heliu.credit.regulation.api import Rule, Rules
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What the bank already has with a borrower, as its loan book says.

    `outstanding` is what is owed, and drawable under contracts; `opened` are the applications those
    contracts came from, so that none counts twice. `existing`: the borrower has borrowed here.
    """

    outstanding: Money
    existing: bool
    opened: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Reading:
    """The dated rules as they are read: each one that is used is remembered, once, in order.

    An amount read for a loan in another currency than yuan raises `origination.currency`: law
    names yuan, and nobody converts here.
    """

    rules: Rules
    used: dict[str, Rule] = field(default_factory=dict)

    def whole(self, rule_id: str) -> int:
        """See `Rules.whole`."""
        self.used[rule_id] = self.rules.get(rule_id)
        return self.rules.whole(rule_id)

    def amount(self, rule_id: str, currency: str) -> Money:
        """See `Rules.amount`."""
        self.used[rule_id] = self.rules.get(rule_id)
        found = self.rules.amount(rule_id)
        if found.currency != currency:
            raise errors.currency(rule_id, currency)
        return found

    def policy_amount(self, rule_id: str) -> Money:
        """An amount of the bank's own policy, to be compared by whoever knows the currency."""
        self.used[rule_id] = self.rules.get(rule_id)
        return self.rules.amount(rule_id)

    def word(self, rule_id: str) -> str:
        """See `Rules.word`."""
        self.used[rule_id] = self.rules.get(rule_id)
        return self.rules.word(rule_id)

    def cited(self) -> tuple[dict[str, object], ...]:
        """Every rule that was used, as it is kept with the decision."""
        return tuple(rule.plain() for rule in self.used.values())


def needed_rules(asked: Requirements) -> tuple[str, ...]:
    """Every rule of law that an application under these requirements will be held against."""
    found = [rule_id for law in asked.laws for rule_id in _RULES[law]]
    if "beneficial_owners" in asked.kyb:
        found.append("kyb.beneficial_owner_share")
    if asked.credit_report:
        found.append("credit_report.consent")
    if asked.searches:
        found += ["registry.term_min", "registry.term_max"]
    return tuple(found)


def months_after(start: date, months: int) -> date:
    """The same day `months` later, or the last day of that month if it has none."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def against_law(
    filing: Filing, laws: tuple[Law, ...], standing: Standing, reading: Reading
) -> list[ReasonLine]:
    """Why law forbids this loan; empty if it does not. Raises what `Rules.get` raises."""
    found = [no for law in laws for no in _forbidden(filing, law, standing, reading)]
    return [ReasonLine(one.code, one.reason, one.cure) for one in found]


def manner_of(
    filing: Filing, laws: tuple[Law, ...], amount: Money, reading: Reading, *, ordinary: bool
) -> Manner:
    """How `amount` must be paid out. `ordinary`: a new borrower whose credit is but ordinary."""
    for law in laws:
        if law is Law.WORKING_CAPITAL:
            above = reading.amount("entrusted.single_payment_above", amount.currency)
            new = reading.word("entrusted.new_borrower_ordinary_credit") == "required"
            if (filing.payee is not None and amount > above) or (new and ordinary):
                return Manner.ENTRUSTED
        elif law is not Law.VOUCHER and amount > reading.amount(
            f"{law}.self_payment_max", amount.currency
        ):
            return Manner.ENTRUSTED
    return Manner.SELF


def _tenor(filing: Filing, rule_id: str, reading: Reading) -> list[Refusal]:
    most, on = reading.whole(rule_id), reading.rules.on
    if on + timedelta(filing.tenor_days) <= months_after(on, most):
        return []
    return [errors.tenor_too_long(rule_id, most)]


def _forbidden(filing: Filing, law: Law, standing: Standing, reading: Reading) -> list[Refusal]:
    match law:
        case Law.WORKING_CAPITAL:
            return _tenor(filing, "working_capital.tenor_max", reading)
        case Law.CONSUMER:
            cap = reading.amount("consumer.person_cap", filing.amount.currency)
            over = filing.amount + standing.outstanding > cap
            tenor = _tenor(filing, "consumer.bullet_tenor_max", reading)
            return [errors.person_cap(cap), *tenor] if over else tenor
        case Law.PERSONAL_BUSINESS:
            return []
        case Law.VOUCHER:
            return _tenor(filing, "voucher.tenor_max", reading)
        case _:
            assert_never(law)


_RULES = {
    Law.WORKING_CAPITAL: (
        "working_capital.tenor_max",
        "entrusted.single_payment_above",
        "entrusted.new_borrower_ordinary_credit",
    ),
    Law.CONSUMER: (
        "consumer.person_cap",
        "consumer.bullet_tenor_max",
        "consumer.self_payment_max",
    ),
    Law.PERSONAL_BUSINESS: ("personal_business.self_payment_max",),
    Law.VOUCHER: ("voucher.tenor_max",),
}
