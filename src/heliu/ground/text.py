"""A sentence for people, in both languages every customer-facing text of the house has."""

from typing import NamedTuple


class Text(NamedTuple):
    """One message in Simplified Chinese and in English; neither may be empty."""

    zh: str
    en: str
