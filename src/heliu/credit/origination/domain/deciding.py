"""From a gathered application to a question for the rules, and from a verdict to an offer. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.consent import Consent
from heliu.credit.origination.domain.filing import BorrowerKind, ErrandKind, Filing, KybItem, Offer
from heliu.credit.origination.domain.law import Standing
from heliu.credit.origination.domain.outside import Ages
from heliu.credit.origination.domain.requirements import CapacityBasis, Requirements
from heliu.decisions.verdicts.api import FeatureValue
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.party.api import UsccFault, uscc_fault

# The bank's own number of a person; never a number of an identity card.
_CUSTOMER = re.compile(r"[A-Z]{1,4}[0-9]{4,14}")
_LONGEST = 200
_PLACES = 8
_LARGEST = 2**53
# Grades whose credit is good; a new borrower of any other is "ordinary" (一般).
GOOD_GRADES = frozenset({"A", "B"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that has to be there before a decision, in words."""

    code: str
    words: Text


_ERRANDS = {
    ErrandKind.REPORT: Text("信用报告", "the credit report"),
    ErrandKind.SEARCH: Text("动产登记查询", "the search in the asset registry"),
    ErrandKind.SCREENING: Text("名单筛查", "the screening against lists"),
}


def filing_fault(filing: Filing, asked: Requirements) -> Text | None:
    """What is wrong with an application by itself, or None; the first fault counts."""
    held = filing.property
    amounts = [filing.amount, filing.turnover, *([held.value] if held else [])]
    secured = asked.capacity_basis is CapacityBasis.PROPERTY or asked.searches
    faults = (
        (not _named(filing), Text("借款人代码不合规定", "the borrower's code is none of its kind")),
        (
            len({amount.currency for amount in amounts}) > 1,
            Text("金额币种不一致", "the amounts are in different currencies"),
        ),
        (
            not _fraction(filing.base_rate),
            Text("年利率须在 0 至 1 之间", "the annual rate is not a fraction of 0 to 1"),
        ),
        (
            filing.turnover.minor < 0 or (held is not None and held.value.minor <= 0),
            Text("年收入或担保物价值不合理", "turnover or the property's value is below zero"),
        ),
        (
            secured and held is None,
            Text("缺少担保物或应收账款信息", "the property that secures it is missing"),
        ),
        (not filing.purpose.strip(), Text("缺少贷款用途", "the purpose is missing")),
        (
            not all(_sound(text) for text in _texts(filing))
            or any(type(v) is int and abs(v) > _LARGEST for v in filing.inputs.values()),
            Text("文本过长或含控制字符", "a text is too long, or holds control characters"),
        ),
        (
            not 0 < filing.product_version < 2**31,
            Text("产品版本号不合规定", "there is no such version"),
        ),
    )
    return next((words for wrong, words in faults if wrong), None)


def _named(filing: Filing) -> bool:
    if filing.borrower_kind is BorrowerKind.PERSON:
        return _CUSTOMER.fullmatch(filing.borrower) is not None
    return uscc_fault(filing.borrower) is not UsccFault.SHAPE


def _fraction(rate: Decimal) -> bool:
    """Whether `rate` is a number of 0 to 1 with at most eight places."""
    places = rate.as_tuple().exponent
    return isinstance(places, int) and places >= -_PLACES and 0 <= rate <= 1


def _texts(filing: Filing) -> Iterator[str]:
    yield from (filing.borrower, filing.product_code, filing.purpose)
    yield from filing.inputs
    yield from (value for value in filing.inputs.values() if isinstance(value, str))
    if filing.payee is not None:
        yield from (filing.payee.name, filing.payee.account)
    if filing.property is not None:
        yield from (filing.property.debtor, filing.property.reference)


def _sound(text: str) -> bool:
    return len(text) <= _LONGEST and text.isprintable()


