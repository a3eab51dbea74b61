"""A sentence for people, in both languages every customer-facing text of the house has."""

from functools import lru_cache
from typing import NamedTuple


class Text(NamedTuple):
    """One message in Simplified Chinese and in English; neither may be empty."""

    zh: str
    en: str

    def plain(self) -> dict[str, str]:
        """As it stands in JSON: {"zh", "en"}. Made once for a text that is told again and again."""
        return _plain(self)


@lru_cache(maxsize=4096)
def _plain(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
