"""The know-your-business checklist: what each line compares, and what a failed line says. Pure.

Names of people are compared here and kept nowhere; a result holds codes only.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.origination.domain.filing import KybItem
from heliu.ground.text import Text
from heliu.parties.party.api import Profile, RelationKind, Status, uscc_fault


@dataclass(frozen=True, slots=True)
class Licence:
    """What the business licence (营业执照) says; `valid_until` is None for a long-term one."""

    uscc: str
    name: str
    legal_representative: str = field(repr=False)
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Owner:
    """A declared beneficial owner and the share held, directly or not, in (0, 1]."""

    name: str = field(repr=False)
    share: Decimal


@dataclass(frozen=True, slots=True)
class BankAccount:
    """The account the money would go to, and whose name the bank that keeps it knows."""

    number: str = field(repr=False)
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's identity as verified at `channel` (counter, or remote with liveness)."""

    name: str = field(repr=False)
    channel: str


@dataclass(frozen=True, slots=True)
class KybEvidence:
    """What was shown for the checklist; what is missing fails its lines."""

    licence: Licence | None = None
    owners: tuple[Owner, ...] = ()
    account: BankAccount | None = None
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about: the borrower's code, the register's profile, the share that counts."""

    borrower: str
    profile: Profile | None
    owner_share: Decimal
    on: date


CHANNELS: Final = ("counter", "remote")
Check = Callable[[Subject, KybEvidence], bool]


def checked(codes: Sequence[str], subject: Subject, evidence: KybEvidence) -> tuple[KybItem, ...]:
    """Each line of the checklist in order; all passed means the borrower is known."""
    return tuple(_item(code, subject, evidence) for code in codes)


def same_name(one: str, other: str) -> bool:
    """Whether two registered names are one, whatever their width, spaces and case."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _item(code: str, subject: Subject, evidence: KybEvidence) -> KybItem:
    check, reason, cure = CHECKS[code]
    passed = check(subject, evidence)
    return KybItem(code, passed) if passed else KybItem(code, passed, reason, cure)


def _code(subject: Subject, _evidence: KybEvidence) -> bool:
    return uscc_fault(subject.borrower) is None


def _registered(subject: Subject, _evidence: KybEvidence) -> bool:
    return subject.profile is not None and subject.profile.status is Status.ACTIVE


def _licence(subject: Subject, evidence: KybEvidence) -> bool:
    shown = evidence.licence
    return (
        shown is not None
        and subject.profile is not None
        and shown.uscc == subject.borrower
        and same_name(shown.name, subject.profile.name_zh)
        and (shown.valid_until is None or subject.on < shown.valid_until)
    )


def _legal_representative(subject: Subject, evidence: KybEvidence) -> bool:
    known = subject.profile.legal_representative if subject.profile else None
    shown = evidence.licence.legal_representative if evidence.licence else None
    return known is not None and shown is not None and same_name(known, shown)


def _owners(subject: Subject, evidence: KybEvidence) -> bool:
    """Every registered holder of the share that counts is declared, and no share is too much."""
    if subject.profile is None or not evidence.owners:
        return False
    declared = evidence.owners
    if any(not 0 < owner.share <= 1 for owner in declared) or sum(o.share for o in declared) > 1:
        return False
    return all(
        any(same_name(holder.name, owner.name) for owner in declared)
        for holder in subject.profile.relations
        if holder.kind is RelationKind.SHAREHOLDER
        # A company that holds a share is looked through: its own owners are declared instead.
        and holder.uscc is None
        and holder.share is not None
        and holder.share >= subject.owner_share
    )


def _account(subject: Subject, evidence: KybEvidence) -> bool:
    account = evidence.account
    if account is None:
        return False
    if subject.profile is not None:
        known = {kept.number for kept in subject.profile.accounts}
        return account.number in known and same_name(account.holder, subject.profile.name_zh)
    return evidence.identity is not None and same_name(account.holder, evidence.identity.name)


def _identity(_subject: Subject, evidence: KybEvidence) -> bool:
    return evidence.identity is not None and evidence.identity.channel in CHANNELS


CHECKS: Final[Mapping[str, tuple[Check, Text, Text]]] = {
    "uscc": (
        _code,
        Text("统一社会信用代码校验不符 (GB 32100)", "the USCC's check characters fail (GB 32100)"),
        Text("请按营业执照核对代码", "copy the code from the business licence"),
    ),
    "registered": (
        _registered,
        Text(
            "登记机关无此企业或其状态不是存续",
            "the register does not know the enterprise as active",
        ),
        Text("恢复登记状态或补报企业信息后重试", "have the registration restored or reported"),
    ),
    "licence": (
        _licence,
        Text(
            "营业执照缺失、过期或与登记信息不符",
            "the business licence is missing, has ended, or differs from the register",
        ),
        Text("提交现行有效的营业执照", "hand in the licence that is in force"),
    ),
    "legal_representative": (
        _legal_representative,
        Text(
            "法定代表人与登记信息不符",
            "the legal representative is not the one of the register",
        ),
        Text("办理变更登记或提交最新执照", "register the change or hand in the new licence"),
    ),
    "beneficial_owners": (
        _owners,
        Text(
            "受益所有人未申报或未申报齐全",
            "beneficial owners are not declared, or not all of them",
        ),
        Text(
            "申报全部达到持股比例的受益所有人",
            "declare every owner who holds the share that counts",
        ),
    ),
    "account": (
        _account,
        Text(
            "收款账户户名不一致或账户未备案",
            "the account is not the borrower's own by name and number",
        ),
        Text("提供以借款人名义开立并已备案的账户", "give a known account in the borrower's name"),
    ),
    "identity": (
        _identity,
        Text("身份未经核实", "the person's identity was not verified"),
        Text(
            "到柜台或远程活体核验身份", "have it verified at a counter, or remotely with liveness"
        ),
    ),
}
