"""Door of the console desk."""

from heliu.channels.console import routes_case, routes_cases
from heliu.channels.console.desk import pages
from heliu.channels.console.words import send_due
from heliu.channels.console.works import WORKS

# What a page answers is registered when its module is read.
_READ = (routes_case, routes_cases)

__all__ = ["WORKS", "pages", "send_due"]
