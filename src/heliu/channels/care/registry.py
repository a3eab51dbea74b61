"""The desk's routes, the places of its tab bar, and the contract of every page of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from heliu.channels.pages.api import Entry, Pages
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

MOST_ACTS: Final = 5
pages: Final = Pages("care")

for _entry in (
    Entry("/care", "house", Text("首页", "Home"), Right.TRANSFERS_MAKE),
    Entry("/care/family", "users-three", Text("家人", "Family"), Right.FAMILY_MANAGE),
    Entry("/care/guard", "users-three", Text("守护", "Guard"), Right.GUARD),
    Entry("/care/me", "user-circle", Text("我的", "Me"), Right.SELF),
):
    pages.entry(_entry)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done from a page: a word, where it leads, its icon."""

    text: Text
    href: str
    icon: str
    tint: str = ""


def few(acts: Sequence[Act]) -> tuple[Act, ...]:
    """The acts of a page: at most five, so that nobody has to search."""
    assert len(acts) <= MOST_ACTS, "a page of the care edition offers at most five things"
    return tuple(acts)
