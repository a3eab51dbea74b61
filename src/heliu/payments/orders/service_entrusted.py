"""Use case: may these payments go to these payees? Rules, papers and earlier payments decide."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Final

from heliu.flows.intake.api import Filed, Kind, TradeDocument, load_documents
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.party.api import Party, find_parties
from heliu.payments.orders import store_read
from heliu.payments.orders.domain.entrusted import (
    EntrustedRule,
    Evidence,
    Paper,
    PaperKind,
    entrusted_fault,
    papers_used,
)
from heliu.payments.orders.domain.entrusted_law import provision_on, stricter, unverified
from heliu.payments.orders.domain.order import Entrusted, Payee

_KINDS: Final = {
    Kind.ORDER: PaperKind.ORDER,
    Kind.INVOICE: PaperKind.INVOICE,
    Kind.CREDIT_NOTE: PaperKind.CREDIT_NOTE,
}


@dataclass(frozen=True, slots=True)
class AskEntrusted:
    """May `amount` of the borrower's loan be paid to `payee` on day `on`, under `rule`?"""

    borrower_uscc: str
    payee: Payee
    amount: Money
    rule: EntrustedRule
    on: date


def entrust(
    tx: Tx, asks: Sequence[AskEntrusted], *, production: bool = False
) -> list[Entrusted | Refusal | None]:
    """One answer per question, in order; None: neither programme nor law asks for a named payee.

    An `Entrusted` goes into the order; until that is placed, in the same transaction and with the
    ledger held, nobody else may use the papers. Earlier questions of the batch use them up. In the
    production profile a provision nobody verified refuses what it governs.
    """
    questions = [_strict(ask) for ask in asks]
    asked = [q for q in questions if q.rule.asks(q.amount) and q.payee.uscc is not None]
    pairs = sorted({(q.borrower_uscc, q.payee.uscc or "") for q in asked})
    papers = _papers(tx, pairs)
    registered = find_parties(tx, [payee for _, payee in pairs]) if pairs else {}
    paid = defaultdict(int, store_read.entrusted_paid(tx, pairs)) if pairs else defaultdict(int)
    answers: list[Entrusted | Refusal | None] = []
    for question in questions:
        pair = question.borrower_uscc, question.payee.uscc or ""
        used = (*pair, question.amount.currency)
        evidence = _evidence(pair, papers.get(pair, ()), registered, paid[used])
        answer = _decide(question, evidence, production=production)
        if isinstance(answer, Entrusted):
            paid[used] += question.amount.minor
        answers.append(answer)
    return answers


def _strict(ask: AskEntrusted) -> AskEntrusted:
    return replace(ask, rule=stricter(ask.rule, provision_on(ask.on), ask.amount))


def _decide(
    ask: AskEntrusted, evidence: Evidence, *, production: bool
) -> Entrusted | Refusal | None:
    if not ask.rule.asks(ask.amount):
        return None
    provision = provision_on(ask.on)
    if production and provision is not None and provision.blocks(ask.amount):
        return unverified(provision)
    refusal = entrusted_fault(ask.rule, ask.amount, ask.payee, evidence)
    return refusal or Entrusted(ask.borrower_uscc, papers_used(evidence))


def _evidence(
    pair: tuple[str, str], papers: Sequence[Paper], registered: Mapping[str, Party], paid: int
) -> Evidence:
    party = registered.get(pair[1])
    if party is None:
        return Evidence(pair[0], tuple(papers), paid=paid)
    profile = party.profile
    names = frozenset(filter(None, (profile.name_zh, profile.name_en)))
    accounts = frozenset(account.number for account in profile.accounts)
    return Evidence(pair[0], tuple(papers), names, accounts, paid)


def _papers(tx: Tx, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Paper]]:
    """The papers of each (borrower, payee) pair."""
    found = store_read.purchases(tx, pairs) if pairs else []
    if not found:
        return {}
    filed = load_documents(tx, [document for _, _, document in found])
    papers: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    for (borrower, payee, _), document in zip(found, filed, strict=True):
        paper = _paper(document)
        if paper is not None:
            papers[borrower, payee].append(paper)
    return papers


def _paper(filed: Filed) -> Paper | None:
    document = filed.document
    amount = _worth(document)
    if document.currency is None or amount is None:
        return None
    return Paper(
        filed.id,
        _KINDS[document.kind],
        document.number,
        Money.rounded(abs(amount), document.currency, mode=ROUND_DOWN),
        document.seller.account,
        document.void,
        order_no=_first(document, "order"),
        invoice_no=_first(document, "invoice"),
    )


def _worth(document: TradeDocument) -> Decimal | None:
    """What the paper says is to be paid; of an order without totals, the sum of its lines."""
    totals = document.totals
    for stated in (totals.payable, totals.gross, totals.net):
        if stated is not None:
            return stated
    nets = [line.net for line in document.lines if line.net is not None]
    return sum(nets, Decimal(0)) if nets else None


def _first(document: TradeDocument, kind: str) -> str | None:
    return next(iter(document.references.get(kind, ())), None)
