"""Facts in words for the firm they name; a fact without words is not shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from heliu.ground.outbox import Fact
from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class Words:
    """A message: what happened, an icon with its tint, and where it leads."""

    title: Text
    icon: str
    tint: str
    href: str


_TITLES: Final[Mapping[str, tuple[Text, str, str]]] = {
    "credit.loan_disbursed": (Text("融资已放款", "Financed"), "d-hand-coins", ""),
    "credit.payment_made": (Text("款项已到账", "Money arrived"), "d-wallet", "ok"),
    "credit.loan_repaid": (Text("买方已回款", "The buyer paid"), "d-check-circle", "ok"),
    "credit.loan_serviced": (Text("融资有变更", "A loan was changed"), "d-receipt", ""),
    "credit.loan_delinquent": (Text("融资已逾期", "A loan is overdue"), "d-warning", "bad"),
    "credit.loan_cured": (Text("逾期已解除", "No longer overdue"), "d-check-circle", "ok"),
    "credit.receivable_refused": (Text("一笔应收暂不可融资", "Not financed yet"), "d-info", "gold"),
    "credit.case_opened": (Text("一笔回款需要核对", "A payment is checked"), "d-info", "gold"),
    "flows.receivable_verified": (Text("单据已核验", "Papers verified"), "d-shield-check", ""),
    "payments.payment_instructed": (Text("付款已发出", "Payment sent"), "d-paper-plane-tilt", ""),
    "payments.payment_settled": (Text("付款已到账", "Payment arrived"), "d-check-circle", "ok"),
    "payments.payment_rejected": (Text("付款被拒绝", "Payment refused"), "d-warning", "bad"),
    "payments.payment_returned": (Text("付款被退回", "Payment returned"), "d-warning", "gold"),
}


def words_of(fact: Fact) -> Words | None:
    """The fact as a message; None if it has no words for a customer."""
    known = _TITLES.get(fact.kind.rpartition(".v")[0])
    if known is None:
        return None
    title, icon, tint = known
    loan, receivable = fact.body.get("loan"), fact.body.get("receivable")
    number = fact.body.get("invoice") or fact.body.get("invoice_no")
    if number:
        title = Text(f"{title.zh} · {number}", f"{title.en} · {number}")
    href = f"/m/loans/{loan}" if loan else f"/m/receivables/{receivable}" if receivable else ""
    return Words(title, icon, tint, href)
