"""Check characters of a whole column, held to the party desk's rule for one code."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.acquisition.domain.identity import fingerprints, valid
from heliu.parties.party.api import USCC_ALPHABET, complete_uscc, valid_uscc

letters = st.sampled_from(USCC_ALPHABET)
bodies = st.builds(
    lambda head, division, tail: head + f"{division:06d}" + tail,
    st.text(letters, min_size=2, max_size=2),
    st.integers(0, 999_999),
    st.text(letters, min_size=8, max_size=8),
)
true_codes = bodies.map(complete_uscc)
any_letter = st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZa-. ~")
spoilt = st.builds(
    lambda code, place, letter: code[:place] + letter + code[place + 1 :],
    *(true_codes, st.integers(0, 17), any_letter),
)
codes = st.one_of(true_codes, spoilt, st.text(any_letter, min_size=18, max_size=18))


def column(listed: list[str]) -> "np.ndarray[tuple[int], np.dtype[np.bytes_]]":
    return np.array([code.encode() for code in listed], "S18")


@given(listed=st.lists(codes, min_size=1, max_size=40))
def test_a_column_of_codes_is_judged_as_each_code_alone(listed: list[str]) -> None:
    assert valid(column(listed)).tolist() == [valid_uscc(code) for code in listed]


@given(listed=st.lists(true_codes, min_size=2, max_size=40, unique=True))
def test_equal_codes_have_one_fingerprint_and_others_have_others(listed: list[str]) -> None:
    prints = fingerprints(column([*listed, listed[0]]))
    assert prints[-1] == prints[0]
    assert len(set(prints.tolist())) == len(listed)
