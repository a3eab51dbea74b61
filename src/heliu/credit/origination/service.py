"""Use cases of origination, first part: file, attach papers, check the borrower, consent, read."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import Entry, leaves, record
from heliu.credit.origination import errors, store, store_papers
from heliu.credit.origination.acting import (
    Life,
    act,
    ages_of,
    consents_for,
    digest_of,
    in_stage,
    keep,
    load,
    note,
)
from heliu.credit.origination.domain.application import Application, fold
from heliu.credit.origination.domain.commands import (
    Attach,
    CheckKyb,
    Day,
    FileApplication,
    ResumeErrand,
    Withdraw,
)
from heliu.credit.origination.domain.consent import Consent, Scope
from heliu.credit.origination.domain.deciding import Missing, filing_fault, missing
from heliu.credit.origination.domain.filing import Filing, Stage
from heliu.credit.origination.domain.happenings import (
    Attached,
    Body,
    ErrandResumed,
    Event,
    Filed,
    KybChecked,
    Withdrawn,
)
from heliu.credit.origination.domain.kyb import Subject, checked
from heliu.credit.origination.domain.law import needed_rules
from heliu.credit.origination.domain.requirements import Requirements
from heliu.credit.origination.requirements_file import for_product
from heliu.credit.products.api import (
    ProductVersion,
    loan_products_in_force,
    periods_of,
    unknown_inputs,
    unmet,
)
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.text import Text
from heliu.parties.party.api import AsOf, find_parties

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KIND: Final = re.compile(r"[a-z][a-z_]{1,59}")
MAX_DOCUMENT: Final = 20 * 2**20
_BEFORE_THE_END: Final = (Stage.GATHERING, Stage.REVIEW, Stage.OFFERED, Stage.ACCEPTED)


def file_applications(
    tx: Tx, actor: Actor, commands: Sequence[FileApplication], day: Day
) -> list[Application | Refusal]:
    """Record applications under what their products ask for; one outcome each, in order.

    Refused at once: a product version that is not in force or whose bounds or conditions are not
    met, a wrong kind of borrower, an amount or tenor out of bounds, and in the production profile a
    product that rests on a rule nobody verified.
    """
    known = store.filed(tx, [command.key for command in commands])
    codes = sorted({command.filing.product_code for command in commands})
    offered = loan_products_in_force(tx, [code for code in codes if code.isprintable()], day.on)
    judged = [_judged(command, known, day.rules, offered) for command in commands]
    store.add(
        tx,
        [
            _row(command, asked, day, actor)
            for command, asked in zip(commands, judged, strict=True)
            if isinstance(asked, Requirements) and command.key not in known
        ],
    )
    lives = load(tx, [application_id(command.key) for command in commands], lock=True)
    first = {one: life.keys for one, life in lives.items()}
    new = []
    for command, asked in zip(commands, judged, strict=True):
        identity = application_id(command.key)
        if isinstance(asked, Requirements) and identity not in lives:
            event = Event(1, Filed(command.filing), day.on, actor.id, day.now)
            lived = fold(identity, [event], must_register=asked.searches)
            lives[identity] = Life(asked, lived, {command.key: (digest_of(command), 1)})
            new.append(
                (None, store.Kept(identity, command.key, digest_of(command), event), lived[0])
            )
    keep(tx, new, {one: life for one, life in lives.items() if one not in first}, day.rules)
    return [_filed(command, asked, lives) for command, asked in zip(commands, judged, strict=True)]


def attach(
    tx: Tx, actor: Actor, commands: Sequence[Attach], day: Day
) -> list[Application | Refusal]:
    """Add papers by their subjects in the evidence log; one outcome each, in order."""
    named = [document.evidence_id for command in commands for document in command.documents]
    proven = {leaf.subject_id for leaf in leaves(tx, named)}

    def attached(life: Life, command: Attach) -> Body:
        in_stage(life.now, Stage.GATHERING)
        if not command.documents:
            raise errors.filing_invalid(Text("没有文件", "no document is named"))
        for document in command.documents:
            if not _KIND.fullmatch(document.kind):
                raise errors.filing_invalid(
                    Text("文件种类不是小写单词", "a kind of document is a lower-case word")
                )
            if document.evidence_id not in proven:
                raise errors.document_unknown(document.evidence_id)
        return Attached(command.documents)

    return act(tx, actor, commands, day, attached)


def keep_documents(
    tx: Tx, actor: Actor, papers: Sequence[bytes], now: datetime
) -> list[UUID | Refusal]:
    """Keep papers byte for byte and prove them; the subject of each in the evidence log.

    The same bytes are the same paper. The subject may be attached in a later transaction.
    """
    sound = {
        hashlib.sha256(paper).hexdigest(): paper
        for paper in papers
        if 0 < len(paper) <= MAX_DOCUMENT
    }
    store_papers.add_documents(
        tx, [(s, paper, now, actor.id) for s, paper in sorted(sound.items())]
    )
    record(tx, [Entry("loan_document", document_id(sha256), sha256) for sha256 in sorted(sound)])
    return [
        document_id(hashlib.sha256(paper).hexdigest())
        if 0 < len(paper) <= MAX_DOCUMENT
        else errors.document_size(len(paper), MAX_DOCUMENT)
        for paper in papers
    ]


def check_kyb(
    tx: Tx, actor: Actor, commands: Sequence[CheckKyb], day: Day
) -> list[Application | Refusal]:
    """Go through each borrower's checklist; what fails stands in the outcome with its cure."""
    lives = load(tx, [command.application_id for command in commands], lock=True)
    codes = [life.now.filing.borrower for life in lives.values()]
    parties = find_parties(tx, codes, AsOf(day.on, day.now))

    def kyb(life: Life, command: CheckKyb) -> Body:
        in_stage(life.now, Stage.GATHERING)
        borrower = life.now.filing.borrower
        party = parties.get(borrower)
        share = day.rules.ratio("kyb.beneficial_owner_share")
        subject = Subject(borrower, party.profile if party else None, share, day.on)
        return KybChecked(checked(life.asked.kyb, subject, command.evidence))

    return act(tx, actor, commands, day, kyb, lives)


