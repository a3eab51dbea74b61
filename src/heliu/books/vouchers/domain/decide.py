"""What the desk answers to a command: the event it becomes, or why it does not.

Pure: reads the register, changes nothing. The order of the checks is the order in which a clerk
would ask: is it there, who asks, does it still live, is it free, is it time.
"""

import re
from typing import Final, assert_never

from heliu.books.vouchers import errors
from heliu.books.vouchers.domain.command import (
    Accept,
    Approve,
    Command,
    Finance,
    FinancingKind,
    FragmentCommand,
    Freeze,
    Issue,
    Redeem,
    Release,
    Split,
    TitleCommand,
    Transfer,
    Unfreeze,
    Void,
    child_fragment,
    voucher_id,
    whole_fragment,
)
from heliu.books.vouchers.domain.event import (
    Accepted,
    Approved,
    Body,
    Divided,
    Drafted,
    Financed,
    Frozen,
    Part,
    Redeemed,
    Released,
    Transferred,
    Unfrozen,
    Voided,
)
from heliu.books.vouchers.domain.register import Fragment, Register, Standing, Status, Voucher
from heliu.books.vouchers.domain.waterfall import spread
from heliu.ground.actor import Actor
from heliu.ground.money import Money
from heliu.ground.text import Text

MAX_AMOUNT: Final = 10**14
MIN_PARTS: Final = 2
MAX_PARTS: Final = 200
MAX_INVOICES: Final = 1000
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ISSUER: Final = Text("出票的核心企业", "the issuer")
_PAYEE: Final = Text("收款人", "the payee")
_HOLDER: Final = Text("登记的持有人", "the holder of record")
_FINANCIER: Final = Text("资金方", "the financier")


def decide(register: Register, command: TitleCommand | Redeem, actor: Actor) -> Body:
    """The event that `command` becomes. Raises Refusal."""
    if isinstance(command, Issue):
        return _issue(register, command)
    voucher = _voucher_of(register, command)
    if command.on < voucher.last_on:
        raise errors.backdated(voucher.last_on)
    match command:
        case Approve():
            return _approve(voucher, command, actor)
        case Accept():
            return _accept(voucher, command)
        case Void():
            return _void(register, voucher, command)
        case Redeem():
            return _redeem(register, voucher, command)
        case Split() | Transfer() | Finance() | Release() | Freeze() | Unfreeze():
            return _on_fragment(register, voucher, command)
        case _:
            assert_never(command)


def target(register: Register, command: TitleCommand | Redeem) -> Voucher | None:
    """The voucher a command is about, if it is here."""
    if isinstance(command, Issue):
        return register.vouchers.get(voucher_id(command.key))
    if isinstance(command, Approve | Accept | Void | Redeem):
        return register.vouchers.get(command.voucher)
    fragment = register.fragments.get(command.fragment)
    return None if fragment is None else register.vouchers[fragment.voucher]


def _voucher_of(register: Register, command: TitleCommand | Redeem) -> Voucher:
    found = target(register, command)
    if found is None:
        fragment = isinstance(command, FragmentCommand)
        raise errors.unknown(command.fragment if fragment else command.voucher)  # type: ignore[union-attr] # one of the two
    return found


def _issue(register: Register, command: Issue) -> Drafted:
    _sound_terms(command)
    currency, amount = command.amount.currency, command.amount.minor
    rule = command.tenor
    if command.due_on > rule.latest(command.on):
        raise errors.tenor_exceeded(rule, rule.latest(command.on))
    backing = tuple(sorted((one.normal() for one in command.backing), key=lambda one: one.key))
    backed = sum(one.amount for one in backing)
    if backed != amount:
        raise errors.not_backed(Money(backed, currency), command.amount)
    for one in backing:
        used = register.used.get(one.key)
        if used is None:
            continue
        if (used.check_digits, used.invoice_amount, used.currency) != (
            *(one.check_digits, one.invoice_amount, currency),
        ):
            raise errors.invoice_contradicts()
        left = one.invoice_amount - used.amount
        if one.amount > left:
            raise errors.invoice_overused(Money(left, currency))
    return Drafted(
        *(command.by, command.payee, currency, amount, command.on, command.due_on),
        *(backing, rule, rule.is_usual(command.on, command.due_on)),
    )


