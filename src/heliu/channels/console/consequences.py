"""What a new version of a programme would mean: who is affected, and past decisions made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from heliu.credit.applications.api import (
    Asked,
    Receivable,
    latest_applications,
    requested,
    search_receivables,
)
from heliu.credit.products.api import Change, Programme, diff
from heliu.decisions.verdicts.api import Otherwise, Verdict, find, what_if
from heliu.ground.db import Tx
from heliu.ground.money import Money

LAST: Final = 30


@dataclass(frozen=True, slots=True)
class Again:
    """A past decision beside what it would come to; `too_long` is beyond the new longest tenor."""

    receivable: Receivable
    before: Verdict
    approved: bool
    amount: Money
    annual_rate: Decimal | None
    too_long: bool

    @property
    def changes(self) -> bool:
        """Whether it would come out otherwise."""
        before = (self.before.approved, self.before.amount, self.before.annual_rate)
        return self.too_long or before != (self.approved, self.amount, self.annual_rate)

    @property
    def more(self) -> Money:
        """How much more (or less) would be approved."""
        amount = Money(0, self.amount.currency) if self.too_long else self.amount
        return amount - self.before.amount


@dataclass(frozen=True, slots=True)
class Consequence:
    """The fields that change, suppliers that come and go, and the last decisions made again."""

    changes: Sequence[Change]
    joined: int
    left: int
    again: Sequence[Again]

    @property
    def changed(self) -> int:
        """How many of the decisions would come out otherwise."""
        return sum(one.changes for one in self.again)

    @property
    def more(self) -> int:
        """How much more would be approved in all, minor units."""
        return sum(one.more.minor for one in self.again)


def consequence(tx: Tx, old: Programme, new: Programme) -> Consequence:
    """What `new` changes against `old`, and for the last decisions under the programme.

    Loans that run keep their terms. What evidence would verify to under other requirements is not
    computed here: the eligible amounts are those that were found.
    """
    before = {one.uscc for one in old.suppliers}
    after = {one.uscc for one in new.suppliers}
    again = _again(tx, new)
    return Consequence(diff(old, new), len(after - before), len(before - after), again)


def _again(tx: Tx, new: Programme) -> list[Again]:
    owed = search_receivables(tx, Asked(programme=new.code), None, LAST)
    made = latest_applications(tx, [one.id for one in owed])
    pairs = [(one, made[one.id]) for one in owed if one.id in made]
    verdicts = {one.id: one for one in find(tx, [a.verdict_id for _, a in pairs])}
    asked = [
        Otherwise(
            application.verdict_id,
            requested(new, receivable),
            new.product.annual_rate,
            {"supplier_enrolled": new.supplier(receivable.supplier) is not None},
        )
        for receivable, application in pairs
    ]
    found = []
    for (receivable, application), outcome in zip(pairs, what_if(tx, asked), strict=True):
        due = receivable.due_on
        days = (due - application.decided_on).days if due else 0
        too_long = outcome.approved and days > new.product.max_tenor_days
        before = verdicts[application.verdict_id]
        told = (outcome.approved, outcome.amount, outcome.annual_rate)
        found.append(Again(receivable, before, *told, too_long))
    return found
