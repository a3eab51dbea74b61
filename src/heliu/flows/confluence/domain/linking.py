"""Which documents tell of one trade: linked by the numbers they cite and the parties they name.

A link needs both: the number (order, despatch, receipt, invoice) and no contradiction of the
parties. A document that names no party follows its number alone; one that names other parties
never joins, however well its number fits (numbers are unique per issuer only).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from heliu.flows.intake.api import Filed, Kind, PartyRef
from heliu.flows.verification.api import TradeCase

_SPACES: Final = re.compile(r"[\s\u3000]+")
# Under which relation other documents cite a document of that kind.
_NOUNS: Final = {
    Kind.ORDER: "order",
    Kind.DESPATCH_ADVICE: "despatch",
    Kind.RECEIPT_ADVICE: "receipt",
    Kind.INVOICE: "invoice",
}


def identity(party: PartyRef) -> str | None:
    """What tells a party from another: its tax id, else its name without case and spaces."""
    if party.tax_id:
        return _SPACES.sub("", party.tax_id).upper()
    return _SPACES.sub("", party.name).casefold() if party.name else None


def same_parties(one: Filed, other: Filed) -> bool:
    """Whether two documents do not contradict each other about who sells and who buys."""
    return _agree(one.document.seller, other.document.seller) and _agree(
        one.document.buyer, other.document.buyer
    )


class Linker:
    """An index over filed documents that gathers the trade case of any invoice among them."""

    def __init__(self, documents: Iterable[Filed]) -> None:
        self._cited: dict[tuple[Kind, str, str], list[Filed]] = defaultdict(list)
        self._numbered: dict[tuple[Kind, str], list[Filed]] = defaultdict(list)
        self._parties: dict[str, list[Filed]] = defaultdict(list)
        self._warned: dict[str, list[Filed]] = defaultdict(list)
        self._sold: dict[str, list[Filed]] = defaultdict(list)
        # Invoices by all that may tie a document to them; what is tied is looked at exactly.
        self._tied: dict[tuple[str, str], list[Filed]] = defaultdict(list)
        self._known: set[UUID] = set()
        self.invoices: list[Filed] = []
        self.add(documents)

    def add(self, documents: Iterable[Filed], *, since: date = date.min) -> None:
        """Index more documents, but what `forget` would let go of; a known one changes nothing."""
        for filed in documents:
            if filed.id not in self._known and _is_kept(filed, since):
                self._known.add(filed.id)
                self._add(filed)

    def forget(self, before: date) -> None:
        """Let go of trade papers issued before a day, so that years of trade fit in memory.

        What is known of parties stays, and so do papers that do not say when they were issued.
        """
        indexes: list[dict[Any, list[Filed]]] = [
            self._cited,
            self._numbered,
            self._sold,
            self._tied,
        ]
        for index in indexes:
            for key, held in list(index.items()):
                if kept := [filed for filed in held if _is_kept(filed, before)]:
                    index[key] = kept
                else:
                    del index[key]
        self.invoices = [filed for filed in self.invoices if _is_kept(filed, before)]
        self._known = {filed.id for held in self._numbered.values() for filed in held}

    def sold(self) -> list[Filed]:
        """All invoices and credit notes, void ones too."""
        return [filed for sold in self._sold.values() for filed in sold]

    def sold_by(self, seller: str | None) -> list[Filed]:
        """Invoices and credit notes of a seller (by `identity`), void ones too."""
        return list(self._sold.get(seller or "", ()))

    def case(self, invoice: Filed) -> TradeCase:
        """Everything that tells of `invoice`'s trade."""
        orders = self._named(Kind.ORDER, _cites(invoice, "order"), invoice)
        order_numbers = {order.document.number for order in orders}
        despatches = _union(
            self._named(Kind.DESPATCH_ADVICE, _cites(invoice, "despatch"), invoice),
            self._citing(Kind.DESPATCH_ADVICE, "order", order_numbers, invoice),
        )
        despatch_numbers = {despatch.document.number for despatch in despatches}
        receipts = _union(
            self._named(Kind.RECEIPT_ADVICE, _cites(invoice, "receipt"), invoice),
            self._citing(Kind.RECEIPT_ADVICE, "order", order_numbers, invoice),
            self._citing(Kind.RECEIPT_ADVICE, "despatch", despatch_numbers, invoice),
        )
        number = {invoice.document.number}

        def of_goods(kind: Kind) -> tuple[Filed, ...]:
            return _union(
                self._citing(kind, "order", order_numbers, invoice),
                self._citing(kind, "despatch", despatch_numbers, invoice),
            )

        return TradeCase(
            invoice=invoice,
            orders=orders,
            responses=self._citing(Kind.ORDER_RESPONSE, "order", order_numbers, invoice),
            despatches=despatches,
            receipts=receipts,
            observations=of_goods(Kind.LOGISTICS_EVENT),
            waybills=of_goods(Kind.WAYBILL),
            credit_notes=self._citing(Kind.CREDIT_NOTE, "invoice", number, invoice),
            approvals=tuple(
                approval
                for approval in self._citing(Kind.APPROVAL, "invoice", number, invoice)
                if _says_the_buyer(approval, invoice)
            ),
            parties=self._about(self._parties, invoice),
            remittances=self._citing(Kind.REMITTANCE_ADVICE, "invoice", number, invoice),
            warnings=self._about(self._warned, invoice),
        )

    def credited_by(self, note: Filed) -> list[Filed]:
        """The invoices a credit note names."""
        return list(self._named(Kind.INVOICE, _cites(note, "invoice"), note))

    def touched_by(self, new: Sequence[Filed]) -> list[Filed]:
        """The invoices whose case contains any of `new`."""
        ids = {filed.id for filed in new}
        keys = {key for filed in new for key in self._keys(filed)}
        maybe = _union(invoice for key in keys for invoice in self._tied.get(key, ()))
        return [
            invoice
            for invoice in maybe
            if not ids.isdisjoint(filed.id for filed in documents_of(self.case(invoice)))
        ]

    def _keys(self, filed: Filed) -> set[tuple[str, str]]:
        """All that may tie `filed` to an invoice: numbers it has or cites, parties it is about."""
        document = filed.document
        keys = {(relation, n) for relation in document.references for n in _cites(filed, relation)}
        keys |= {("order", number) for number in _cites(filed, "order")}
        keys.add((_NOUNS.get(document.kind, document.kind.value), document.number))
        # What cites a despatch belongs to the order that the despatch cites.
        despatches = [number for relation, number in keys if relation == "despatch"]
        for number in despatches:
            for despatch in self._numbered.get((Kind.DESPATCH_ADVICE, number), ()):
                keys |= {("order", order) for order in _cites(despatch, "order")}
        if document.kind is Kind.PARTY:
            keys.add(("party", document.number))
        elif document.kind is Kind.WARNING:
            keys.add(("party", document.attributes.get("subject", "")))
        return keys

    def _add(self, filed: Filed) -> None:
        document = filed.document
        self._numbered[document.kind, document.number].append(filed)
        cited = {
            (relation, number) for relation, ns in document.references.items() for number in ns
        }
        cited |= {("order", line.order_id) for line in document.lines if line.order_id}
        for relation, number in cited:
            self._cited[document.kind, relation, number].append(filed)
        if document.kind is Kind.INVOICE:
            self.invoices.append(filed)
            parties = (identity(document.seller), identity(document.buyer))
            for key in {*self._keys(filed), *(("party", p) for p in parties if p)}:
                self._tied[key].append(filed)
        if document.kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
            self._sold[identity(document.seller) or ""].append(filed)
        elif document.kind is Kind.PARTY:
            self._parties[document.number].append(filed)
        elif document.kind is Kind.WARNING:
            self._warned[document.attributes.get("subject", "")].append(filed)

    def _named(self, kind: Kind, numbers: set[str], invoice: Filed) -> tuple[Filed, ...]:
        found = (
            filed for number in sorted(numbers) for filed in self._numbered.get((kind, number), ())
        )
        return _union(filed for filed in found if same_parties(filed, invoice))

    def _citing(
        self, kind: Kind, relation: str, numbers: set[str], invoice: Filed
    ) -> tuple[Filed, ...]:
        found = (
            f for number in sorted(numbers) for f in self._cited.get((kind, relation, number), ())
        )
        return _union(filed for filed in found if same_parties(filed, invoice))

    @staticmethod
    def _about(index: Mapping[str, list[Filed]], invoice: Filed) -> tuple[Filed, ...]:
        ids = (identity(invoice.document.seller), identity(invoice.document.buyer))
        return tuple(filed for key in ids if key for filed in index.get(key, ()))


