"""A batch in rounds: nothing is lost, order is kept, and a round holds a subject once."""

from hypothesis import given
from hypothesis import strategies as st

from heliu.ground.rounds import rounds


@given(st.lists(st.integers(0, 4)))
def test_every_place_is_in_one_round_and_a_subject_is_met_in_order(subjects: list[int]) -> None:
    found = rounds(subjects)
    assert sorted(place for round_ in found for place in round_) == list(range(len(subjects)))
    for round_ in found:
        assert len({subjects[place] for place in round_}) == len(round_) > 0
    for subject in set(subjects):
        met = [place for round_ in found for place in round_ if subjects[place] == subject]
        assert met == sorted(met)


def test_the_first_of_each_come_first() -> None:
    assert rounds(["a", "b", "a", "a", "b"]) == [[0, 1], [2, 4], [3]]
    assert rounds([]) == []
