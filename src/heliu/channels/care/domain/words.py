"""Numbers in words, to be read and heard: amounts as people say them, long digits one by one.

Words parse back to the number they were made from (a law, tested for 0.00 to 9,999,999,999.99).
"""

import re
from typing import Final

from heliu.ground.text import Text

MOST: Final = 999_999_999_999  # fen: 9,999,999,999.99 yuan
_DIGITS: Final = "零一二三四五六七八九"
_SMALL: Final = (("千", 1000), ("百", 100), ("十", 10))
_LARGE: Final = (("亿", 10**8), ("万", 10**4))
_UNITS: Final = dict((*_SMALL, *_LARGE))
# How much may stand before a unit; a thousand and less count in single digits.
_ABOVE: Final = {"亿": 10**8, "万": 10**4}
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS: Final = (
    "",
    "",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
)
_GROUPS: Final = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3))
_LONG: Final = 5  # so many digits in a row are no quantity to anybody's ear
_RUN: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


def amount_words(minor: int) -> Text:
    """An amount (fen, 0 to MOST) in words: 二万八千六百四十元五角二分."""
    assert 0 <= minor <= MOST, "amounts are said up to ten digits of yuan"
    return Text(_zh_amount(minor), _en_amount(minor))


def _zh_amount(minor: int) -> str:
    yuan, jiao, fen = minor // 100, minor // 10 % 10, minor % 10
    whole = f"{zh_number(yuan)}元" if yuan or not minor else ""
    if not jiao and not fen:
        return whole
    part = f"{_DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return whole + part + (f"{_DIGITS[fen]}分" if fen else "")


def _en_amount(minor: int) -> str:
    yuan, fen = divmod(minor, 100)
    cents = f"{en_number(fen)} fen"
    if not yuan and fen:
        return cents
    return f"{en_number(yuan)} yuan" + (f" and {cents}" if fen else "")


def zh_number(number: int) -> str:
    """A whole number (0 to 10^12) in Chinese words."""
    if number == 0:
        return _DIGITS[0]
    words = _zh_large(number)
    return words[1:] if words.startswith("一十") else words


def _zh_large(number: int) -> str:
    for unit, size in _LARGE:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if low and low < size // 10 else ""
            return f"{_zh_large(high)}{unit}{gap}{_zh_large(low) if low else ''}"
    return _zh_small(number)


def _zh_small(number: int) -> str:
    for unit, size in _SMALL:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if low and low < size // 10 else ""
            return f"{_DIGITS[high]}{unit}{gap}{_zh_small(low) if low else ''}"
    return _DIGITS[number]


