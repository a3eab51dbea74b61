"""From cumulative amounts to journal rows: what must be booked is the target less what is. Pure.

A back-dated event or a reversal changes the whole fold; booking the difference of the folds makes
the books right without a repost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from heliu.credit.products.api import ACCRUED_FROM, Part, PostingRow, Postings, Scope


@dataclass(frozen=True, slots=True)
class Move:
    """One row to book: `amount` (> 0, minor units); `backwards` where the part shrank."""

    row: PostingRow
    amount: int
    backwards: bool

    @property
    def debit(self) -> str:
        """The role that is debited."""
        return self.row.credit if self.backwards else self.row.debit

    @property
    def credit(self) -> str:
        """The role that is credited."""
        return self.row.debit if self.backwards else self.row.credit


_NOTHING: Final = 0


def moves(postings: Postings, booked: Mapping[Part, int], target: Mapping[Part, int]) -> list[Move]:
    """What takes the books from `booked` to `target`, in the order it can be posted.

    Accrued parts are the end of day's. The loan's own account grows before it falls, and so does
    the customer's where one act does both, so that no floor is met on the way.
    """
    found = []
    for row in postings.rows:
        if row.part >= ACCRUED_FROM:
            continue
        change = target.get(row.part, _NOTHING) - booked.get(row.part, _NOTHING)
        if change:
            found.append(Move(row, abs(change), backwards=change < 0))

    def scope(role: str) -> Scope:
        return postings.accounts[role].scope

    pays_out = any(scope(move.credit) is Scope.FUNDS for move in found)

    def rank(move: Move) -> int:
        if scope(move.debit) is Scope.CONTRACT:
            return 0
        if scope(move.debit) is Scope.FUNDS:
            return 4 if pays_out else 1
        return 3 if scope(move.credit) is Scope.FUNDS else 2

    return sorted(found, key=rank)


def after(booked: Mapping[Part, int], target: Mapping[Part, int]) -> dict[Part, int]:
    """What is booked once the moves are: the target of every part acts book, without zeros."""
    known = {**booked, **target}
    return {part: amount for part, amount in known.items() if part < ACCRUED_FROM and amount}
