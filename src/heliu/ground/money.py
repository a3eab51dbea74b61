"""Money as integer minor units, and the few ways it may be divided without losing a fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import total_ordering
from typing import Final

# ISO 4217 minor-unit exponents that differ from 2 (list of 2024-06-25).
_EXPONENTS: Final = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
MAX_MINOR: Final = 2**63 - 1
# Amounts never depend on the thread's decimal context: 19 digits of money times 41 of a factor.
EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum or comparison: a fault of the caller, never a business no."""


class Inexact(ValueError):
    """A decimal amount has more places than its currency has minor units."""


def exponent(currency: str) -> int:
    """How many decimal places one unit of `currency` has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True, eq=True)
class Money:
    """An amount in minor units (fen, cents) of one ISO 4217 currency. May be negative."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        assert type(self.minor) is int, "minor units are whole"
        assert -MAX_MINOR <= self.minor <= MAX_MINOR, "minor units fit a BIGINT"

    @classmethod
    def of(cls, amount: Decimal | str, currency: str = "CNY") -> "Money":
        """Money from a decimal amount in major units. Raises Inexact for a part of a fen."""
        scaled = Decimal(amount).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise Inexact(f"{amount} {currency} is finer than its minor unit")
        return cls(int(scaled), currency)

    @classmethod
    def rounded(
        cls, amount: Decimal, currency: str = "CNY", *, mode: str = ROUND_HALF_UP
    ) -> "Money":
        """Money from a decimal amount in major units, rounded by `mode` (a decimal constant)."""
        scaled = amount.scaleb(exponent(currency)).to_integral_value(rounding=mode)
        return cls(int(scaled), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:,.{exponent(self.currency)}f} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def times(self, factor: Decimal, *, mode: str) -> "Money":
        """This amount times `factor`, rounded to the minor unit by `mode`."""
        product = EXACT.multiply(Decimal(self.minor), factor)
        return Money(int(product.to_integral_value(rounding=mode)), self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Parts in proportion to `weights` (>= 0, sum > 0); spare fen go to the largest remainders.

        The parts sum to the whole, always (largest-remainder method; ties to the earlier part).
        """
        total = sum(weights)
        assert total > 0, "someone must carry the amount"
        assert all(weight >= 0 for weight in weights), "weights are not negative"
        floors = [self.minor * weight // total for weight in weights]
        spare = self.minor - sum(floors)
        by_remainder = sorted(
            range(len(weights)), key=lambda i: (-(self.minor * weights[i] % total), i)
        )
        for index in by_remainder[:spare]:
            floors[index] += 1
        assert sum(floors) == self.minor
        return [Money(part, self.currency) for part in floors]

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{other.currency} met {self.currency}")
        return other.minor
