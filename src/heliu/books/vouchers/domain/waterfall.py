"""Redemption waterfall: how the issuer's cash is spread over the live fragments of one voucher.

All fragments rank alike: they are parts of one claim. A payment is spread in proportion to what is
open on each, spare fen go to the largest remainders, ties to the fragment born first. A frozen
fragment's share stays with the issuer until it is unfrozen: nobody else gets it. A pledgee is paid
before the holder, up to what its pledge secures (Civil Code of the PRC, art. 445 and 446 with 425).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Claim:
    """A live fragment: open on it (> 0), its holder, its pledgee and what he may still get."""

    fragment: UUID
    open: int
    holder: str
    frozen: bool = False
    pledgee: str | None = None
    secured: int = 0


@dataclass(frozen=True, slots=True)
class Payout:
    """`amount` (> 0, minor units) to `payee` for a fragment."""

    fragment: UUID
    payee: str
    amount: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Who gets what, in order of birth, and what stays with the issuer for frozen fragments."""

    payouts: tuple[Payout, ...]
    withheld: int


def spread(cash: int, claims: Sequence[Claim]) -> Spread:
    """Spread `cash` (0 < cash <= what is open) over `claims`, given in order of birth."""
    opened = [claim.open for claim in claims]
    assert 0 < cash <= sum(opened), "no more is paid than is open"
    shares = [share.minor for share in Money(cash).split(opened)]
    payouts: list[Payout] = []
    withheld = 0
    for claim, share in zip(claims, shares, strict=True):
        assert share <= claim.open, "no fragment is overpaid"
        if claim.frozen:
            withheld += share
            continue
        secured = min(share, claim.secured) if claim.pledgee is not None else 0
        parts = ((claim.pledgee or "", secured), (claim.holder, share - secured))
        payouts += [Payout(claim.fragment, payee, part) for payee, part in parts if part]
    assert sum(p.amount for p in payouts) + withheld == cash, "no fen is created or lost"
    return Spread(tuple(payouts), withheld)