def resume(
    tx: Tx, actor: Actor, commands: Sequence[ResumeErrand], day: Day
) -> list[Application | Refusal]:
    """Have stuck errands tried again from the beginning; a person decided so."""

    def resumed(life: Life, command: ResumeErrand) -> Body:
        if command.errand not in life.now.stuck:
            raise errors.not_stuck(life.now.id, command.errand)
        return ErrandResumed(command.errand)

    return act(tx, actor, commands, day, resumed)


def withdraw(
    tx: Tx, actor: Actor, commands: Sequence[Withdraw], day: Day
) -> list[Application | Refusal]:
    """End applications their borrowers do not want any more; not after both sides signed."""

    def withdrawn(life: Life, _command: Withdraw) -> Body:
        in_stage(life.now, *_BEFORE_THE_END)
        return Withdrawn()

    return act(tx, actor, commands, day, withdrawn)


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """`subject` allowed `scope` for [valid_from, valid_to) by a text of that SHA-256 (hex)."""

    id: UUID
    subject: str
    scope: Scope
    text_sha256: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """The consent no longer holds from that day on."""

    consent_id: UUID
    on: date


def record_consents(
    tx: Tx, actor: Actor, commands: Sequence[RecordConsent], day: Day
) -> list[Consent | Refusal]:
    """Record consents; one outcome each, in order. The same id again answers the same."""
    faults = [_consent_fault(command) for command in commands]
    sound = [c for c, fault in zip(commands, faults, strict=True) if fault is None]
    store_papers.add_consents(
        tx,
        [
            (
                *(c.id, digest_of(c), c.subject, c.scope.value, c.text_sha256),
                *(c.valid_from, c.valid_to, day.now, actor.id),
            )
            for c in sound
        ],
    )
    digests = store_papers.digests(tx, [c.id for c in sound])
    found = store_papers.consents(tx, [c.id for c in sound])
    _refold(tx, [c.subject for c in sound], day.rules)
    return [
        fault or (found[c.id] if digests[c.id] == digest_of(c) else errors.key_reused(c.id))
        for c, fault in zip(commands, faults, strict=True)
    ]


def withdraw_consents(
    tx: Tx, actor: Actor, commands: Sequence[WithdrawConsent], day: Day
) -> list[Consent | Refusal]:
    """Record withdrawals; the first one counts. One outcome each, in order."""
    known = store_papers.consents(tx, [command.consent_id for command in commands])
    store_papers.withdraw(
        tx,
        [(c.consent_id, c.on, day.now, actor.id) for c in commands if c.consent_id in known],
    )
    found = store_papers.consents(tx, list(known))
    _refold(tx, [consent.subject for consent in found.values()], day.rules)
    return [found.get(c.consent_id) or errors.consent_unknown(c.consent_id) for c in commands]


def find(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Application]:
    """The applications of `ids` as they stand, by id."""
    return {one: life.now for one, life in load(tx, ids, lock=False).items()}


def listed(tx: Tx, stages: Sequence[Stage], limit: int = 1000) -> list[Application]:
    """Up to `limit` applications that stand in one of `stages`."""
    found = load(tx, store.in_stages(tx, stages, limit), lock=False)
    return [life.now for life in found.values()]


