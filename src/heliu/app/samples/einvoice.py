"""Chinese e-invoices (数电票): the tax bureau's EInvoice, the Chinese-tag form and the pinyin form.

An e-invoice has no due date and no field for the order: both stand in the remark, as suppliers
write them. It prints the good with its tax class between asterisks (*塑料制品*洗衣机注塑外壳).
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from heliu.app.samples.markup import Node, document, node
from heliu.app.samples.trade import Line, Trade, fen

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_BUREAU: Final = {"37": "国家税务总局山东省税务局", "13": "国家税务总局河北省税务局",
                  "15": "国家税务总局内蒙古自治区税务局"}  # fmt: skip


def einvoice(trade: Trade) -> bytes:
    """The EInvoice dialect, blue."""
    return _einvoice(trade, trade.invoice_no, trade.invoice_date, 1, _remark(trade))


def red_letter(trade: Trade) -> bytes:
    """The EInvoice dialect, red: all of the blue invoice taken back."""
    assert trade.red_after is not None, "only a reversed trade has a red-letter invoice"
    number = trade.einvoice_no("red")
    confirmation = f"{trade.supplier.division}{number[-14:]}"
    remark = f"被红冲蓝字数电票号码:{trade.invoice_no} 红字发票信息确认单编号:{confirmation}"
    return _einvoice(trade, number, trade.invoice_date + timedelta(trade.red_after), -1, remark)


def _einvoice(trade: Trade, number: str, day: date, sign: int, remark: str) -> bytes:
    seller, buyer = trade.supplier, trade.buyer
    root = node(
        "EInvoice",
        node(
            "Header",
            node("EIid", number),
            node("EInvoiceTag", "SWEI3200"),
            node("Version", "0.2"),
            node(
                "InherentLabel",
                _label("InIssuType", "Y" if sign > 0 else "N", "是否蓝字发票标识"),
                _label("EInvoiceType", "01", "数电票(增值税专用发票)"),
                _label("GeneralOrSpecialVAT", "01", "增值税专用发票"),
            ),
        ),
        node(
            "EInvoiceData",
            node(
                "SellerInformation",
                node("SellerIdNum", seller.uscc),
                node("SellerName", seller.zh),
                node("SellerAddr", seller.address),
                node("SellerTelNum", seller.phone),
                node("SellerBankName", seller.bank),
                node("SellerBankAccNum", seller.account),
            ),
            node(
                "BuyerInformation",
                node("BuyerIdNum", buyer.uscc),
                node("BuyerName", buyer.zh),
                node("BuyerAddr", buyer.address),
                node("BuyerTelNum", buyer.phone),
                node("BuyerBankName", buyer.bank),
                node("BuyerBankAccNum", buyer.account),
            ),
            node(
                "BasicInformation",
                node("TotalAmWithoutTax", _yuan(sign * trade.net)),
                node("TotalTaxAm", _yuan(sign * trade.tax)),
                node("TotalTax-includedAmount", _yuan(sign * trade.gross)),
                node("TotalTax-includedAmountInChinese", _capital(sign * trade.gross)),
                node("Drawer", "开票员"),
                node("RequestTime", f"{day} 10:15:00"),
            ),
            [_issued_item(line, sign) for line in trade.lines],
            node("AdditionalInformation", node("Remark", remark)),
        ),
        node("SellerAuthentication", node("AuthenticationMethods", "1")),
        node(
            "TaxSupervisionInfo",
            node("InvoiceNumber", number),
            node("IssueTime", f"{day} 10:15:03"),
            node("TaxBureauCode", f"1{seller.division[:2]}00000000"),
            node("TaxBureauName", _BUREAU[seller.division[:2]]),
        ),
    )
    return document(root, {})


def _label(tag: str, code: str, name: str) -> Node:
    return node(tag, node("LabelCode", code), node("LabelName", name))


def _issued_item(line: Line, sign: int) -> Node:
    return node(
        "IssuItemInformation",
        node("ItemName", _printed(line)),
        node("SpecMod", line.good.spec),
        node("MeaUnits", line.invoice_unit[1]),
        node("Quantity", sign * line.invoiced),
        node("UnPrice", _yuan(line.invoice_price)),
        node("Amount", _yuan(sign * line.net)),
        node("TaxRate", f"{line.good.rate}"),
        node("ComTaxAm", _yuan(sign * line.tax)),
        node("TotaltaxIncludedAmount", _yuan(sign * (line.net + line.tax))),
    )


def mof(trade: Trade) -> bytes:
    """The Chinese-tag form of the accounting-voucher standard (电子凭证会计数据标准)."""
    seller, buyer = trade.supplier, trade.buyer
    root = node(
        "电子发票",
        node("发票类型", "数电票(增值税专用发票)"),
        node("发票号码", trade.invoice_no),
        node("开票日期", f"{trade.invoice_date:%Y-%m-%d}"),
        node("销售方名称", seller.zh),
        node("销售方统一社会信用代码", seller.uscc),
        node("销售方地址", seller.address),
        node("销售方电话", seller.phone),
        node("销售方开户银行", seller.bank),
        node("销售方银行账号", seller.account),
        node("购买方名称", buyer.zh),
        node("购买方统一社会信用代码", buyer.uscc),
        node("明细", [_detail(line) for line in trade.lines]),
        node("合计金额", _yuan(trade.net)),
        node("合计税额", _yuan(trade.tax)),
        node("价税合计大写", _capital(trade.gross)),
        node("价税合计小写", _yuan(trade.gross)),
        node("备注", _remark(trade)),
        node("开票人", "开票员"),
    )
    return document(root, {})


def _detail(line: Line) -> Node:
    return node(
        "行",
        node("项目名称", _printed(line)),
        node("规格型号", line.good.spec),
        node("单位", line.invoice_unit[1]),
        node("数量", line.invoiced),
        node("单价", _yuan(line.invoice_price)),
        node("金额", _yuan(line.net)),
        node("税率", f"{line.good.rate * 100:.0f}%"),
        node("税额", _yuan(line.tax)),
    )


def pinyin(trade: Trade) -> bytes:
    """The pinyin form of the tax-control software; ZFBZ says whether it is void."""
    seller, buyer = trade.supplier, trade.buyer
    root = node(
        "FPXX",
        node("FPDM", ""),
        node("FPHM", trade.invoice_no),
        node("KPRQ", f"{trade.invoice_date:%Y%m%d}"),
        node("ZFBZ", "Y" if trade.void else "N"),
        node("XSF_NSRSBH", seller.uscc),
        node("XSF_MC", seller.zh),
        node("XSF_DZDH", f"{seller.address} {seller.phone}"),
        node("XSF_YHZH", f"{seller.bank} {seller.account}"),
        node("GMF_NSRSBH", buyer.uscc),
        node("GMF_MC", buyer.zh),
        node("HJJE", _yuan(trade.net)),
        node("HJSE", _yuan(trade.tax)),
        node("JSHJ", _yuan(trade.gross)),
        node("JSHJDX", _capital(trade.gross)),
        node("BZ", _remark(trade)),
        node("KPR", "开票员"),
        node(
            "FPMX",
            [
                node(
                    "MX",
                    node("XMMC", _printed(line)),
                    node("GGXH", line.good.spec),
                    node("DW", line.invoice_unit[1]),
                    node("XMSL", line.invoiced),
                    node("XMDJ", _yuan(line.invoice_price)),
                    node("XMJE", _yuan(line.net)),
                    node("SL", f"{line.good.rate}"),
                    node("SE", _yuan(line.tax)),
                )
                for line in trade.lines
            ],
        ),
    )
    return document(root, {})


def _remark(trade: Trade) -> str:
    order = f"订单号:{trade.order_no} " if trade.has_order else ""
    return f"{order}账期{trade.due_days}天 到期日:{trade.due_on}"


def _printed(line: Line) -> str:
    return f"*{line.good.category}*{line.good.zh}"


def _yuan(amount: Decimal) -> str:
    return f"{fen(amount):.2f}"


def _capital(amount: Decimal) -> str:
    """The amount in capital characters (支付结算办法, annex 1), below one hundred million."""
    minus, cents = ("(负数)", -amount) if amount < 0 else ("", amount)
    whole, fraction = divmod(int(cents * 100), 100)
    words, zero = "", False
    for place, unit in _PLACES:
        digit = whole // 10**place % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = True
            if place == _WAN and whole >= 10**_WAN:
                words, zero = words + "万", False
    jiao, last = divmod(fraction, 10)
    parts = (_DIGITS[jiao] + "角" if jiao else "") + (_DIGITS[last] + "分" if last else "")
    return f"{minus}{words}圆{parts or '整'}"


_WAN: Final = 4
_PLACES: Final = (
    (7, "仟"), (6, "佰"), (5, "拾"), (4, "万"), (3, "仟"), (2, "佰"), (1, "拾"), (0, ""),
)  # fmt: skip
