"""Door of the applications desk."""

from heliu.credit.applications.domain import Application, Receivable, receivable_of, requested
from heliu.credit.applications.service import Answer, Apply, Policy, apply
from heliu.credit.applications.store import (
    applications,
    find_receivables,
    payables_of,
    receivables_of,
    receivables_query,
)
from heliu.credit.applications.store import keep as keep_receivables
from heliu.credit.applications.store import latest as latest_applications
from heliu.credit.applications.store_staff import (
    Asked,
    Decided,
    Traded,
    count_receivables,
    search_receivables,
    traded_pairs,
)

__all__ = [
    "Answer",
    "Application",
    "Apply",
    "Asked",
    "Decided",
    "Policy",
    "Receivable",
    "Traded",
    "applications",
    "apply",
    "count_receivables",
    "find_receivables",
    "keep_receivables",
    "latest_applications",
    "payables_of",
    "receivable_of",
    "receivables_of",
    "receivables_query",
    "requested",
    "search_receivables",
    "traded_pairs",
]
