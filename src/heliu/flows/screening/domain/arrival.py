"""Screening of documents as they arrive: the table detector and the growing graph, in findings.

Every document becomes a row (firm = seller, out, counterparty = buyer), a credit note a red one.
The bank must say which of several may still be financed: of duplicates the first one told, of a
split the whole; the others are blocked. A weak suspicion is a notice for a person to read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

import pyarrow as pa

from heliu.flows.intake.api import Filed, Kind, PartyRef
from heliu.flows.screening.domain.detection import detect
from heliu.flows.screening.domain.registry import face, party_key
from heliu.flows.screening.domain.suspicion import Options, Suspicion, SuspicionKind
from heliu.flows.screening.domain.tradegraph import Cycle, Edge, TradeGraph
from heliu.flows.verification.api import Evidence, Finding, FindingSeverity
from heliu.ground.text import Text
from heliu.parties.party.api import RelatedPair, Tie

# A person reads the notices of a day, not the whole list of a table.
TOLD_FROM: Final = 0.05
BLOCKS_FROM: Final = 0.6
RELATED: Final = "screening.related_parties"
_CIRCLES: Final = Options(cycle_spread=0.3)
_PROVEN: Final = frozenset({Tie.ACCOUNT, Tie.SHAREHOLDING})
_TWO_WAY_SPREAD: Final = 0.15
_SAME_TRADE: Final = ("order", "despatch", "receipt", "contract")
_CURES: Final = {
    SuspicionKind.EXACT_DUPLICATE: Text(
        "确认只提交一次；撤回重复提交的发票", "submit an invoice once; withdraw the copy"
    ),
    SuspicionKind.RENUMBERED_DUPLICATE: Text(
        "提交各自的订单与收货单，或作废、红冲其中一张",
        "send the order and receipt of each, or void or reverse one of them",
    ),
    SuspicionKind.SPLIT_SUM: Text(
        "提交各张发票对应的收货单，或红冲原整票",
        "send the receipt behind each part, or reverse the whole invoice",
    ),
    SuspicionKind.INFLATED_RED_LETTER: Text(
        "核对红字发票与其蓝字发票，更正后重新提交",
        "check the red letter against its blue invoice and send the corrected one",
    ),
    SuspicionKind.CIRCULAR_TRADE: Text(
        "提交各环节的物流单据以证明货物真实流转",
        "send the transport documents of every leg to show that goods really moved",
    ),
}
_RELATED_CURE: Final = Text(
    "提交关联交易的定价依据与买方内部批准",
    "send the pricing basis of the related-party trade and the buyer's own approval",
)


def findings_of(invoices: Sequence[Filed], documents: Sequence[Filed]) -> dict[UUID, list[Finding]]:
    """Findings for `invoices`, by id, from the table and the graph of `documents`.

    Of all that is known only what can bear on them is searched: the history of their sellers, what
    others claim of their buyers under their numbers, and the trade that may lead back to them.
    """
    wanted = {filed.id for filed in invoices}
    told = sorted(_bearing_on(invoices, documents), key=_order)
    found: dict[UUID, list[Finding]] = {}
    for currency in sorted({filed.document.currency or "" for filed in told}):
        rows = {str(f.id): f for f in told if (f.document.currency or "") == currency}
        for id_, finding in (*_suspected(rows), *_circles(rows, wanted)):
            if id_ in wanted:
                found.setdefault(id_, []).append(finding)
    return found


def _bearing_on(invoices: Sequence[Filed], documents: Sequence[Filed]) -> list[Filed]:
    """Those of `documents` that can be one of a suspicion with any of `invoices`."""
    keys = _Keys()
    mine = [filed for filed in invoices if keys.usable(filed)]
    if not mine:
        return []
    sellers = {keys.seller(filed) for filed in mine}
    claims = {(keys.buyer(filed), _number(filed)) for filed in mine}
    days = [filed.document.issued_on or date.min for filed in mine]
    window = timedelta(_CIRCLES.cycle_days)
    first, last = min(days) - window, max(days) + window
    currencies = {filed.document.currency for filed in mine}
    bearing, sales = [], defaultdict[str, list[Filed]](list)
    for filed in documents:
        if filed.document.currency not in currencies or not keys.usable(filed):
            continue
        seller = keys.seller(filed)
        if seller in sellers or (keys.buyer(filed), _number(filed)) in claims:
            bearing.append(filed)
        if first <= (filed.document.issued_on or date.min) <= last:
            sales[seller].append(filed)
    bearing += _onward(sales, {keys.buyer(filed) for filed in mine}, keys)
    return list({filed.id: filed for filed in bearing}.values())


def _onward(sales: Mapping[str, Sequence[Filed]], parties: set[str], keys: "_Keys") -> list[Filed]:
    """What `parties` sold, what their buyers sold, and so on for the length of a circle."""
    found: list[Filed] = []
    seen: set[str] = set()
    for _ in range(_CIRCLES.cycle_length - 1):
        seen |= parties
        step = [filed for party in sorted(parties) for filed in sales.get(party, ())]
        found += step
        parties = {keys.buyer(filed) for filed in step} - seen
    return found


class _Keys:
    """The keys of parties, each worked out once: few parties write many documents."""

    def __init__(self) -> None:
        self._of: dict[PartyRef, str] = {}

    def seller(self, filed: Filed) -> str:
        return self._key(filed.document.seller)

    def buyer(self, filed: Filed) -> str:
        return self._key(filed.document.buyer)

    def usable(self, filed: Filed) -> bool:
        document = filed.document
        return (
            document.kind in (Kind.INVOICE, Kind.CREDIT_NOTE)
            and document.issued_on is not None
            and bool(face(document.totals))
            and bool(self.seller(filed) and self.buyer(filed))
        )

    def _key(self, ref: PartyRef) -> str:
        if ref not in self._of:
            self._of[ref] = party_key(ref)
        return self._of[ref]


def party_ids(invoices: Iterable[Filed]) -> list[str]:
    """The tax ids of everybody who sells or buys in `invoices`, sorted."""
    refs = [ref for f in invoices for ref in (f.document.seller, f.document.buyer)]
    return sorted({ref.tax_id for ref in refs if ref.tax_id})


def related_findings(
    invoices: Sequence[Filed], pairs: Sequence[RelatedPair]
) -> Iterator[tuple[UUID, Finding]]:
    """A finding for every invoice whose seller and buyer are related.

    A shared account or shareholding blocks, and so do two ties of any kind; one lesser tie
    (a namesake, a shared telephone) is a notice.
    """
    ties = {frozenset((pair.first, pair.second)): pair for pair in pairs}
    for filed in invoices:
        parties = {filed.document.seller.tax_id, filed.document.buyer.tax_id} - {None}
        pair = ties.get(frozenset(str(party) for party in parties))
        if pair is not None:
            zh = "；".join(text.zh for text in pair.texts)
            en = "; ".join(text.en for text in pair.texts)
            blocks = not _PROVEN.isdisjoint(pair.ties) or len(pair.ties) > 1
            yield (
                filed.id,
                Finding(
                    RELATED,
                    FindingSeverity.BLOCKING if blocks else FindingSeverity.NOTICE,
                    Text(f"买卖双方存在关联：{zh}", f"seller and buyer are related: {en}"),
                    _RELATED_CURE,
                    (_evidence(filed),),
                ),
            )


def invoice_table(documents: Mapping[str, Filed]) -> pa.Table:
    """The detector's table of usable documents, row_id = the mapping's key."""
    rows = [(id_, f.document, _signed(f)) for id_, f in documents.items()]
    return pa.table(
        {
            "row_id": pa.array([id_ for id_, _, _ in rows], pa.string()),
            "firm": pa.array([party_key(d.seller) for _, d, _ in rows], pa.string()),
            "direction": pa.array(["out"] * len(rows), pa.string()),
            "invoice_no": pa.array([_number(d) for d in documents.values()], pa.string()),
            "date": pa.array([d.issued_on for _, d, _ in rows], pa.date32()),
            "counterparty": pa.array([party_key(d.buyer) for _, d, _ in rows], pa.string()),
            "total": pa.array([total for _, _, total in rows], pa.decimal128(18, 2)),
            "status": pa.array(["void" if d.void else "valid" for _, d, _ in rows], pa.string()),
        }
    )


def _suspected(rows: Mapping[str, Filed]) -> Iterator[tuple[UUID, Finding]]:
    for suspicion in detect(invoice_table(rows)):
        if suspicion.kind is SuspicionKind.CIRCULAR_TRADE:
            continue  # the graph knows more: it cites the circle an invoice closes
        group = [rows[str(row)] for row in suspicion.rows]
        judged = list(_judged(suspicion, group))
        if suspicion.score < TOLD_FROM and not any(blocks for _, blocks in judged):
            continue
        for filed, blocks in judged:
            severity = FindingSeverity.BLOCKING if blocks else FindingSeverity.NOTICE
            evidence = (_evidence(filed), *(_evidence(f) for f in group if f.id != filed.id))
            yield (
                filed.id,
                Finding(
                    f"screening.{suspicion.kind}",
                    severity,
                    suspicion.reason,
                    _CURES[suspicion.kind],
                    evidence,
                ),
            )


def _judged(suspicion: Suspicion, group: Sequence[Filed]) -> Iterator[tuple[Filed, bool]]:
    """Every member of a suspicion and whether it is blocked."""
    sure = suspicion.score >= BLOCKS_FROM
    match suspicion.kind:
        case SuspicionKind.EXACT_DUPLICATE:
            first = min(group, key=_order)
            yield from ((filed, filed is not first) for filed in group)
        case SuspicionKind.RENUMBERED_DUPLICATE:
            first = min(group, key=_order)
            papers = _papers(first)
            for filed in group:
                # Every delivery has a paper of its own: one that cites none was billed before.
                own = _papers(filed)
                billed_before = bool(own) and own <= papers
                yield filed, filed is not first and (sure or billed_before)
        case SuspicionKind.SPLIT_SUM:
            *parts, whole = group
            yield from ((part, sure) for part in parts)
            yield whole, False
        case _:
            yield from ((filed, sure) for filed in group)


def _papers(filed: Filed) -> set[tuple[str, str]]:
    """The papers of a trade that an invoice cites: (kind, number)."""
    cited = filed.document.references
    return {(kind, number) for kind in _SAME_TRADE for number in cited.get(kind, ())}


def _circles(rows: Mapping[str, Filed], wanted: set[UUID]) -> Iterator[tuple[UUID, Finding]]:
    graph, arriving = TradeGraph(_CIRCLES), list[Edge]()
    for id_, filed in rows.items():
        document, fen = filed.document, int(_signed(filed) * 100)
        if document.void or fen <= 0 or document.issued_on is None:
            continue
        parties = party_key(document.seller), party_key(document.buyer)
        edge = Edge(document.issued_on, id_, *parties, fen)
        if filed.id in wanted:
            arriving.append(edge)
        else:
            graph.keep(edge)
    for edge in arriving:
        for cycle in graph.add(edge):
            if _even(cycle):
                yield from _circle(cycle, rows)


def _even(cycle: Cycle) -> bool:
    # Reciprocal trade is common: of two parties only close amounts make a circle.
    fen = [edge.fen for edge in cycle]
    return len(cycle) > 2 or min(fen) >= (1 - _TWO_WAY_SPREAD) * max(fen)  # noqa: PLR2004


def _circle(cycle: Cycle, rows: Mapping[str, Filed]) -> Iterator[tuple[UUID, Finding]]:
    route = " -> ".join([*(edge.seller for edge in cycle), cycle[0].seller])
    message = Text(f"金额相近的货款循环：{route}", f"similar amounts run in a circle: {route}")
    legs = [rows[edge.id] for edge in cycle]
    for filed in legs:
        evidence = (_evidence(filed), *(_evidence(leg) for leg in legs if leg is not filed))
        yield (
            filed.id,
            Finding(
                "screening.circular_trade",
                FindingSeverity.BLOCKING,
                message,
                _CURES[SuspicionKind.CIRCULAR_TRADE],
                evidence,
            ),
        )


def _signed(filed: Filed) -> Decimal:
    """The face amount in cents, below zero for a credit note however it writes its amount."""
    amount = face(filed.document.totals) or Decimal(0)
    signed = -abs(amount) if filed.document.kind is Kind.CREDIT_NOTE else amount
    return signed.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _number(filed: Filed) -> str:
    # A credit note bears on the invoice it cites: under its number the detector compares the two.
    document = filed.document
    cited = document.references.get("invoice", ())
    if document.kind is Kind.CREDIT_NOTE and len(cited) == 1:
        return cited[0]
    return f"{document.code or ''}{document.number}"


def _order(filed: Filed) -> tuple[str, str, str]:
    return (str(filed.document.issued_on or ""), filed.file, str(filed.id))


def _evidence(filed: Filed) -> Evidence:
    return Evidence(filed.id, filed.sha256, filed.document.place)
