"""A supplier at the counter: looks at what is available, asks for it - or for what is not his."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from heliu.app.ecosystem.deeds import Fraud, Manner
from heliu.app.ecosystem.papers import cash_files, confirmation
from heliu.app.ecosystem.people import Street
from heliu.app.ecosystem.plan import Deal
from heliu.app.ecosystem.tally import Said
from heliu.app.samples.firms import CORES, Firm
from heliu.client import Client, Financing, Payee, Problem, Receivable, Unreachable
from heliu.client.calling import told

# A supplier whose papers are not complete after this time asks all the same, and learns why not.
_PATIENCE: Final = timedelta(days=12)
# A cheat waits until his papers have been looked at.
_A_CHEAT_WAITS: Final = timedelta(days=3)
_ROUNDING: Final = Decimal("0.01")
_SAYS_NO: Final = 422


class Counter:
    """One supplier's business with the bank: his deals, each asked for once."""

    def __init__(self, firm: Firm, deals: Sequence[Deal], street: Street) -> None:
        self._firm, self._street, self._who = firm, street, street.name(firm)
        self._open = list(deals)
        self._bank, self._tally = street.clients[firm.code], street.tally
        self.financed: list[Deal] = []

    def come(self, day: date) -> None:
        """Look at the receivables, if something of his is waiting, and ask for what is there."""
        waiting = [deal for deal in self._open if deal.sent_on <= day]
        if not waiting:
            return
        with self._asking():
            listed = list(self._bank.receivables())
            mine = {r.invoice_no: r for r in listed if r.supplier == self._firm.uscc}
            for deal in waiting:
                receivable = mine.get(deal.trade.invoice_no)
                if receivable is not None and _is_time(deal, receivable, day):
                    self._open.remove(deal)
                    self._ask(deal, receivable, day)

    @property
    def never_listed(self) -> int:
        """Deals whose receivable never came up."""
        return len(self._open)

    def _ask(self, deal: Deal, receivable: Receivable, day: date) -> None:
        if deal.fraud is not None:
            self._cheat(deal, deal.fraud, receivable)
            return
        tricks = _Tricks(deal, receivable, day, self._street)
        # Nobody tries to steal what is worth nothing.
        if receivable.available:
            tricks.before()
        with self._asking():
            self._honestly(deal, receivable)
            self.financed.append(deal)
            tricks.after()

    def _honestly(self, deal: Deal, receivable: Receivable) -> None:
        match deal.manner:
            case Manner.STEPS:
                self._step_by_step(deal, receivable.id)
            case Manner.AGAIN:
                first = self._finance(deal, receivable.id)
                if self._bank.finance(receivable.id, idempotency_key=_key(deal)) == first:
                    self._tally.same_answer()
                else:
                    self._tally.trouble("another answer to the same request")
            case Manner.WHOLE | Manner.ONWARD | Manner.ENTRUSTED:
                self._finance(deal, receivable.id)

    def _finance(self, deal: Deal, receivable: UUID) -> Financing:
        payee = payee_of(deal)
        done = self._bank.finance(receivable, payee=payee, idempotency_key=_key(deal))
        self._tally.lent_out(done.amount, done.proceeds)
        if payee is not None:
            self._tally.sent_on(entrusted=deal.manner is Manner.ENTRUSTED)
        return done

    def _step_by_step(self, deal: Deal, receivable: UUID) -> None:
        key = _key(deal)
        decision = self._bank.decide_credit(receivable, idempotency_key=f"{key}-decision")
        if not decision.approved:
            first = decision.reasons[0]
            raise _Declined(Said(first.code, self._street.say(first.text)))
        drawn = self._bank.draw_down(decision.credit_decision, idempotency_key=f"{key}-drawdown")
        self._tally.lent_out(drawn.amount, drawn.proceeds)
        self._bank.pay(drawn.drawdown, idempotency_key=f"{key}-payment")
        self._tally.sent_on(entrusted=False)

    def _cheat(self, deal: Deal, fraud: Fraud, receivable: Receivable) -> None:
        who, advance = self._who, Decimal(deal.supplier.chain.programme["advance_rate"])
        asked = deal.trade.gross * advance
        try:
            done = self._bank.finance(
                receivable.id, payee=payee_of(deal), idempotency_key=_key(deal)
            )
        except Problem as problem:
            self._tally.caught(fraud, who, self._street.said_by(problem), asked)
            return
        self._tally.lent_out(done.amount, done.proceeds)
        self.financed.append(deal)
        if done.amount <= deal.worth * advance + _ROUNDING:
            self._tally.cut_down(fraud, who, asked, done.amount)
        else:
            self._tally.got_through(fraud, who)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What an honest caller meets is counted: a refusal, or what should never be."""
        try:
            yield
        except _Declined as declined:
            self._tally.say_no(self._who, declined.said)
        except Problem as problem:
            self._tally.say_no(self._who, self._street.said_by(problem))
            if problem.status != _SAYS_NO:
                self._tally.trouble(f"{problem.status} {problem.code}")
        except Unreachable:
            self._tally.trouble("no answer")


class _Declined(Exception):
    """A refusal inside an answer (a decision, a document) ends the asking as a problem does."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.code)
        self.said = said


