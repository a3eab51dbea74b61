"""Door of the console desk."""

from heliu.channels.console.desk import pages

__all__ = ["pages"]
