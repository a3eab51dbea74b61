"""What the bank thinks of each kind of goods: haircuts by age, and when a price is not believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from heliu.ground.text import Text

WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class Haircut:
    """Goods stored for less than `under_days` lose `rate_bp` of their value."""

    under_days: int
    rate_bp: int


@dataclass(frozen=True, slots=True)
class GoodsPolicy:
    """How one kind of goods is lent on.

    `haircuts` rise with age; past the last one the goods are worth nothing to the bank. A price
    that moved more than `wild_bp` from the last good one is not believed before a person confirms
    it; one older than `stale_days` is old. Where there is a doubt, `doubt_bp` more is cut. Goods of
    `whole_units` (cars) leave piece by piece.
    """

    code: str
    name: Text
    unit: str
    haircuts: tuple[Haircut, ...]
    wild_bp: int
    stale_days: int
    doubt_bp: int
    whole_units: bool

    @property
    def step_milli(self) -> int:
        """The least quantity that can leave, in thousandths of the unit."""
        return 1000 if self.whole_units else 1

    def haircut_bp(self, stored_on: date, on: date) -> int:
        """Basis points cut off the value of goods stored on `stored_on`; all of it if too old."""
        age = (on - stored_on).days
        return next((cut.rate_bp for cut in self.haircuts if age < cut.under_days), WHOLE_BP)

    @property
    def keeps_days(self) -> int:
        """After how many days in store nothing is lent on the goods any more."""
        return self.haircuts[-1].under_days


@dataclass(frozen=True, slots=True)
class GoodsBook:
    """One released version of all goods policies, by code."""

    version: int
    policies: Mapping[str, GoodsPolicy]
