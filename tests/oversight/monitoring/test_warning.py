"""A warning is raised once while it stands, and is over when what it told of is."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from heliu.oversight.monitoring.domain.sight import Subject, SubjectKind
from heliu.oversight.monitoring.domain.signals import Seen, Signal
from heliu.oversight.monitoring.domain.warning import (
    Raised,
    WarningEvent,
    WarningEventKind,
    day_moves,
)
from heliu.oversight.monitoring.rules_file import shipped

START = date(2026, 3, 1)
RULES = {rule.id: rule for rule in shipped().rules}
SUBJECTS = [Subject(SubjectKind.BUYER, name) for name in ("A", "B")]
KEYS = [(rule, subject) for rule in ("buyer_stretch", "registry_hit") for subject in SUBJECTS]


def signal(key: tuple[str, Subject]) -> Signal:
    rule, subject = key
    return Signal(RULES[rule], subject, Seen({}, ()), (UUID(int=1),))


def lived(days: list[set[int]]) -> tuple[list[Raised], list[tuple[UUID, date]]]:
    """Everything raised, and everything cleared with its day, when these keys signal each day."""
    standing: dict[UUID, Raised] = {}
    raised: list[Raised] = []
    cleared: list[tuple[UUID, date]] = []
    for number, present in enumerate(days):
        on = START + timedelta(number)
        moves = day_moves(standing.values(), [signal(KEYS[n]) for n in sorted(present)], 1, on)
        cleared += [(standing.pop(one.id).id, on) for one in moves.cleared]
        standing |= {one.id: one for one in moves.raised}
        raised += moves.raised
    return raised, cleared


def test_what_comes_back_is_raised_anew() -> None:
    raised, cleared = lived([{0}, {0}, set(), {0}])
    assert [one.raised_on for one in raised] == [START, START + timedelta(3)]
    assert cleared == [(raised[0].id, START + timedelta(2))]


@given(days=st.lists(st.sets(st.integers(0, 3)), max_size=30))
def test_a_warning_that_is_seen_again_is_one(days: list[set[int]]) -> None:
    raised, cleared = lived(days)
    episodes = sum(len(now - before) for before, now in zip([set(), *days], days, strict=False))
    assert len(raised) == len({one.id for one in raised}) == episodes
    assert len(cleared) == episodes - len(days[-1] if days else ())


@given(kinds=st.permutations(list(WarningEventKind)), size=st.integers(0, 3))
def test_the_status_is_the_last_word(kinds: list[WarningEventKind], size: int) -> None:
    (one,), _ = lived([{0}])
    events = tuple(WarningEvent(kind, "why", START, "x") for kind in kinds[:size])
    warning = Raised(
        *(one.id, one.rule, 1, one.severity, one.owner, one.subject, START, one.seen, one.loans),
        events,
    )
    order = ["raised", *(kind.value for kind in WarningEventKind)]
    said = ["raised", *(event.kind.value for event in events)]
    assert warning.status == max(said, key=order.index)
    assert warning.stands == ("cleared" not in said)
