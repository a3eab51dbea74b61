"""Door of the products desk."""

from heliu.credit.products.changes import Change, diff
from heliu.credit.products.domain import (
    DayCount,
    Enrolled,
    EntrustedPayment,
    Product,
    ProductKind,
    Programme,
    interest,
)
from heliu.credit.products.programme_file import ProgrammeFile, parse_programme, read_programme
from heliu.credit.products.service import (
    Version,
    digest,
    history,
    in_force,
    programmes,
    propose_programme,
    release_programme,
    release_programmes,
)

__all__ = [
    "Change",
    "DayCount",
    "Enrolled",
    "EntrustedPayment",
    "Product",
    "ProductKind",
    "Programme",
    "ProgrammeFile",
    "Version",
    "diff",
    "digest",
    "history",
    "in_force",
    "interest",
    "parse_programme",
    "programmes",
    "propose_programme",
    "read_programme",
    "release_programme",
    "release_programmes",
]
