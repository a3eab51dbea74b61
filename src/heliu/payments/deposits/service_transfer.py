"""Use cases: make transfers (they are held), recall, approve and refuse them, pay what is due.

The ledger is taken first, so a recall and the payment of one transfer stand in a row; the holds'
row locks and the key of payments.transfer_end say the same again in the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Person, Session, rule_approval
from heliu.payments.deposits import errors, events, guarding, postings, store, store_transfer
from heliu.payments.deposits.domain.account import Account, Holder, When, is_elder
from heliu.payments.deposits.domain.bill import BillState, PayBill
from heliu.payments.deposits.domain.caution import Caution, Facts, blocked, caution
from heliu.payments.deposits.domain.locks import Lock, LockKind, all_in_force
from heliu.payments.deposits.domain.transfer import (
    PAUSE,
    MakeTransfer,
    Pause,
    State,
    To,
    Transfer,
    says_the_same,
    transfer_id,
)
from heliu.payments.deposits.paying import Held, pay
from heliu.payments.deposits.reads import accounts_of
from heliu.payments.deposits.resolving import Resolved, resolve
from heliu.payments.deposits.store_transfer import Ended

Made = Transfer | Refusal
MAX_MEMO: Final = 140
AT_ONCE: Final = 200


@dataclass(slots=True)
class _Batch:
    """What is known when a batch of transfers is asked for; `spent` grows as they are let by."""

    when: When
    accounts: dict[UUID, Account]
    holders: dict[str, Holder]
    wards: Mapping[str, Person]
    locks: dict[str, dict[LockKind, Lock]]
    spent: dict[tuple[str, str], int]
    paid: set[tuple[str, str]]
    trusted: set[tuple[str, To]]
    payees: dict[To, Resolved | Refusal]
    bills: set[UUID]
    placed: list[tuple[Transfer, Caution]] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Tx, commands: Sequence[MakeTransfer], when: When) -> "_Batch":
        holders = sorted({asked.holder for asked in commands})
        changes = store.changes(tx, holders)
        due = store.bills(tx, [asked.bill for asked in commands if asked.bill is not None])
        return cls(
            when,
            store.accounts(tx, [asked.account for asked in commands]),
            store.holders(tx, holders),
            guarding.wards(tx, holders),
            {h: {k: s.lock for k, s in all_in_force(changes[h], when.at).items()} for h in holders},
            store_transfer.spent(tx, holders, when.on),
            store_transfer.paid_before(tx, holders, [asked.to.account for asked in commands]),
            {
                (payee.holder, payee.to)
                for payee in store.payees_of(tx, holders)
                if payee.trusted_from <= when.at
            },
            dict(resolve(tx, [asked.to for asked in commands])),
            {bill for bill, found in due.items() if found.state is BillState.DUE},
        )

    def facts(self, tx: Tx, asked: MakeTransfer, resolved: Resolved) -> Facts:
        holder, currency = asked.holder, asked.amount.currency
        return Facts(
            at=self.when.at,
            locks=self.locks[holder],
            spent=Money(self.spent.get((holder, currency), 0), currency),
            trusted=(holder, asked.to) in self.trusted,
            paid_before=(holder, asked.to.account) in self.paid,
            elder=is_elder(self.holders[holder].born_on, self.when.on),
            own=resolved.holder == holder,
            biller=asked.bill is not None,
            needs_approval=guarding.must_agree(
                tx, self.wards.get(holder), asked.amount, self.when.at
            ),
        )


def make_transfers(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[MakeTransfer], when: When
) -> list[Made]:
    """Hold each transfer's amount until its recall window ends; to an own account pay at once.

    One outcome per command, in order; a refusal refuses only its own. A known key answers with
    its transfer as it stands if it says the same, else `deposit.key_reused`. Takes the ledger.
    """
    ledger.hold(tx)
    known = store_transfer.by_key(tx, [asked.key for asked in commands])
    new = [asked for asked in commands if asked.key not in known]
    batch = _Batch.load(tx, new, when)
    outcomes: dict[UUID, Made] = dict(known)
    for asked in new:
        if asked.key not in outcomes:
            outcomes[asked.key] = _place(tx, ledger, actor, asked, batch)
    _record(tx, batch)
    at_once = [t.id for t, wait in batch.placed if wait.pays_at <= when.at and not wait.pauses]
    if at_once:
        paid = pay(tx, ledger, SYSTEM, list(store_transfer.lock(tx, at_once).values()), when)
        outcomes |= {transfer.key: transfer for transfer in paid}
    return [_answer(asked, outcomes[asked.key]) for asked in commands]


def foresee(tx: Tx, asked: MakeTransfer, when: When) -> Caution | Refusal:
    """What would become of a transfer, before anybody signs it; nothing is written or held."""
    judged = _judge(tx, asked, _Batch.load(tx, [asked], when))
    if isinstance(judged, Refusal):
        return judged
    account, wait, _ = judged
    (standing,) = (one for one in accounts_of(tx, asked.holder) if one.account == account)
    return errors.too_little() if standing.available < asked.amount else wait


def _answer(asked: MakeTransfer, outcome: Made) -> Made:
    if isinstance(outcome, Transfer) and not says_the_same(asked, outcome):
        return errors.key_reused()
    return outcome


def _place(tx: Tx, ledger: Ledger, actor: Actor, asked: MakeTransfer, batch: _Batch) -> Made:
    """Let one transfer by and hold its amount, or say why not."""
    judged = _judge(tx, asked, batch)
    if isinstance(judged, Refusal):
        return judged
    account, wait, own = judged
    transfer = _transfer(asked, actor, batch.when, wait)
    (hold,) = ledger.open_accounts(tx, [postings.hold_account(account.currency)])
    sides = account.ledger_account, hold
    (answer,) = ledger.post(tx, [postings.held(transfer.id, sides, asked.amount, batch.when.on)])
    if answer.refusal is not None:
        return errors.not_enough(answer.refusal)
    batch.placed.append((transfer, wait))
    if not own:
        spot = asked.holder, asked.amount.currency
        batch.spent[spot] = batch.spent.get(spot, 0) + asked.amount.minor
    if asked.bill is not None:
        batch.bills.discard(asked.bill)
    return transfer


def _judge(tx: Tx, asked: MakeTransfer, batch: _Batch) -> tuple[Account, Caution, bool] | Refusal:
    """The payer's account, how long the transfer waits, whether it stays with its holder."""
    account = batch.accounts.get(asked.account)
    if account is None or account.holder != asked.holder:
        return errors.unknown_account()
    resolved = _fault(asked, account, batch) or _payee(batch.payees[asked.to], account)
    if isinstance(resolved, Refusal):
        return resolved
    facts = batch.facts(tx, asked, resolved)
    return blocked(asked, facts) or (account, caution(asked, facts), facts.own)


