"""The kinds of long work staff may start."""

from collections.abc import Mapping
from typing import Final

from heliu.channels.pages.api import Work

WORKS: Final[Mapping[str, Work]] = {}
