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
from heliu.channels.portal.payables import State
from heliu.channels.portal.proposals import Act
from heliu.channels.portal.proposing import Propose, propose
from heliu.channels.portal.routes_suppliers import WORKS
from heliu.channels.portal.store import take_turn
from heliu.channels.portal.views import payables

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

__all__ = ["WORKS", "Act", "Propose", "State", "pages", "payables", "propose", "take_turn"]