def _sound_terms(command: Issue) -> None:
    _named(command.by, command.payee)
    if command.payee == command.by:
        raise errors.bad_terms(Text("出票人不得为收款人", "issuer and payee are the same"))
    if not 0 < command.amount.minor <= MAX_AMOUNT:
        raise errors.bad_terms(
            Text("金额须大于零且不超过一万亿元", "the amount is above 0, at most 10^14 minor units")
        )
    if command.due_on <= command.on:
        raise errors.bad_terms(Text("到期日须晚于开立日", "it falls due after it is issued"))
    keys = [one.key for one in command.backing]
    if not 0 < len(keys) <= MAX_INVOICES or len(set(keys)) < len(keys):
        raise errors.bad_terms(
            Text(f"发票须为一至 {MAX_INVOICES} 张，且不得重复",
                 f"1 to {MAX_INVOICES} invoices back it, each of them once")
        )  # fmt: skip
    for one in command.backing:
        _digests(one.document_sha256)
        if not one.key.strip(":") or not 0 < one.amount <= one.invoice_amount <= MAX_AMOUNT:
            raise errors.bad_terms(
                Text("发票须有号码，占用额不得超过票面金额",
                     "an invoice has a number and gives at most its amount")
            )  # fmt: skip


def _approve(voucher: Voucher, command: Approve, actor: Actor) -> Approved:
    _by(command, voucher.issuer, _ISSUER)
    _stage(voucher, Status.DRAFTED)
    if actor.id == voucher.drafted_by:
        raise errors.same_person()
    _before_due(voucher, command)
    return Approved()


def _accept(voucher: Voucher, command: Accept) -> Accepted:
    _digests(command.deed)
    _by(command, voucher.payee, _PAYEE)
    _stage(voucher, Status.APPROVED)
    _before_due(voucher, command)
    return Accepted(whole_fragment(voucher.id), command.deed)


def _void(register: Register, voucher: Voucher, command: Void) -> Voided:
    if not command.reason.strip():
        raise errors.bad_terms(Text("须注明作废原因", "say why it is void"))
    if voucher.status in (Status.DRAFTED, Status.APPROVED):
        if command.by not in (voucher.issuer, voucher.payee):
            raise errors.not_party(_ISSUER)
        return Voided(command.reason)
    _stage(voucher, Status.ACCEPTED)
    held = register.held_of(voucher.id)
    if voucher.paid or any(one.holder != command.by for one in held):
        raise errors.not_party(Text("持有全部未付份额的一方", "who holds the whole, unpaid"))
    for one in held:
        _free(register, one)
    return Voided(command.reason)


def _redeem(register: Register, voucher: Voucher, command: Redeem) -> Redeemed:
    _by(command, voucher.issuer, _ISSUER)
    _stage(voucher, Status.ACCEPTED)
    if command.on < voucher.due_on:
        raise errors.not_due(voucher.due_on)
    if command.cash.currency != voucher.currency or command.cash.minor <= 0:
        raise errors.bad_terms(
            Text(f"须以 {voucher.currency} 支付大于零的金额",
                 f"pay more than 0, in {voucher.currency}")
        )  # fmt: skip
    claims = register.claims(voucher.id)
    open_ = sum(claim.open for claim in claims)
    if command.cash.minor > open_:
        raise errors.overpaid(Money(open_, voucher.currency))
    shares = spread(command.cash.minor, claims)
    if not shares.payouts:
        raise errors.all_frozen()
    return Redeemed(command.cash.minor, shares.payouts, shares.withheld)


def _on_fragment(register: Register, voucher: Voucher, command: FragmentCommand) -> Body:
    fragment = register.fragments[command.fragment]
    match command:
        case Split():
            return _split(register, voucher, fragment, command)
        case Transfer():
            return _transfer(register, voucher, fragment, command)
        case Finance():
            return _finance(register, voucher, fragment, command)
        case Release():
            return _release(register, fragment, command)
        case Freeze():
            _named(command.by)
            _digests(command.order)
            _live(fragment)
            if fragment.frozen_by is not None:
                raise errors.frozen()
            return Frozen(fragment.id, command.order)
        case Unfreeze():
            _named(command.by)
            _digests(command.order)
            _live(fragment)
            if fragment.frozen_by is None:
                raise errors.not_frozen()
            return Unfrozen(fragment.id, command.order)
        case _:
            assert_never(command)


