"""Door of the retail desk."""

from heliu.channels.retail import routes_family, routes_money, routes_transfer
from heliu.channels.retail.registry import pages

__all__ = ["pages", "routes_family", "routes_money", "routes_transfer"]
