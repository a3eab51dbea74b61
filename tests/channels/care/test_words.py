"""Numbers in words: as people say them, and back to the very number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.care.domain.words import (
    MOST,
    amount_words,
    digits_words,
    en_number,
    find_amount,
    read_en,
    read_zh,
    spoken,
    zh_number,
)

NINES = "nine hundred and ninety-nine"


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "零元", "zero yuan"),
        (5, "五分", "five fen"),
        (50, "五角", "fifty fen"),
        (105, "一元零五分", "one yuan and five fen"),
        (1_050, "十元五角", "ten yuan and fifty fen"),
        (21_235, "二百一十二元三角五分", "two hundred and twelve yuan and thirty-five fen"),
        (
            2_864_052,
            "二万八千六百四十元五角二分",
            "twenty-eight thousand six hundred and forty yuan and fifty-two fen",
        ),
        (100_100, "一千零一元", "one thousand and one yuan"),
        (1_000_000_000, "一千万元", "ten million yuan"),
        (10_000_100_000, "一亿零一千元", "one hundred million one thousand yuan"),
        (
            MOST,
            "九十九亿九千九百九十九万九千九百九十九元九角九分",
            f"nine billion {NINES} million {NINES} thousand {NINES} yuan and ninety-nine fen",
        ),
    ],
)
def test_an_amount_is_said_as_people_say_it(fen: int, zh: str, en: str) -> None:
    assert amount_words(fen) == (zh, en)


@given(fen=st.integers(0, MOST))
def test_the_words_of_an_amount_say_the_amount(fen: int) -> None:
    words = amount_words(fen)
    assert find_amount(words.zh) == (fen, words.zh)
    assert find_amount(words.en) == (fen, words.en)


@given(number=st.integers(0, 10**12 - 1))
def test_the_words_of_a_number_say_the_number(number: int) -> None:
    assert read_zh(zh_number(number)) == number
    assert read_en(en_number(number)) == number


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("给儿子转两百块", 20_000),
        ("转两百五十块钱", 25_000),
        ("转两百五给李娜", 25_000),
        ("一万二千元", 1_200_000),
        ("一万二给他", 1_200_000),
        ("12000块", 1_200_000),
        ("三块五", 350),
        ("三块五毛", 350),
        ("五毛钱", 50),
        ("三分", 3),
        ("转 1,234.5 元", 123_450),
        ("200", 20_000),
        ("pay two hundred yuan to Zhang", 20_000),
        ("transfer 88.80 yuan", 8_880),
        ("pay 5 kuai", 500),
    ],
)
def test_an_amount_is_found_in_what_people_say(text: str, fen: int) -> None:
    found = find_amount(text)
    assert found is not None
    assert found[0] == fen


@pytest.mark.parametrize("text", ["", "你好", "给儿子", "hello", "百", "千百"])
def test_where_no_amount_is_said_none_is_found(text: str) -> None:
    assert find_amount(text) is None


@pytest.mark.parametrize("words", ["", "百", "十百", "二二", "一百千", "零百", "abc"])
def test_what_is_no_chinese_number_is_none(words: str) -> None:
    assert read_zh(words) is None


@pytest.mark.parametrize("words", ["", "and", "many", "two many"])
def test_what_is_no_english_number_is_none(words: str) -> None:
    assert read_en(words) is None


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = find_amount(text)
    assert found is None or 0 <= found[0] <= MOST


def test_digits_are_said_one_by_one() -> None:
    assert digits_words("0017") == ("零零一七", "zero zero one seven")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("11月26日前", "十一月二十六日前"),
        ("账号 881560000000000017", "账号 八八一五六零零零零零零零零零零零一七"),
        ("共 1,234.50 元", "共 一千二百三十四点五零 元"),
        ("99999999999999999,9", "九九九九九九九九九九九九九九九九九九"),
        ("没有数", "没有数"),
    ],
)
def test_a_voice_says_numbers_in_words(text: str, said: str) -> None:
    assert spoken(text, english=False) == said
    assert spoken(text, english=True) == text