def _payee(resolved: Resolved | Refusal, payer: Account) -> Resolved | Refusal:
    if isinstance(resolved, Resolved) and resolved.ledger_account == payer.ledger_account:
        return errors.to_itself()
    return resolved


def _fault(asked: MakeTransfer, account: Account, batch: _Batch) -> Refusal | None:
    if asked.amount.minor <= 0:
        return errors.amount_not_positive()
    if asked.amount.currency != account.currency:
        return errors.other_currency()
    if len(asked.memo) > MAX_MEMO or not asked.memo.isprintable():
        return errors.too_long(Text("附言", "message"))
    if asked.bill is not None and asked.bill not in batch.bills:
        return errors.bill_paid()
    return None


def _transfer(asked: MakeTransfer, actor: Actor, when: When, wait: Caution) -> Transfer:
    return Transfer(
        id=transfer_id(asked.key),
        key=asked.key,
        holder=asked.holder,
        account=asked.account,
        to=asked.to,
        amount=asked.amount,
        purpose=asked.purpose,
        memo=asked.memo,
        bill=asked.bill,
        pauses=wait.pauses,
        on=when.on,
        made_by=actor.id,
        made_at=when.at,
        pays_at=wait.pays_at,
        state=State.HELD,
        waits_for_approval=Pause.APPROVAL in wait.pauses,
    )


def _record(tx: Tx, batch: _Batch) -> None:
    transfers = [transfer for transfer, _ in batch.placed]
    store_transfer.add(tx, transfers, [wait.due_at for _, wait in batch.placed])
    for transfer in transfers:
        guarding.ask_and_tell(tx, batch.wards.get(transfer.holder), transfer)
    events.tell_transfers(tx, transfers, batch.when.at)


def pay_bills(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[PayBill], when: When
) -> list[Made]:
    """Pay each bill to its biller by a transfer that can be recalled like any other."""
    wanted = [bill_transfer(tx, asked) for asked in commands]
    transfers = [one for one in wanted if isinstance(one, MakeTransfer)]
    made = iter(make_transfers(tx, ledger, actor, transfers, when))
    return [one if isinstance(one, Refusal) else next(made) for one in wanted]


