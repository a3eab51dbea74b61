"""Which language a reader is answered in."""

import pytest

from heliu.channels.web.api import Language, language_of

ASKED = [
    ("", Language.EN),
    ("zh-CN", Language.ZH),
    ("zh-Hant-TW,en;q=0.8", Language.ZH),
    ("en, zh", Language.EN),
    ("zh;q=0.2, en;q=0.9", Language.EN),
    ("fr, de;q=0.9, zh;q=0.1", Language.ZH),
    ("zh;q=0", Language.EN),
    ("zh;q=wrong", Language.EN),
    ("zh;q=nan", Language.EN),
    ("fr", Language.EN),
    (",;,;q=;", Language.EN),
    ("fr," * 1000 + "zh", Language.EN),
]


@pytest.mark.parametrize(("header", "language"), ASKED)
def test_the_language_of_the_highest_weight_is_spoken(header: str, language: Language) -> None:
    assert language_of(header) is language