def missing(
    now: Application, asked: Requirements, ages: Ages, consent: Consent | None, on: date
) -> list[Missing]:
    """Everything that is not there yet, in the order in which it is asked for."""
    attached = {document.kind for document in now.documents}
    found: list[Missing | None] = [
        Missing(f"document.{kind}", Text(f"文件 {kind}", f"document {kind}"))
        for kind in asked.documents
        if kind not in attached
    ]
    checked = {item.code: item for item in now.kyb}
    found += [_unchecked(code, checked.get(code)) for code in asked.kyb]
    if asked.credit_report and (consent is None or not consent.holds(on)):
        found.append(Missing("consent", Text("征信查询授权", "consent to the credit report")))
    found += [
        Missing(f"outside.{kind}", _ERRANDS[kind]) for kind in _unanswered(now, asked, ages, on)
    ]
    return [one for one in found if one is not None]


def _unchecked(code: str, item: KybItem | None) -> Missing | None:
    if item is not None and item.passed:
        return None
    unchecked = Text(f"尚未核查 {code}", f"{code} is not checked")
    return Missing(f"kyb.{code}", (item.reason if item else None) or unchecked)


def _unanswered(
    now: Application, asked: Requirements, ages: Ages, on: date
) -> Iterator[ErrandKind]:
    if asked.credit_report and (
        now.report is None or now.report.issued_on < on - timedelta(ages.report_days)
    ):
        yield ErrandKind.REPORT
    if asked.searches and now.search is None:
        yield ErrandKind.SEARCH
    if now.screening is None or now.screening.screened_on < on - timedelta(ages.screening_days):
        yield ErrandKind.SCREENING


def in_words(found: list[Missing]) -> Text:
    """What is missing, as one sentence."""
    return Text(
        "尚缺: " + "; ".join(one.words.zh for one in found),
        "still missing: " + "; ".join(one.words.en for one in found),
    )


def capacity(now: Application, asked: Requirements, standing: Standing) -> Money:
    """The most that may be lent, rounded down to the minor unit; never below zero."""
    filing, report = now.filing, now.report
    zero = Money(0, filing.amount.currency)
    if asked.capacity_basis is CapacityBasis.PROPERTY:
        assert filing.property is not None, "a secured loan names its property"
        return filing.property.value.times(asked.capacity_ratio, mode=ROUND_DOWN)
    elsewhere = Money(report.debt_minor, filing.amount.currency) if report else zero
    room = filing.turnover.times(asked.capacity_ratio, mode=ROUND_DOWN)
    return max(zero, room - elsewhere - standing.outstanding)


def features(
    now: Application, asked: Requirements, standing: Standing, age_days: int | None
) -> dict[str, FeatureValue]:
    """What the release decides on. `age_days` since registration; None: unknown or a person."""
    report, search, screening = now.report, now.search, now.screening
    turnover = now.filing.turnover.minor
    debt = report.debt_minor if report else None
    return {
        "capacity_minor": capacity(now, asked, standing).minor,
        "list_hits": len(screening.hits) if screening else None,
        "prior_registrations": len(search.prior) if search else None,
        "overdue_minor": report.overdue_minor if report else None,
        "overdue_months_24": report.overdue_months_24 if report else None,
        "worst_class": report.worst_class if report else None,
        "lenders": report.lenders if report else None,
        "queries_6m": report.queries_6m if report else None,
        "debt_permille": None if debt is None or turnover <= 0 else debt * 1000 // turnover,
        "turnover_minor": turnover,
        "age_days": age_days,
        "secured": now.filing.property is not None,
        "existing_borrower": standing.existing,
        "tenor_days": now.filing.tenor_days,
        "is_person": now.filing.borrower_kind is BorrowerKind.PERSON,
    }


def needs_second(offer: Offer, above: Money) -> bool:
    """Whether a second person has to agree to `offer`; another currency always needs one."""
    return offer.amount.currency != above.currency or offer.amount > above
