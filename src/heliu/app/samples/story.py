"""The stories told: what is planted in which trades, and what Heliu should conclude."""

from dataclasses import dataclass
from typing import Final

from heliu.ground.text import Text

FINANCED, REDUCED, REFUSED, NONE = "financed", "reduced", "refused", "none"


@dataclass(frozen=True, slots=True)
class Story:
    """One story: the expected `decision` on its invoices, the family of its reason, what follows.

    `decision` is "none" where a story is about a file and not about a receivable.
    """

    id: str
    title: Text
    planted: Text
    conclusion: Text
    decision: str
    reason: str = ""
    follow_up: str = ""


def _story(key: str, title: Text, planted: Text, conclusion: Text, expected: str) -> Story:
    decision, reason, follow_up = (*expected.split(), "", "")[:3]
    return Story(key, title, planted, conclusion, decision, reason.strip("-"), follow_up)


_ALL: Final = (
    _story("clean", Text("干净的交易", "clean trade"),
           Text("订单、发货、收货、发票一致", "order, despatch, receipt and invoice agree"),
           Text("放款, 到期由买方还款", "financed; the buyer's cash repays it when due"),
           "financed - repaid"),
    _story("open", Text("未到期的交易", "trade not yet due"),
           Text("账期晚于样本最后一日", "the due date lies after the last day of the samples"),
           Text("放款, 贷款未结清", "financed; the loan is still open"), "financed - open"),
    _story("short-delivery", Text("短少交货", "short delivery"),
           Text("订 1000 收 900, 按 1000 开票", "ordered 1000, received 900, invoiced 1000"),
           Text("仅 900 合格", "only 900 are eligible"), "reduced quantity.exceeds_receipt repaid"),
    _story("over-delivery", Text("超交在容差内", "over-delivery within tolerance"),
           Text("订 2000 收 2030 并按 2030 开票", "ordered 2000, received and invoiced 2030"),
           Text("超交 1.5 % 不超过 2 %, 全额合格", "1.5 % over is within 2 %: all is eligible"),
           "financed - repaid"),
    _story("price-above-order", Text("价格高于订单", "price above order"),
           Text("订单单价 18.00, 发票 19.80", "ordered at 18.00, invoiced at 19.80"),
           Text("按订单价合格", "eligible at the order's price"),
           "reduced price.exceeds_order repaid"),
    _story("unit-mismatch", Text("计量单位不符", "unit mismatch"),
           Text("订单与收货按吨, 发票同数按车", "ordered in tonnes, invoiced in loads"),
           Text("数量无法比较, 拒绝", "quantities cannot be compared: refused"),
           "refused line.not_ordered"),
    _story("tax-arithmetic", Text("税额计算错误", "wrong tax arithmetic"),
           Text("税额比税率计算多 2000 元", "the tax is 2000 yuan above rate times base"),
           Text("多出的税额不合格", "the surplus tax is not eligible"),
           "reduced tax.exceeds_base repaid"),
    _story("credit-before", Text("放款前的贷项通知", "credit note before financing"),
           Text("发票次日冲减 300 套", "300 sets credited the day after the invoice"),
           Text("按差额合格", "eligible for the difference"), "reduced credit_note.reduces repaid"),
    _story("credit-after", Text("放款后的贷项通知", "credit note after financing"),
           Text("放款 20 天后冲减 150 台", "150 motors credited 20 days after financing"),
           Text("放款成立, 之后识别稀释", "financed; the dilution is noticed afterwards"),
           "financed - dilution"),
    _story("duplicate-file", Text("重复文件", "duplicate file"),
           Text("同一发票文件换名再发", "the same invoice file again under another name"),
           Text("只计一次", "counted once"), "financed - repaid"),
    _story("renumbered-original", Text("换号重开之原票", "renumbered: the original"),
           Text("原票正常", "the original invoice is in order"),
           Text("放款一次", "financed once"), "financed - repaid"),
    _story("renumbered", Text("换号重复开票", "renumbered duplicate"),
           Text("同一供货换号再开票", "the same delivery invoiced again under a new number"),
           Text("重复, 拒绝", "a duplicate: refused"), "refused screening.renumbered_duplicate"),
    _story("split-original", Text("拆分重复之原票", "split sum: the original"),
           Text("原票正常", "the original invoice is in order"),
           Text("放款一次", "financed once"), "financed - repaid"),
    _story("split-sum", Text("拆分重复质押", "split-sum double pledge"),
           Text("同一供货又拆成两张发票", "the same delivery invoiced again in two parts"),
           Text("两张之和等于原票, 拒绝", "the two sum to the original: refused"),
           "refused quantity.already_used"),
    _story("circular", Text("循环贸易", "circular trade"),
           Text("钢坯经北岭、恒硕、瑞丰、鼎合回到北岭",
                "billets run Beiling, Hengshuo, Ruifeng, Dinghe and back to Beiling"),
           Text("空转, 拒绝", "goods in a circle: refused"), "refused screening.circular_trade"),
    _story("ring", Text("循环贸易的其他边", "other edges of the circle"),
           Text("买方不是核心企业", "the buyer is no core enterprise"),
           Text("不属任何方案, 只作识别", "of no programme; seen, not financed"), "none"),
    _story("related-party", Text("关联方", "related party"),
           Text("供应商与买方同法定代表人、同电话",
                "supplier and buyer share representative and telephone"),
           Text("关联交易, 拒绝", "related parties: refused"), "refused screening.related_parties"),
    _story("no-receipt", Text("没有收货", "no receipt"),
           Text("订单与发票在, 无收货", "order and invoice are there, nothing was received"),
           Text("拒绝, 补收货单即可", "refused until a receipt comes"), "refused receipt.missing"),
    _story("no-order", Text("没有订单", "no order"),
           Text("发票与收货在, 无订单", "invoice and receipt are there, no order"),
           Text("拒绝", "refused"), "refused order.missing"),
    _story("revoked", Text("供应商被吊销", "revoked supplier"),
           Text("五月起登记状态为吊销", "its registration is revoked since May"),
           Text("拒绝", "refused"), "refused seller.revoked"),
    _story("approval-rejected", Text("核心企业不确认", "approval rejected"),
           Text("买方付款台拒绝该应付", "the buyer's payables desk rejects the payable"),
           Text("拒绝", "refused"), "refused approval.rejected"),
    _story("cold-chain", Text("冷链报警", "cold chain alarm"),
           Text("运输中温度升到 9.8 °C", "the temperature rose to 9.8 °C on the way"),
           Text("货物状况不明, 拒绝", "the goods' condition is in doubt: refused"),
           "refused goods.sensor_alarm"),
    _story("wrong-payer", Text("付款账户不符", "wrong payer account"),
           Text("款项来自供应商账户而非买方", "the cash comes from the supplier, not the buyer"),
           Text("放款; 款项不自动核销, 转人工", "financed; the cash is not matched by itself"),
           "financed - wrong_payer"),
    _story("void", Text("作废发票", "void invoice"),
           Text("发票已作废", "the invoice is void"), Text("拒绝", "refused"),
           "refused invoice.void"),
    _story("red-letter", Text("红字发票", "red-letter invoice"),
           Text("次日开具全额红字", "a full red-letter invoice follows the next day"),
           Text("余额为零, 拒绝", "nothing is left: refused"), "refused credit_note.reduces"),
    _story("short-payment", Text("少付", "short payment"),
           Text("买方只付 95 %", "the buyer pays 95 %"),
           Text("放款; 差额成为案件", "financed; the shortfall becomes a case"),
           "financed - short_payment"),
    _story("late-payment", Text("迟付", "late payment"),
           Text("晚 18 天付款", "paid 18 days late"),
           Text("放款; 逾期后结清", "financed; settled after being overdue"),
           "financed - late_payment"),
    _story("unidentified-payment", Text("无法识别的来款", "unidentified payment"),
           Text("来款未写发票号", "the payment quotes no invoice"),
           Text("挂账, 不自动核销", "kept in suspense, not matched by itself"),
           "financed - unidentified_payment"),
    _story("limit-first", Text("用尽额度的一笔", "the trade that uses the limit up"),
           Text("可融金额高于供应商额度", "it could draw more than the supplier's limit"),
           Text("放款, 额度用尽", "financed down to the limit, which is used up"),
           "financed - open"),
    _story("limit-exhausted", Text("供应商额度用尽", "supplier limit exhausted"),
           Text("额度已被上一笔用尽", "the trade before used the limit up"),
           Text("拒绝, 还款后可再申请", "refused until the first is repaid"),
           "refused credit.limit_exceeded"),
    _story("tenor", Text("账期过长", "tenor too long"),
           Text("账期一年, 上限 180 天", "due in a year, the programme allows 180 days"),
           Text("拒绝", "refused"), "refused tenor.too_long"),
    _story("not-enrolled", Text("未入方案的供应商", "supplier not enrolled"),
           Text("供应商不在名单中", "the supplier is not on the programme's list"),
           Text("拒绝", "refused"), "refused seller.not_enrolled"),
    _story("warning", Text("停止类预警", "warning that stops"),
           Text("监管抽检不合格, 停止类预警", "failed a food inspection: a warning that stops"),
           Text("拒绝", "refused"), "refused warning.stop"),
    _story("future-date", Text("未来日期发票", "future-dated invoice"),
           Text("年份误写 2062", "the year is mistyped as 2062"),
           Text("日期不可能, 拒绝", "an impossible date: refused"), "refused invoice.future_dated"),
    _story("resent", Text("截断后重发", "cut off, then sent again"),
           Text("首次传输的发票文件被截断", "the first transfer of the invoice was cut off"),
           Text("拒收坏文件, 重发后放款", "the broken file is refused, the second is financed"),
           "financed - repaid"),
    _story("broken", Text("坏文件", "broken files"),
           Text("截断、编码错误、外部实体、空、非单证、JSON 中断",
                "cut off, wrong encoding, external entity, empty, no document, JSON cut in half"),
           Text("逐一拒收并说明位置", "each refused with the place and the reason"), "none"),
    _story("register", Text("历史发票台账", "register of earlier invoices"),
           Text("方案之前的采购发票, 仅有台账一行", "purchases before the programme, a row each"),
           Text("只作往来历史, 不放款", "history of the pair only: nothing is financed"),
           "refused invoice.no_lines"),
    _story("statement", Text("对账单重复通知", "statement repeating notifications"),
           Text("六月对账单含已通知的来款", "the June statement repeats cash already notified"),
           Text("不重复入账", "nothing is counted twice"), "none"),
)  # fmt: skip
STORIES: Final = {story.id: story for story in _ALL}
