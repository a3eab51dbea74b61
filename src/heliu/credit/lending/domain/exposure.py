"""Use of the limits: each growth of a contract's exposure is a reservation, each fall frees some.

Pure. The oldest reservation is freed first, so what is open follows from the signed changes alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Change:
    """How an event moved the exposure: + uses limits (as reservation `key`), - frees them."""

    key: UUID
    amount: int


def open_reservations(changes: Sequence[Change]) -> list[tuple[UUID, int]]:
    """(reservation, what is still used of it > 0) after all changes, oldest first, minor units."""
    result: list[tuple[UUID, int]] = []
    for change in changes:
        if change.amount > 0:
            result.append((change.key, change.amount))
        elif change.amount < 0:
            result = after(result, freed(result, -change.amount))
    return result


def freed(held: Sequence[tuple[UUID, int]], amount: int) -> list[tuple[UUID, int]]:
    """What each reservation gives back of `amount` (at most what is held), oldest first."""
    assert 0 <= amount <= sum(open_ for _, open_ in held), "no more is freed than is used"
    parts, left = [], amount
    for key, open_ in held:
        part = min(open_, left)
        left -= part
        if part:
            parts.append((key, part))
    return parts


def after(
    held: Sequence[tuple[UUID, int]], given_back: Sequence[tuple[UUID, int]]
) -> list[tuple[UUID, int]]:
    """What is held once `given_back` is gone."""
    gone = dict(given_back)
    left = [(key, open_ - gone.get(key, 0)) for key, open_ in held]
    return [(key, open_) for key, open_ in left if open_]
