"""Door of the mobile desk."""

from heliu.channels.mobile import (
    routes_home,
    routes_loans,
    routes_more,
    routes_offer,
    routes_vouchers,
)
from heliu.channels.mobile.desk import pages
from heliu.channels.mobile.drawing import WORKS

# What a page answers is registered when its module is read.
_READ = (routes_home, routes_loans, routes_more, routes_offer, routes_vouchers)

__all__ = ["WORKS", "pages"]
