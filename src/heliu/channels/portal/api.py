"""Door of the portal desk."""

from heliu.channels.portal import (
    routes_connect,
    routes_documents,
    routes_home,
    routes_payables,
    routes_proposals,
    routes_suppliers,
    routes_tables,
    routes_terms,
)
from heliu.channels.portal.desk import pages
from heliu.channels.portal.routes_suppliers import WORKS

# What a page answers is registered when its module is read.
_READ = (
    routes_home,
    routes_payables,
    routes_proposals,
    routes_suppliers,
    routes_terms,
    routes_documents,
    routes_connect,
    routes_tables,
)

__all__ = ["WORKS", "pages"]