def bill_transfer(tx: Tx, asked: PayBill) -> MakeTransfer | Refusal:
    """The transfer that pays a bill of its holder."""
    bill = store.bills(tx, [asked.bill]).get(asked.bill)
    if bill is None or bill.holder != asked.holder:
        return errors.unknown_bill()
    biller = bill.biller
    to = To(biller.name.zh, biller.account, biller.bank)
    memo = f"{bill.period:%Y-%m}"
    return MakeTransfer(
        *(asked.key, asked.holder, asked.account, to, bill.amount, biller.purpose, memo),
        bill=bill.id,
    )


def recall_transfers(
    tx: Tx, ledger: Ledger, actor: Actor, holder: str, transfers: Sequence[UUID], when: When
) -> list[Made]:
    """Take transfers back: the money is the holder's again at once. Takes the ledger.

    Recalled again it answers as before. Refusals: unknown (or another's), already paid, ended.
    """
    ledger.hold(tx)
    found = store_transfer.lock(tx, transfers)
    ready = {
        one.id: one for one in found.values() if one.holder == holder and one.recallable(when.at)
    }
    ended = _let_go(tx, ledger, actor, list(ready.values()), State.RECALLED, when)
    return [ended.get(one) or _why_not(found.get(one), holder) for one in transfers]


def _why_not(transfer: Transfer | None, holder: str) -> Made:
    if transfer is None or transfer.holder != holder:
        return errors.unknown_transfer()
    match transfer.state:
        case State.RECALLED:
            return transfer
        case State.PAID | State.HELD:
            return errors.already_paid()
        case State.REFUSED | State.LAPSED | State.FAILED:
            return errors.already_ended()


def rule_transfer(
    tx: Tx, ledger: Ledger, session: Session, transfer: UUID, when: When, *, approved: bool
) -> Made:
    """A guardian's yes or no to a transfer that waits for him.

    After a yes it is paid when its recall window has ended; after a no the money is the holder's
    again. Raises Refusal `approval.over` unless this person guards the holder and was asked.
    Refusals: unknown, no longer waiting.
    """
    ledger.hold(tx)
    waiting = _waiting(tx, transfer, when)
    if isinstance(waiting, Refusal):
        return waiting
    rule_approval(tx, session, transfer, when.at, approved=approved)
    if not approved:
        return _let_go(tx, ledger, session.actor, [waiting], State.REFUSED, when)[transfer]
    store_transfer.approve(tx, waiting, session.actor.id, when.at)
    return store_transfer.by_id(tx, [transfer])[transfer]


def _waiting(tx: Tx, transfer: UUID, when: When) -> Made:
    found = store_transfer.lock(tx, [transfer]).get(transfer)
    if found is None:
        return errors.unknown_transfer()
    if found.state is not State.HELD:
        return errors.already_ended()
    if not found.waits_for_approval:
        return errors.not_waiting()
    # What nobody approved in time is let go by the loop; until it comes, it is too late already.
    return errors.already_ended() if when.at >= found.made_at + PAUSE else found


def pay_due(tx: Tx, ledger: Ledger, when: When, limit: int = AT_ONCE) -> list[Transfer]:
    """One turn of the loop: pay transfers whose window has ended, let go what nobody approved.

    Safe to be killed in and to run twice. Takes the ledger if anything is due.
    """
    ids = store_transfer.due(tx, when.at, limit)
    if not ids:
        return []
    ledger.hold(tx)
    held = [one for one in store_transfer.lock(tx, ids).values() if one.state is State.HELD]
    lapsed = [one for one in held if one.waits_for_approval]
    ended = _let_go(tx, ledger, SYSTEM, lapsed, State.LAPSED, when)
    paid = pay(tx, ledger, SYSTEM, [one for one in held if not one.waits_for_approval], when)
    return [*ended.values(), *paid]


def _let_go(
    tx: Tx, ledger: Ledger, actor: Actor, transfers: Sequence[Transfer], state: State, when: When
) -> dict[UUID, Transfer]:
    """Give the held money back and end the transfers."""
    if not transfers:
        return {}
    holding = Held.of(tx, ledger, transfers)
    holding.release(tx, ledger, transfers, when)
    store_transfer.end(tx, [Ended(one.id, state) for one in transfers], actor.id, when)
    ended = store_transfer.by_id(tx, [one.id for one in transfers])
    events.tell_transfers(tx, list(ended.values()), when.at)
    return ended
