"""JSON as the door takes it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.web.api import check_quotes, parse_strictly
from heliu.channels.web.strict_json import check_strictly
from heliu.ground.errors import Refusal

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | plain | st.just("\\u0000"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=20,
)
texts = st.dictionaries(st.sampled_from("abcd"), plain, max_size=4)

REFUSED = [
    (b'{"a":1,"a":2}', "json.duplicate_key"),
    (b'[{"b":{"a":1,"\\u0061":2}}]', "json.duplicate_key"),
    (b'{"a":NaN}', "json.malformed"),
    (b"[Infinity]", "json.malformed"),
    (b"[-Infinity]", "json.malformed"),
    (b"1" * 41, "json.malformed"),
    (b"[" * 34 + b"]" * 34, "json.too_deep"),
    (b"[" * 100_000, "json.too_deep"),
    (b'"\\ud800"', "json.malformed"),
    (b'"\\u0000"', "json.malformed"),
    (b'"\xff"', "json.malformed"),
    (b"\xef\xbb\xbf{}", "json.malformed"),
    (b"", "json.malformed"),
    (b"{}{}", "json.malformed"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_two_readers_might_read_differently_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_strictly(body)
    assert refused.value.code == code


@given(values)
def test_what_any_reader_reads_alike_is_read(value: object) -> None:
    assert parse_strictly(json.dumps(value).encode()) == value


@given(texts, st.sampled_from("abcd"), plain)
def test_a_key_written_twice_never_passes_the_count_of_quotes(
    members: dict[str, str], key: str, value: str
) -> None:
    once = json.dumps(members | {key: value}).encode()
    twice = once[:-1] + b", " + json.dumps({key: value}).encode()[1:]
    quotes = 4 * len(members | {key: value})
    check_quotes(once, quotes)
    with pytest.raises(Refusal, match=r"json\.duplicate_key"):
        check_quotes(twice, quotes)