def en_number(number: int) -> str:
    """A whole number (0 to 10^12) in English words."""
    for name, size in _GROUPS:
        if number >= size:
            high, low = divmod(number, size)
            rest = f"{' ' if low >= 100 else ' and '}{en_number(low)}" if low else ""  # noqa: PLR2004
            return f"{en_number(high)} {name}{rest}"
    if number >= 100:  # noqa: PLR2004 - as English counts
        rest = f" and {en_number(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    if number >= len(_ONES):
        ones = number % 10
        return _TENS[number // 10] + (f"-{_ONES[ones]}" if ones else "")
    return _ONES[number]


def digits_words(digits: str) -> Text:
    """Digits one by one, as an account's last ones are read."""
    return Text(
        "".join(_DIGITS[int(digit)] for digit in digits),
        " ".join(_ONES[int(digit)] for digit in digits),
    )


def spoken(text: str, *, english: bool) -> str:
    """A sentence as a voice says it: numbers in words, five and more digits one by one."""
    if english:
        return text
    return _RUN.sub(lambda found: _zh_run(found[0]), text)


def _zh_run(run: str) -> str:
    plain = run.replace(",", "")
    whole, point, part = plain.partition(".")
    if "," not in run and len(whole) >= _LONG:
        words = digits_words(whole).zh
    else:
        words = zh_number(int(whole)) if len(whole) <= len(str(MOST)) else digits_words(whole).zh
    return words + (f"点{digits_words(part).zh}" if point else "")


def read_zh(words: str) -> int | None:
    """The whole number that Chinese numerals (or digits) say; None if they say none.

    As people say it: 两百五 is 250, 一万二 is 12,000.
    """
    plain = words.replace("两", "二").replace("〇", "零").replace(",", "")
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if not plain or any(char not in _DIGITS and char not in _UNITS for char in plain):
        return None
    return _read_zh(plain)


def _read_zh(words: str) -> int | None:
    if len(words) > 1 and words[-1] in _DIGITS[1:] and words[-2] in _UNITS and words[-2] != "十":
        head = _read_zh(words[:-1])
        return None if head is None else head + _DIGITS.index(words[-1]) * _UNITS[words[-2]] // 10
    for unit, size in (*_LARGE, *_SMALL):
        if unit in words:
            high, _, low = words.rpartition(unit) if size >= _UNITS["万"] else words.partition(unit)
            above = 1 if unit == "十" and not high.strip("零") else _read_zh(high.lstrip("零"))
            below = _read_zh(low.lstrip("零")) if low.strip("零") else 0
            if above is None or below is None or below >= size:
                return None
            return above * size + below if 0 < above < _ABOVE.get(unit, 10) else None
    return _DIGITS.index(words) if len(words) == 1 else None


def read_en(words: str) -> int | None:
    """The whole number that English words (or digits) say; None if they say none."""
    total, group = 0, 0
    parts = [part for part in re.split(r"[\s,-]+", words.lower()) if part and part != "and"]
    if not parts:
        return None
    if len(parts) == 1 and parts[0].isascii() and parts[0].isdigit():
        return int(parts[0])
    for part in parts:
        if part in _ONES:
            group += _ONES.index(part)
        elif part in _TENS:
            group += 10 * _TENS.index(part)
        elif part == "hundred":
            group *= 100
        elif part in dict(_GROUPS):
            total, group = total + group * dict(_GROUPS)[part], 0
        else:
            return None
    return total + group


_ZH: Final = "[〇零一二两三四五六七八九十百千万亿]+"
_NUMBER: Final = rf"(?:\d[\d,]*|{_ZH})"
_ZH_AMOUNT: Final = re.compile(
    rf"(?P<yuan>{_NUMBER})(?:\.(?P<point>\d{{1,2}})(?!\d))?\s*(?:块钱|块|元|圆)"
    rf"(?:(?P<jiao>[一二两三四五六七八九1-9])(?:[角毛](?:钱)?|(?=$|[^一-龥\d元块])))?"
    rf"(?:零?(?P<fen>[一二两三四五六七八九1-9])分)?"
)
_ZH_COINS: Final = re.compile(
    r"(?:(?P<jiao>[一二两三四五六七八九1-9])[角毛](?:钱)?)?(?:零?(?P<fen>[一二两三四五六七八九1-9])分)?"
)
_BARE: Final = re.compile(rf"(?P<yuan>\d[\d,]*|{_ZH})(?:\.(?P<point>\d{{1,2}})(?!\d))?")
_EN_WORDS: Final = "|".join((*_ONES, *_TENS[2:], "hundred", *dict(_GROUPS), "and"))
_EN_AMOUNT: Final = re.compile(
    rf"(?:(?P<yuan>\d[\d,]*|(?:(?:{_EN_WORDS})[\s-]+)+?)(?:\.(?P<point>\d{{1,2}})(?!\d))?\s*"
    rf"(?:yuan|kuai|rmb|cny))?(?:(?:\s+and)?\s*(?P<fen>\d{{1,2}}|(?:(?:{_EN_WORDS})[\s-]+)+?)\s*fen)?"
)


def find_amount(text: str) -> tuple[int, str] | None:
    """The first amount that a sentence names, in fen, and the words that named it."""
    lowered = text.lower()
    for pattern in (_ZH_AMOUNT, _ZH_COINS, _EN_AMOUNT, _BARE):
        for found in pattern.finditer(lowered):
            minor = _minor(found.groupdict())
            if minor is not None and 0 <= minor <= MOST:
                return minor, found[0].strip()
    return None


def _minor(said: dict[str, str | None]) -> int | None:
    yuan, point = said.get("yuan"), said.get("point")
    jiao, fen = said.get("jiao"), said.get("fen")
    if not (yuan or jiao or fen):
        return None
    parts = [_number(part) if part else 0 for part in (yuan, jiao, fen)]
    if None in parts:
        return None
    whole, tenths, hundredths = (part or 0 for part in parts)
    cents = int(point.ljust(2, "0")) if point else 10 * tenths + hundredths
    return whole * 100 + cents


def _number(words: str) -> int | None:
    found = read_zh(words)
    return found if found is not None else read_en(words)
