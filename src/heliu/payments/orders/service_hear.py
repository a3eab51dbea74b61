"""Use case: hear a rail. What it says is kept, understood, and moves orders and the ledger.

Nothing a rail sends raises: what cannot be understood or does not fit becomes a case. Each content
is heard once, whatever its file is called and however often it comes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.ground.db import Tx
from heliu.payments.orders import store, store_read
from heliu.payments.orders.domain.machine import (
    PATIENCE,
    CaseCode,
    Patience,
    Stated,
    Worth,
    answered,
)
from heliu.payments.orders.moving import Moving
from heliu.payments.rails.api import Answer, read_answers, sha256_of

_IGNORED: Final = "ignored"


def hear(
    tx: Tx, ledger: Ledger, bodies: Sequence[bytes], now: datetime, patience: Patience = PATIENCE
) -> None:
    """Keep the rail's messages, and do what those that are new say. Takes the ledger."""
    ledger.hold(tx)
    contents = {sha256_of(body): body for body in bodies}
    new = store.add_received(tx, contents, now)
    read = {sha: read_answers(body) for sha, body in contents.items() if sha in new}
    references = [answer.reference for answers in read.values() for answer in answers]
    meant = store_read.orders_meant(tx, references)
    questions = store_read.queries_among(tx, references)
    moving = Moving.of(tx, list(meant.values()), now, patience)
    heard: list[store.Heard] = []
    for sha, answers in read.items():
        if not answers:
            moving.cases.append(store.NewCase(CaseCode.UNREADABLE, None, sha))
        for answer in answers:
            order = meant.get(answer.reference)
            # What is said of a question is not said of the payment; what is announced is not so.
            idle = answer.reference in questions or not answer.final
            worth = _IGNORED if idle else _take(moving, sha, answer, order)
            heard.append(store.Heard(answer, sha, order, worth))
    moving.book(tx, ledger)
    moving.save(tx)
    store.add_answers(tx, heard, now)


def _take(moving: Moving, sha: str, answer: Answer, order: UUID | None) -> str:
    """What one answer does, and what it was worth."""
    if order is None or answer.verdict is None:
        code = CaseCode.UNKNOWN_REFERENCE if order is None else CaseCode.STATUS_UNKNOWN
        moving.cases.append(store.NewCase(code, order, sha, answer.place))
        return Worth.CASE
    stated = None if answer.amount is None else Stated(answer.amount, answer.currency)
    amount = moving.orders[order].order.amount
    progress = moving.standing[order].progress
    step = answered(progress, amount, answer.verdict, stated, moving.patience)
    moving.take(order, step, sha, answer.reason)
    return step.worth
