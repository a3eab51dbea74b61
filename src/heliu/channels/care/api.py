"""Door of the care desk."""

from heliu.channels.care import routes_family, routes_home, routes_pay
from heliu.channels.care.registry import pages

__all__ = ["pages", "routes_family", "routes_home", "routes_pay"]
