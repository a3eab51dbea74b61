"""Carries the acts of a collateral file out: what stands together and is alike is one batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from heliu.app import collateral_file as forms
from heliu.credit.collateral.api import (
    GoodsBook,
    Verify,
    answer,
    appraise,
    call_buy_back,
    confirm_prices,
    offer,
    pledge,
    release,
    resume,
    seize,
    shipped_book,
    take_prices,
    verify,
)
from heliu.flows.intake.api import load_documents
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Tx


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every act works with."""

    tx: Tx
    actor: Actor
    book: GoodsBook
    today: date
    now: datetime


def carried_out(tx: Tx, actor: Actor, shape: type, acts: Sequence[Any]) -> Sequence[object]:
    """The outcome of each of these acts, all of the form `shape`, in order."""
    clock = SystemClock()
    return _ACTS[shape](_Desk(tx, actor, shipped_book(), clock.today(), clock.now()), acts)


def _offers(desk: _Desk, acts: Sequence[forms.OfferForm]) -> Sequence[object]:
    commands = [forms.offer_of(act, desk.today) for act in acts]
    return offer(desk.tx, desk.actor, commands, desk.book, desk.now)


def _verifies(desk: _Desk, acts: Sequence[forms.VerifyForm]) -> Sequence[object]:
    return [found for act in acts for found in _verified(desk, act)]


def _verified(desk: _Desk, act: forms.VerifyForm) -> Iterator[object]:
    try:
        (document,) = load_documents(desk.tx, [act.document])
    except KeyError:
        yield forms.invalid("document", f"{act.document} was never filed")
        return
    command = Verify(act.lot, document, act.attested_by, act.on or desk.today)
    yield from verify(desk.tx, desk.actor, [command], desk.now)


def _pledges(desk: _Desk, acts: Sequence[forms.PledgeForm]) -> Sequence[object]:
    commands = [forms.pledge_of(act, desk.today, desk.now) for act in acts]
    return pledge(desk.tx, desk.actor, commands, desk.now)


def _answers(desk: _Desk, acts: Sequence[forms.AnswerForm]) -> Sequence[object]:
    commands = [forms.answer_of(act, desk.today) for act in acts]
    return answer(desk.tx, desk.actor, commands, desk.now)


def _prices(desk: _Desk, acts: Sequence[forms.PriceForm]) -> Sequence[object]:
    prices = [forms.price_of_form(act, desk.today) for act in acts]
    return take_prices(desk.tx, prices, desk.book, desk.today, desk.now)


def _confirms(desk: _Desk, acts: Sequence[forms.ConfirmForm]) -> Sequence[object]:
    return confirm_prices(desk.tx, desk.actor, [forms.confirm_of(act) for act in acts], desk.now)


def _appraises(desk: _Desk, acts: Sequence[forms.AppraiseForm]) -> Sequence[object]:
    asks = [forms.ask_of(act) for act in acts]
    return appraise(desk.tx, asks, desk.book, desk.today, desk.now)


def _releases(desk: _Desk, acts: Sequence[forms.ReleaseForm]) -> Sequence[object]:
    commands = [forms.release_of(act, desk.today, desk.now) for act in acts]
    return release(desk.tx, desk.actor, commands, desk.book, desk.now)


def _buy_backs(desk: _Desk, acts: Sequence[forms.BuyBackForm]) -> Sequence[object]:
    commands = [forms.end_of(act, desk.today, desk.now) for act in acts]
    return call_buy_back(desk.tx, commands, desk.now)


def _seizes(desk: _Desk, acts: Sequence[forms.SeizeForm]) -> Sequence[object]:
    commands = [forms.end_of(act, desk.today, desk.now) for act in acts]
    return seize(desk.tx, desk.actor, commands, desk.now)


def _resumes(desk: _Desk, acts: Sequence[forms.ResumeForm]) -> Sequence[object]:
    commands = [forms.resume_of(act, desk.today) for act in acts]
    return resume(desk.tx, desk.actor, commands, desk.now)


_ACTS: Final[Mapping[type, Callable[[_Desk, Sequence[Any]], Sequence[object]]]] = {
    forms.OfferForm: _offers,
    forms.VerifyForm: _verifies,
    forms.PledgeForm: _pledges,
    forms.AnswerForm: _answers,
    forms.PriceForm: _prices,
    forms.ConfirmForm: _confirms,
    forms.AppraiseForm: _appraises,
    forms.ReleaseForm: _releases,
    forms.BuyBackForm: _buy_backs,
    forms.SeizeForm: _seizes,
    forms.ResumeForm: _resumes,
}
