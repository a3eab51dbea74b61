"""罚息 and 复利: what overdue principal and overdue interest cost, kept apart from the contract's.

Penalty runs on overdue principal and compound interest on overdue contractual interest (PBoC,
银发〔2003〕251号, art. 3; 人民币利率管理规定, art. 20-21), by days over the year of the day count,
from the due date to the day of payment. What is paid within the allowance bears none; what is not
bears them from its due date on. Neither runs on itself nor on money paid. Amounts: minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from heliu.credit.engine.domain.daycount import days_of_year
from heliu.credit.engine.domain.rows import Component, Row
from heliu.credit.engine.domain.terms import Terms
from heliu.ground.money import EXACT


@dataclass(slots=True)
class Meter:
    """One of the two: amount-days of what is no longer overdue, and what was paid of the cost."""

    rate: Decimal
    units: int = 0
    paid: int = 0


@dataclass(slots=True)
class Arrears:
    """The two meters of one loan while its events are played."""

    year: int
    allowance: int
    penalty: Meter
    compound: Meter
    rows: Sequence[Row] = field(default_factory=list)

    def settle(self, row: Row, component: Component, amount: int, on: date) -> None:
        """`amount` of a row's principal or interest was paid (or ceased to be owed) on `on`."""
        days = self._days(row, on)
        if component is Component.PRINCIPAL:
            self.penalty.units += amount * days
        elif component is Component.INTEREST:
            self.compound.units += amount * days

    def units(self, on: date) -> tuple[int, int]:
        """Amount-days of overdue principal and of overdue interest up to the end of `on`."""
        principal, interest = self.penalty.units, self.compound.units
        for row in self.rows:
            if row.due >= on:
                continue
            days = self._days(row, on)
            principal += max(0, row.principal - row.principal_paid) * days
            interest += max(0, row.interest - row.interest_paid) * days
        return principal, interest

    def accrued(self, on: date) -> tuple[int, int]:
        """罚息 and 复利 of the whole life up to the end of `on`, each rounded half up once."""
        principal, interest = self.units(on)
        return self._cost(self.penalty, principal), self._cost(self.compound, interest)

    def open(self, on: date) -> tuple[int, int]:
        """What of them is not paid."""
        penalty, compound = self.accrued(on)
        return max(0, penalty - self.penalty.paid), max(0, compound - self.compound.paid)

    def _days(self, row: Row, on: date) -> int:
        late = (on - row.due).days
        return late if late > self.allowance else 0

    def _cost(self, meter: Meter, units: int) -> int:
        exact = EXACT.divide(EXACT.multiply(Decimal(units), meter.rate), Decimal(self.year))
        return int(exact.to_integral_value(rounding=ROUND_HALF_UP))


def arrears_of(terms: Terms, rows: Sequence[Row]) -> Arrears:
    """The meters of a loan; without penalty terms they stand still."""
    agreed = terms.penalty
    penalty, compound, allowance = Decimal(0), Decimal(0), 0
    if agreed is not None:
        penalty, compound = agreed.penalty_rate, agreed.compound_rate
        allowance = agreed.allowance_days
    year = days_of_year(terms.day_count)
    return Arrears(year, allowance, Meter(penalty), Meter(compound), rows)
