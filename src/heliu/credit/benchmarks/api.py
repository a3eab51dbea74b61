"""Door of the benchmarks desk."""

from heliu.credit.benchmarks.domain import LONGEST_DAYS, Publication, Quote, Wanted
from heliu.credit.benchmarks.quote_file import read_publications
from heliu.credit.benchmarks.service import Moment, Taken, listed, quotes_on, take_in

__all__ = [
    "LONGEST_DAYS",
    "Moment",
    "Publication",
    "Quote",
    "Taken",
    "Wanted",
    "listed",
    "quotes_on",
    "read_publications",
    "take_in",
]
