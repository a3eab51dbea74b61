"""Door of the products desk."""

from heliu.credit.products.domain import (
    DayCount,
    Enrolled,
    Product,
    ProductKind,
    Programme,
    interest,
)
from heliu.credit.products.programme_file import ProgrammeFile, read_programme
from heliu.credit.products.service import digest, programmes, release_programmes

__all__ = [
    "DayCount",
    "Enrolled",
    "Product",
    "ProductKind",
    "Programme",
    "ProgrammeFile",
    "digest",
    "interest",
    "programmes",
    "read_programme",
    "release_programmes",
]
