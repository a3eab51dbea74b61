"""The unified social credit code and its two check characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.parties.party.api import UsccFault, complete_uscc, uscc_fault, valid_uscc
from heliu.parties.party.domain.uscc import USCC_ALPHABET, organisation_check, uscc_check

letters = st.sampled_from(USCC_ALPHABET)
bodies = st.tuples(
    st.text(letters, min_size=2, max_size=2),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text(letters, min_size=8, max_size=8),
).map("".join)


def test_the_example_of_the_standard_is_a_code() -> None:
    assert uscc_fault("91350100M000100Y43") is None
    assert valid_uscc("91350100M000100Y43")
    assert organisation_check("M000100Y") == "4"
    assert uscc_check("91350100M000100Y4") == "3"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", UsccFault.SHAPE),
        ("91350100M000100Y4", UsccFault.SHAPE),  # one short
        ("91350100M000100Y433", UsccFault.SHAPE),
        ("91350100m000100y43", UsccFault.SHAPE),
        ("91350100M000100O43", UsccFault.SHAPE),  # the letter O is not used
        ("91A50100M000100Y43", UsccFault.SHAPE),  # divisions are digits
        ("91350100M000100Y43\n", UsccFault.SHAPE),
        ("91350100M000100Y53", UsccFault.ORGANISATION_CHECK),
        ("91350100M000100Y44", UsccFault.CHECK),
    ],
)
def test_a_wrong_code_is_told_by_its_fault(code: str, fault: UsccFault) -> None:
    assert uscc_fault(code) is fault
    assert not valid_uscc(code)


@pytest.mark.parametrize("body", ["", "91350100M000100", "9135010XM000100Y"])
def test_a_body_of_another_shape_is_not_completed(body: str) -> None:
    with pytest.raises(ValueError, match="not the body"):
        complete_uscc(body)


@given(body=bodies)
def test_a_completed_code_has_no_fault(body: str) -> None:
    assert uscc_fault(complete_uscc(body)) is None


@given(body=bodies, place=st.integers(0, 17), other=letters)
def test_one_wrong_character_is_always_noticed(body: str, place: int, other: str) -> None:
    code = complete_uscc(body)
    typed = code[:place] + other + code[place + 1 :]
    assert (uscc_fault(typed) is None) == (typed == code)


@given(body=bodies, place=st.integers(0, 16))
def test_two_neighbours_swapped_are_always_noticed(body: str, place: int) -> None:
    code = complete_uscc(body)
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (uscc_fault(typed) is None) == (typed == code)
