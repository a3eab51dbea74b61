"""Door of the entrance desk."""

from heliu.channels.entrance.coming_in import home_of
from heliu.channels.entrance.routes_enter import pages
from heliu.channels.entrance.routes_family import FAMILY
from heliu.channels.entrance.routes_front import ENTER_AS, Demonstration, Trial, front_pages
from heliu.channels.entrance.routes_me import WAYS_IN

__all__ = [
    "ENTER_AS",
    "FAMILY",
    "WAYS_IN",
    "Demonstration",
    "Trial",
    "front_pages",
    "home_of",
    "pages",
]
