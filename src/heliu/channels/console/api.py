"""Door of the console desk."""

from heliu.channels.console import (
    routes_decisions,
    routes_documents,
    routes_exports,
    routes_firms,
    routes_receivables,
    routes_wall,
)
from heliu.channels.console.desk import pages
from heliu.channels.console.exports import WORKS

# What a page answers is registered when its module is read.
_READ = (
    routes_decisions,
    routes_documents,
    routes_exports,
    routes_firms,
    routes_receivables,
    routes_wall,
)

__all__ = ["WORKS", "pages"]
