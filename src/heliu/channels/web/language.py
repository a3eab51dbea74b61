"""Which of the house's two languages a reader asked for (RFC 9110, 12.5.4)."""

import re
from enum import StrEnum
from typing import Final

from heliu.ground.text import Text


class Language(StrEnum):
    """English is what a reader gets who names neither."""

    EN = "en"
    ZH = "zh-CN"


# A header of more ranges than this is not a reader's wish.
_MAX_RANGES: Final = 16
_WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")  # RFC 9110, 12.4.2


def language_of(accept_language: str) -> Language:
    """The language of the highest weight; the earlier of equals; English if neither is named."""
    best, weight = Language.EN, 0.0
    for part in accept_language.split(",")[:_MAX_RANGES]:
        tag, _, parameter = part.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in {"en", "zh"} and (asked := _weight(parameter)) > weight:
            best, weight = (Language.ZH if primary == "zh" else Language.EN), asked
    return best


def said(text: Text, language: Language) -> str:
    """The sentence in one language."""
    return text.zh if language is Language.ZH else text.en


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
