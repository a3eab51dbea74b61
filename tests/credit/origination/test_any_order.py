"""Acts in any order: what may not happen is refused and changes nothing, what may replays alike."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from tests.credit.origination.house import CLERK, RECEIVABLE, Desk, key

from heliu.credit.origination.api import (
    Application,
    ErrandKind,
    ResumeErrand,
    Signer,
    Stage,
    Withdraw,
    cases,
    expire,
    find,
    resume,
    withdraw,
)
from heliu.credit.origination.domain.filing import ENDS
from heliu.ground.errors import Refusal

ROUTINE: Final[dict[str, Callable[[Desk, Application], object]]] = {
    "papers": lambda desk, now: desk.papers(
        now, "licence", "articles", "sales_contract", "invoice"
    ),
    "kyb": lambda desk, now: desk.know(now),
    "consent": lambda desk, now: desk.consent(now.filing.borrower),
    "gather": lambda desk, _: desk.gather(),
    "decide": lambda desk, now: desk.decide(now),
    "agree": lambda desk, now: desk.agree(now),
    "accept": lambda desk, now: desk.accept(now),
    "borrower": lambda desk, now: desk.sign(now, Signer.BORROWER),
    "bank": lambda desk, now: desk.sign(now, Signer.BANK),
    "expire": lambda desk, _: expire(desk.tx, CLERK, desk.day),
    "resume": lambda desk, now: resume(
        desk.tx, CLERK, [ResumeErrand(key(now.no), now.id, ErrandKind.SEARCH)], desk.day
    ),
    "wait": lambda desk, _: desk.clock.advance(timedelta(days=1)),
}
# The routine steps come often enough to reach an end.
WEIGHTS: Final = [4, 4, 4, 6, 4, 1, 4, 4, 4, 1, 1, 1]


@pytest.mark.parametrize("seed", range(8))
def test_acts_in_any_order_never_leave_an_application_between_two_states(
    desk: Desk, seed: int
) -> None:
    chance, now = Random(seed), desk.file(RECEIVABLE)  # noqa: S311 - a walk, no secret
    for name in chance.choices(list(ROUTINE), WEIGHTS, k=60):
        before = find(desk.tx, [now.id])[now.id]
        refused = attempted(desk, before, name)
        after = find(desk.tx, [now.id])[now.id]
        assert not refused or after == before
        assert after.no >= before.no
        assert before.stage not in ENDS or after.stage is before.stage
        assert (after.contract is not None) or not after.signed_by
    listed_cases = [case.application.id for case in cases(desk.tx, desk.day)]
    assert listed_cases in ([], [now.id])


def attempted(desk: Desk, now: Application, name: str) -> bool:
    """Whether the act was refused."""
    if name in {"borrower", "bank"} and now.contract is None:
        return False  # there is nothing to sign the bytes of
    try:
        ROUTINE[name](desk, now)
    except Refusal:
        return True
    return False


def test_an_application_that_ended_takes_no_act_any_more(desk: Desk) -> None:
    now = desk.signed(RECEIVABLE)
    desk.gather()
    done = find(desk.tx, [now.id])[now.id]
    assert done.stage is Stage.COMPLETED
    refused = [attempted(desk, done, n) for n in ("papers", "kyb", "decide", "agree", "accept")]
    assert refused == [True] * 5
    (gone,) = withdraw(desk.tx, CLERK, [Withdraw(key("w"), now.id)], desk.day)
    assert isinstance(gone, Refusal)
    assert find(desk.tx, [now.id])[now.id] == done
