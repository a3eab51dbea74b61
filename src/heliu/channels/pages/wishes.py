"""How somebody wants his pages: language, edition, theme, size of type."""

from dataclasses import dataclass
from typing import Final

from heliu.channels.web.api import Language

SIZES: Final = 5


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants his pages; kept in a cookie, worth no secret."""

    language: Language
    edition: str = "std"
    theme: str = ""
    size: int = 0