def still_missing(tx: Tx, ids: Sequence[UUID], rules: Rules) -> dict[UUID, list[Missing]]:
    """What each of `ids` that gathers still lacks before it may be decided."""
    lives = {
        one: life
        for one, life in load(tx, ids, lock=False).items()
        if life.now.stage is Stage.GATHERING
    }
    consents = consents_for(tx, list(lives.values()), rules)
    return {
        one: missing(
            *(life.now, life.asked, ages_of(rules)),
            *(consents.get(life.now.filing.borrower), rules.on),
        )
        for one, life in lives.items()
    }


def application_id(key: UUID) -> UUID:
    """The id of the application a command of that key files."""
    return derived_id("loan application", str(key))


def document_id(sha256: str) -> UUID:
    """The subject in the evidence log of a paper with that SHA-256 (hex)."""
    return derived_id("loan document", sha256)


def _judged(
    command: FileApplication,
    known: dict[UUID, tuple[UUID, str]],
    rules: Rules,
    offered: Mapping[str, ProductVersion],
) -> Requirements | Refusal | None:
    if command.key in known:
        return None
    filing = command.filing
    try:
        asked = for_product(filing.product_code)
        for rule_id in needed_rules(asked):
            rules.get(rule_id)
        _check(filing, asked)
        _check_product(filing, offered.get(filing.product_code))
    except Refusal as refusal:
        return refusal
    return asked


def _check(filing: Filing, asked: Requirements) -> None:
    if filing.borrower_kind is not asked.borrower:
        raise errors.borrower_kind(asked.name)
    same = filing.amount.currency == asked.least.currency
    if not same or not asked.least <= filing.amount <= asked.most:
        raise errors.amount_outside(asked.least, asked.most)
    if not asked.least_days <= filing.tenor_days <= asked.most_days:
        raise errors.tenor_outside(asked.least_days, asked.most_days)
    if (fault := filing_fault(filing, asked)) is not None:
        raise errors.filing_invalid(fault)


def _check_product(filing: Filing, offered: ProductVersion | None) -> None:
    code, version = filing.product_code, filing.product_version
    if offered is None or offered.product.version != version:
        raise errors.product_not_offered(
            code, version, offered.product.version if offered else None
        )
    product, bounds = offered.product, offered.product.bounds
    if filing.amount.currency not in product.currencies:
        raise errors.outside_product(code, "currency")
    if not bounds.principal.least <= filing.amount.amount <= bounds.principal.most:
        raise errors.outside_product(code, "amount")
    periods = periods_of(product, filing.tenor_days) if product.terms is not None else None
    if periods is None:
        raise errors.tenor_not_whole(code, filing.tenor_days)
    if not bounds.periods.least <= periods <= bounds.periods.most:
        raise errors.outside_product(code, "tenor_days")
    if not bounds.annual_rate.least <= filing.base_rate <= bounds.annual_rate.most:
        raise errors.outside_product(code, "base_rate")
    if unknown := unknown_inputs(product.eligibility, filing.inputs):
        raise errors.outside_product(code, unknown[0])
    if lacking := unmet(product.eligibility, filing.inputs):
        named = [wanted.input for wanted in lacking]
        raise errors.not_eligible(code, named, lacking[0].why, lacking[0].cure)


def _row(
    command: FileApplication, asked: Requirements, day: Day, actor: Actor
) -> tuple[object, ...]:
    filing = command.filing
    return (
        *(application_id(command.key), command.key, digest_of(command)),
        *(filing.borrower_kind.value, filing.borrower, filing.product_code),
        *(filing.product_version, asked.name, asked.sha256, filing.amount.currency),
        *(filing.amount.minor, day.on, day.now, actor.id),
    )


def _filed(
    command: FileApplication, asked: Requirements | Refusal | None, lives: dict[UUID, Life]
) -> Application | Refusal:
    life = lives.get(application_id(command.key))
    if life is None:
        assert isinstance(asked, Refusal), "what is not refused is filed"
        return asked
    if life.keys[command.key][0] != digest_of(command):
        return errors.key_reused(command.key)
    return life.lived[0]


def _consent_fault(command: RecordConsent) -> Refusal | None:
    if command.valid_from >= command.valid_to:
        return errors.consent_invalid(Text("授权期限为空", "the consent ends before it begins"))
    if not _DIGEST.fullmatch(command.text_sha256):
        return errors.consent_invalid(
            Text("授权书摘要不是 SHA-256", "the text's digest is no SHA-256 in hex")
        )
    if not command.subject.strip() or not command.subject.isprintable():
        return errors.consent_invalid(Text("缺少授权人", "it does not say who consents"))
    return None


def _refold(tx: Tx, borrowers: Sequence[str], rules: Rules) -> None:
    """Applications that waited for a consent may ask now; those that lost theirs may not."""
    waiting = store.gathering_of(tx, sorted(set(borrowers)))
    if waiting:
        note(tx, load(tx, waiting, lock=True), rules)
