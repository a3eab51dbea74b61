"""Door of the console desk."""

from heliu.channels.console import (
    routes_case,
    routes_cases,
    routes_decisions,
    routes_documents,
    routes_eod,
    routes_exports,
    routes_firms,
    routes_ledger,
    routes_people,
    routes_programmes,
    routes_receivables,
    routes_rules,
    routes_wall,
)
from heliu.channels.console.case_words import send_due
from heliu.channels.console.desk import pages
from heliu.channels.console.eod import CASES, CLOSE_DAY, PLACE_OF, PLAN, PREPARE
from heliu.channels.console.exports import WORKS

# What a page answers is registered when its module is read.
_READ = (
    routes_case,
    routes_cases,
    routes_decisions,
    routes_documents,
    routes_eod,
    routes_exports,
    routes_firms,
    routes_ledger,
    routes_people,
    routes_programmes,
    routes_receivables,
    routes_rules,
    routes_wall,
)

__all__ = ["CASES", "CLOSE_DAY", "PLACE_OF", "PLAN", "PREPARE", "WORKS", "pages", "send_due"]