def _split(register: Register, voucher: Voucher, fragment: Fragment, command: Split) -> Divided:
    _disposable(register, voucher, fragment, command)
    amounts = command.amounts
    sound = MIN_PARTS <= len(amounts) <= MAX_PARTS and all(amount > 0 for amount in amounts)
    if not sound or sum(amounts) != fragment.amount:
        whole = Money(fragment.amount, voucher.currency)
        raise errors.bad_terms(
            Text(f"拆为 2 至 {MAX_PARTS} 份，合计须等于 {whole}",
                 f"split it in 2 to {MAX_PARTS} parts above 0 that sum to {whole}")
        )  # fmt: skip
    return Divided(
        fragment.id,
        tuple(
            Part(child_fragment(command.key, number), amount)
            for number, amount in enumerate(amounts, start=1)
        ),
    )


def _transfer(
    register: Register, voucher: Voucher, fragment: Fragment, command: Transfer
) -> Transferred:
    _digests(command.deed, command.basis)
    _disposable(register, voucher, fragment, command)
    _new_holder(voucher, fragment, command.to)
    return Transferred(fragment.id, fragment.holder, command.to, command.deed, command.basis)


def _finance(
    register: Register, voucher: Voucher, fragment: Fragment, command: Finance
) -> Financed:
    _digests(command.deed, command.basis)
    _disposable(register, voucher, fragment, command)
    _new_holder(voucher, fragment, command.financier)
    if not 0 < command.amount <= fragment.amount or not command.registry_no.strip():
        raise errors.bad_terms(
            Text("融资金额不得超过份额，且须有登记编号",
                 "it is financed for at most its amount, under a registry number")
        )  # fmt: skip
    if command.registry_no in register.registry_numbers:
        raise errors.registry_reused(command.registry_no)
    return Financed(
        *(fragment.id, command.kind, fragment.holder, command.financier),
        *(command.amount, command.registry_no, command.deed, command.basis),
    )


def _release(register: Register, fragment: Fragment, command: Release) -> Released:
    _digests(command.deed)
    financing = register.financing_of(fragment.id)
    if financing is None:
        raise errors.not_financed()
    _by(command, financing.financier, _FINANCIER)
    returns = financing.kind is FinancingKind.ASSIGNMENT and fragment.status is Standing.HELD
    if returns and fragment.frozen_by is not None:
        raise errors.frozen()
    back = financing.obligor if returns else None
    return Released(fragment.id, financing.id, command.deed, back)


def _disposable(
    register: Register, voucher: Voucher, fragment: Fragment, command: FragmentCommand
) -> None:
    _live(fragment)
    _by(command, fragment.holder, _HOLDER)
    _free(register, fragment)
    _before_due(voucher, command)


def _new_holder(voucher: Voucher, fragment: Fragment, party: str) -> None:
    _named(party)
    if party in (fragment.holder, voucher.issuer):
        raise errors.bad_terms(
            Text("受让方不得为持有人本人或出票人", "neither its holder nor the issuer can take it")
        )


def _live(fragment: Fragment) -> None:
    if fragment.status is not Standing.HELD:
        raise errors.not_live(fragment.status)


def _free(register: Register, fragment: Fragment) -> None:
    if register.financing_of(fragment.id) is not None:
        raise errors.financed()
    if fragment.frozen_by is not None:
        raise errors.frozen()


def _by(command: Command, party: str, who: Text) -> None:
    if command.by != party:
        raise errors.not_party(who)


def _stage(voucher: Voucher, wanted: Status) -> None:
    if voucher.status is not wanted:
        raise errors.wrong_stage(voucher.status, wanted)


def _before_due(voucher: Voucher, command: Command) -> None:
    if command.on >= voucher.due_on:
        raise errors.matured(voucher.due_on)


def _digests(*texts: str) -> None:
    if not all(_DIGEST.fullmatch(text) for text in texts):
        raise errors.bad_terms(
            Text("文件须以其 SHA-256 (小写十六进制) 标明",
                 "documents are named by their SHA-256, lower-case hex")
        )  # fmt: skip


def _named(*parties: str) -> None:
    if not all(party.strip() for party in parties):
        raise errors.bad_terms(Text("须写明当事方", "every party is named"))