def documents_of(case: TradeCase) -> list[Filed]:
    """Every document of a case, the invoice first."""
    groups = (
        case.orders,
        case.responses,
        case.despatches,
        case.receipts,
        case.observations,
        case.waybills,
        case.credit_notes,
        case.approvals,
        case.parties,
        case.remittances,
        case.warnings,
    )
    return [case.invoice, *(filed for group in groups for filed in group)]


def _is_kept(filed: Filed, before: date) -> bool:
    issued_on = filed.document.issued_on
    about_party = filed.document.kind in (Kind.PARTY, Kind.WARNING)
    return about_party or issued_on is None or issued_on >= before


def _cites(filed: Filed, relation: str) -> set[str]:
    cited = set(filed.document.references.get(relation, ()))
    if relation == "order":
        cited |= {line.order_id for line in filed.document.lines if line.order_id}
    return cited


def _says_the_buyer(approval: Filed, invoice: Filed) -> bool:
    # Only who owes can confirm: an approval in anybody else's envelope is a stranger's word.
    issuer = approval.document.attributes.get("issuer")
    return issuer is None or issuer == identity(invoice.document.buyer)


def _agree(one: PartyRef, other: PartyRef) -> bool:
    if one.tax_id and other.tax_id:
        return identity(one) == identity(other)
    # Where one side has no tax id, the names decide, if both have one.
    if one.name and other.name:
        return _SPACES.sub("", one.name).casefold() == _SPACES.sub("", other.name).casefold()
    return True


def _union(*groups: Iterable[Filed]) -> tuple[Filed, ...]:
    return tuple({filed.id: filed for group in groups for filed in group}.values())
