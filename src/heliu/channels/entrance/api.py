"""Door of the entrance desk."""

from heliu.channels.entrance.routes_front import (
    Demonstration,
    Trial,
    front_pages,
)

__all__ = ["Demonstration", "Trial", "front_pages"]
