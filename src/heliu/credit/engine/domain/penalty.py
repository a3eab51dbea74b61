"""罚息 and 复利: what overdue principal and overdue interest cost, kept apart from the contract's.

Penalty runs on overdue principal and compound interest on overdue contractual interest (PBoC,
银发〔2003〕251号, art. 3; 人民币利率管理规定, art. 20-21), by days over the year of the day count,
from the due date to the day of payment. What is paid within the allowance bears none; what is not
bears them from its due date on. Neither runs on itself nor on money paid. Amounts: minor units.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from heliu.credit.engine.domain.daycount import days_of_year
from heliu.credit.engine.domain.rows import Row
from heliu.credit.engine.domain.terms import Terms

Units = tuple[int, int]  # amount-days of overdue principal and of overdue interest of a life


class Meter:
    """One of the two: its price a unit as a fraction, and what was paid of the cost."""

    __slots__ = ("_half", "_many", "_of", "paid")

    def __init__(self, rate: Decimal, year: int) -> None:
        many, of = rate.as_integer_ratio()
        self._many, self._half, self._of = 2 * many, of * year, 2 * of * year
        self.paid = 0

    def cost(self, units: int) -> int:
        """What `units` cost, rounded half up once."""
        return (units * self._many + self._half) // self._of

    def open(self, units: int) -> int:
        """What of it is not paid."""
        cost, paid = (units * self._many + self._half) // self._of, self.paid
        return cost - paid if cost > paid else 0


class Arrears:
    """The two meters of one loan while its events are played.

    They are read before money of a day is placed: between two readings what the rows owe stands
    still, so each adds what is open times the days since.
    """

    __slots__ = ("_allowance", "_on", "_units", "cleared", "compound", "penalty", "rows")

    def __init__(self, terms: Terms, rows: Sequence[Row]) -> None:
        """`rows` holds those that fell due and may be open; without penalty terms all is free."""
        agreed, year = terms.penalty, days_of_year(terms.day_count)
        self.penalty = Meter(agreed.penalty_rate if agreed else Decimal(0), year)
        self.compound = Meter(agreed.compound_rate if agreed else Decimal(0), year)
        self._allowance = agreed.allowance_days if agreed else 0
        self._units: Units = (0, 0)
        self._on = date.min  # the day of that reading
        self.cleared = self._units  # nothing was open when the meters stood there
        self.rows = rows

    def units(self, on: date) -> Units:
        """Amount-days up to the end of `on`; what is paid on that day changes nothing of them."""
        if not self.rows:
            return self._units
        principal, interest = self._units
        since, allowance = self._on, self._allowance
        for row in self.rows:
            due = row.due
            days, before = (on - due).days, (since - due).days
            if days <= allowance:
                days = 0
            if before > allowance:
                days -= before
            if not days:
                continue
            principal += (row.principal - row.principal_paid) * days
            interest += (row.interest - row.interest_paid) * days
        self._units, self._on = (principal, interest), on
        return self._units

    def enter(self, row: Row) -> None:
        """Before a row joins `rows`: an earlier day is known later, so it may be late already."""
        days = (self._on - row.due).days
        if days > self._allowance:
            principal, interest = self._units
            principal += (row.principal - row.principal_paid) * days
            interest += (row.interest - row.interest_paid) * days
            self._units = principal, interest
