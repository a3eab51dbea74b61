"""Owners and guarantors in one text attribute come back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from heliu.flows.information.ties import Tie, read_ties, write_ties

CODE = "91350100M000100Y43"
ties = st.builds(
    Tie,
    st.text(min_size=1, max_size=12).filter(str.strip),
    st.sampled_from([None, "0.6", "1"]),
    st.sampled_from([None, CODE]),
)


def test_a_tie_is_written_without_what_is_not_known() -> None:
    told = [Tie("甲", "0.6", CODE), Tie("乙", "0.4"), Tie("丙", uscc=CODE), Tie("丁")]
    assert write_ties(told) == f"甲=0.6={CODE},乙=0.4,丙=={CODE},丁"


def test_a_name_may_hold_what_separates_names() -> None:
    told = [Tie("A, B = C Ltd 100%", "0.6"), Tie("%2C")]
    assert write_ties(told) == "A%2C B %3D C Ltd 100%25=0.6,%252C"
    assert read_ties(write_ties(told)) == told


def test_nothing_said_is_no_tie() -> None:
    assert read_ties(None) == read_ties("") == []


@given(told=st.lists(ties, max_size=4))
def test_ties_come_back_as_they_were(told: list[Tie]) -> None:
    assert read_ties(write_ties(told)) == told