class _Tricks:
    """What is tried on one honest deal, by its supplier or by others."""

    def __init__(self, deal: Deal, receivable: Receivable, day: date, street: Street) -> None:
        self._deal, self._receivable, self._day = deal, receivable, day
        self._street = street
        self._own = street.clients[deal.trade.supplier.code]

    def before(self) -> None:
        """What is tried before the honest request."""
        tricks: dict[Fraud, Callable[[], object]] = {
            Fraud.STRANGER: lambda: self._ask(self._stranger()),
            Fraud.FORGED_SIGNATURE: self._with_a_wrong_secret,
            Fraud.GREEDY: lambda: self._ask(self._own, self._receivable.available * 2),
            Fraud.FALSE_PAYEE: lambda: self._ask(self._own, payee=self._false_payee()),
            Fraud.FORGED_APPROVAL: self._confirm_for_another,
        }
        self._try_each(tricks)

    def after(self) -> None:
        """What is tried after it."""
        tricks: dict[Fraud, Callable[[], object]] = {
            Fraud.TWICE: lambda: self._ask(self._own, payee=payee_of(self._deal)),
            Fraud.REPLAYED: self._play_again,
            Fraud.FORGED_CASH: self._forge_cash,
        }
        self._try_each(tricks)

    def _try_each(self, tricks: dict[Fraud, Callable[[], object]]) -> None:
        tally, who = self._street.tally, self._street.name(self._deal.trade.supplier)
        for fraud in self._deal.tricks:
            if fraud in tricks:
                try:
                    tricks[fraud]()
                except Problem as problem:
                    tally.caught(
                        fraud, who, self._street.said_by(problem), self._receivable.available
                    )
                except _Declined as declined:
                    tally.caught(fraud, who, declined.said, self._receivable.available)
                except Unreachable:
                    tally.trouble("no answer")
                else:
                    tally.got_through(fraud, who)

    def _ask(
        self, bank: Client, amount: Decimal | None = None, payee: Payee | None = None
    ) -> Financing:
        key = f"{_key(self._deal)}-{'-'.join(self._deal.tricks)}"
        return bank.finance(self._receivable.id, amount, payee, idempotency_key=key)

    def _stranger(self) -> Client:
        """The supplier next door."""
        letter = re.compile(rf"{self._deal.supplier.chain.letter}\d+")
        codes = sorted(code for code in self._street.clients if letter.fullmatch(code))
        mine = codes.index(self._deal.trade.supplier.code)
        return self._street.clients[codes[mine - 1]]

    def _with_a_wrong_secret(self) -> None:
        with self._street.thief(self._deal.trade.supplier.code) as thief:
            self._ask(thief)

    def _false_payee(self) -> Payee:
        upstream = self._deal.upstream
        assert upstream is not None, "only entrusted money can be led astray"
        firm = upstream.supplier
        return Payee(firm.zh, firm.account[::-1], firm.uscc)

    def _confirm_for_another(self) -> None:
        trade = replace(self._deal.trade, approval="confirmed")
        other = next(core for core in CORES if core is not trade.buyer)
        message = confirmation(trade.buyer, self._day, [trade])
        self._street.clients[other.code].send_approvals(message)

    def _forge_cash(self) -> None:
        ((paper, _),) = cash_files([self._deal], self._day)
        (outcome,) = self._own.send_documents([(f"forged-{paper.name}", paper.data)])
        if outcome.status == "refused":
            first = outcome.complaints[0]
            raise _Declined(Said(first.code, first.message))

    def _play_again(self) -> None:
        key = self._street.credentials[self._deal.trade.supplier.code].key
        response = self._street.wire.play_again(key)
        if response is not None and response.is_error:
            raise Problem(told(response.content))


def payee_of(deal: Deal) -> Payee | None:
    """Whom the money goes on to: nobody, the supplier's account elsewhere, or his supplier."""
    match deal.manner:
        case Manner.ONWARD:
            firm = deal.trade.supplier
        case Manner.ENTRUSTED:
            assert deal.upstream is not None, "entrusted money has a trade behind it"
            firm = deal.upstream.supplier
        case Manner.WHOLE | Manner.STEPS | Manner.AGAIN:
            return None
    return Payee(firm.zh, firm.account, firm.uscc)


def _is_time(deal: Deal, receivable: Receivable, day: date) -> bool:
    waited = day - deal.sent_on
    if deal.fraud is not None:
        return waited >= _A_CHEAT_WAITS
    return receivable.available > 0 or waited >= _PATIENCE


def _key(deal: Deal) -> str:
    return f"{deal.trade.invoice_no}-1"
