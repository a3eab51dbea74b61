"""A publication of a benchmark, and a quote of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.ground.text import Text

# LPR is published each month on the 20th, some days later over holidays: an older quote says that
# a publication is missing here.
LONGEST_DAYS: Final = 40


@dataclass(frozen=True, slots=True)
class Publication:
    """What a benchmark was published at on a day: a fraction a year for each tenor.

    `checked` says where somebody read it in the official text; None: nobody did.
    """

    benchmark: str
    published_on: date
    quotes: Mapping[str, Decimal]
    source: Text
    checked: str | None

    @property
    def verified(self) -> bool:
        """Whether somebody read this in the official text."""
        return self.checked is not None


@dataclass(frozen=True, slots=True)
class Quote:
    """One tenor of a publication: `rate` is a fraction a year."""

    benchmark: str
    tenor: str
    published_on: date
    rate: Decimal
    verified: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A benchmark's tenor on a day."""

    benchmark: str
    tenor: str
    on: date
