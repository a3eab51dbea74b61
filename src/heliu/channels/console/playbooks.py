"""What to do with a case: its desk's own playbook where it has one, else the house's. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from heliu.channels.console.queues import Item
from heliu.channels.console.store_cases import Queue
from heliu.credit.loans.api import CaseKind
from heliu.ground.text import Text

_SUSPENSE: Final = (
    Text(
        "看付款附言和付款账号，找它对应的发票", "look for the invoice by its remittance and payer"
    ),
    Text(
        "找到后退回、抵还或入账，都由第二人复核", "return, apply or book it; a second person checks"
    ),
)
_CASH: Final[Mapping[CaseKind, Sequence[Text]]] = {
    CaseKind.SHORT_PAYMENT: (
        Text(
            "向买方核对扣款原因：退货、折让还是争议", "ask the buyer why: returns, rebate, dispute"
        ),
        Text("请供应商补发贷项通知单，或补足差额", "have the supplier send the credit note or pay"),
    ),
    CaseKind.LATE_PAYMENT: (
        Text("看买方近三个月的付款天数是否变长", "see whether the buyer pays later month by month"),
        Text("只有一次且已付清，写明后办结", "if it was once and is paid, say so and close it"),
    ),
    CaseKind.OVERPAYMENT: (
        Text("核对是否一笔付了多张发票", "see whether one payment covers several invoices"),
        Text(
            "多付部分退回买方，或按买方通知抵扣", "return the excess or apply it as the buyer says"
        ),
    ),
    CaseKind.WRONG_PAYER: (
        Text(
            "核对付款账号是否属于买方集团", "see whether the account belongs to the buyer's group"
        ),
        Text(
            "不属于则暂停该买方新放款，查资金来源", "if not, pause new draws and ask for the source"
        ),
    ),
    CaseKind.UNIDENTIFIED: _SUSPENSE,
    CaseKind.DILUTION: (
        Text(
            "读贷项通知单，核对是否影响已放款部分", "read the credit note: does it touch the loan"
        ),
        Text("影响到的部分由供应商回购或补足", "the supplier buys that part back or makes it good"),
    ),
}
_FINDINGS: Final = (
    Text("读下面每条发现和它引用的单据", "read each finding and the document it cites"),
    Text("按“如何消除”通知供应商或核心企业补正", "have it cured as each finding says"),
    Text(
        "补正后的单据一到，系统自行重新核验", "once the corrected paper comes, it is verified again"
    ),
)
_PAYMENTS: Final = (
    Text("向清算行查询这笔款的结果，留下答复", "ask the rail what became of it and keep the reply"),
    Text("提出裁定并写明依据，由另一人放行", "propose a ruling with its grounds; another releases"),
    Text("查明之前不要重新付款", "do not pay again before it is known"),
)


def playbook(one: Item) -> Sequence[Text]:
    """The steps for this case, in order."""
    detail = one.detail
    match one.queue:
        case Queue.FINDINGS:
            return _FINDINGS
        case Queue.CASH:
            return _CASH[detail["kind"]] if detail["kind"] else _SUSPENSE
        case Queue.WARNINGS:
            return tuple(detail["rule"].playbook) if detail["rule"] else ()
        case Queue.COLLECTION:
            return tuple(detail["step"].do) if detail["step"] else ()
        case Queue.PAYMENTS:
            return (detail["case"].cure, *_PAYMENTS)
