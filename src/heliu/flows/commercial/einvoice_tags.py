"""Tags of the Chinese e-invoice (数电票) in its three dialects, and one walk that collects them.

The dialects say the same with other words: the tax bureau's own XML (`EInvoice`), Chinese tags as
in the Ministry of Finance's electronic voucher standard (电子凭证会计数据标准), and pinyin initials
(FPHM, HJJE) of the tax-control systems. A tag stands alone or as "parent/child"; case and
namespace do not matter. The first spelling that is present wins.
"""

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"

HEADER: Final = {
    "number": (
        "TaxSupervisionInfo/InvoiceNumber", "InvoiceNumber", "Header/EIid", "EIid",
        "数电票号码", "数电发票号码", "全电发票号码", "发票号码", "FPHM", "QDFPHM", "SDFPHM",
    ),
    "code": ("InvoiceCode", "发票代码", "FPDM", "FP_DM"),
    "issued_on": (
        "TaxSupervisionInfo/IssueTime", "IssueTime", "RequestTime",
        "开票日期", "开具日期", "开票时间", "KPRQ", "KPSJ",
    ),
    "seller_name": (
        "SellerName", "销售方名称", "销方名称", "销货方名称", "销售方/名称", "销售方信息/名称",
        "销方/名称", "销方信息/名称", "XSF_MC", "XSFMC", "XFMC", "XHFMC",
    ),
    "seller_tax_id": (
        "SellerIdNum", "销售方纳税人识别号", "销售方统一社会信用代码", "销售方识别号", "销售方税号",
        "销方纳税人识别号", "销方识别号", "销方税号", "销售方/纳税人识别号",
        "销售方/统一社会信用代码", "销售方信息/纳税人识别号", "销售方信息/统一社会信用代码",
        "销方/纳税人识别号", "销方/统一社会信用代码", "销方信息/纳税人识别号",
        "XSF_NSRSBH", "XSFNSRSBH", "XFSBH", "XHFSBH", "XSFSBH",
    ),
    "seller_address": ("SellerAddr", "销售方地址", "销售方/地址", "销售方信息/地址", "XSF_DZ"),
    "seller_phone": ("SellerTelNum", "销售方电话", "销售方/电话", "销售方信息/电话", "XSF_DH"),
    "seller_account": (
        "SellerBankAccNum", "销售方银行账号", "销售方/银行账号", "销售方信息/银行账号",
        "销售方/账号", "XSF_ZH",
    ),
    "buyer_name": (
        "BuyerName", "购买方名称", "购方名称", "购货方名称", "购买方/名称", "购买方信息/名称",
        "购方/名称", "购方信息/名称", "GMF_MC", "GMFMC", "GFMC", "GHFMC",
    ),
    "buyer_tax_id": (
        "BuyerIdNum", "购买方纳税人识别号", "购买方统一社会信用代码", "购买方识别号", "购买方税号",
        "购方纳税人识别号", "购方识别号", "购方税号", "购买方/纳税人识别号",
        "购买方/统一社会信用代码", "购买方信息/纳税人识别号", "购买方信息/统一社会信用代码",
        "购方/纳税人识别号", "购方/统一社会信用代码", "购方信息/纳税人识别号",
        "GMF_NSRSBH", "GMFNSRSBH", "GFSBH", "GHFSBH", "GMFSBH",
    ),
    "buyer_address": ("BuyerAddr", "购买方地址", "购买方/地址", "购买方信息/地址", "GMF_DZ"),
    "buyer_phone": ("BuyerTelNum", "购买方电话", "购买方/电话", "购买方信息/电话", "GMF_DH"),
    "buyer_account": (
        "BuyerBankAccNum", "购买方银行账号", "购买方/银行账号", "购买方信息/银行账号",
        "购买方/账号", "GMF_ZH",
    ),
    "net": ("TotalAmWithoutTax", "合计金额", "金额合计", "不含税金额", "HJJE"),
    "tax": ("TotalTaxAm", "合计税额", "税额合计", "HJSE"),
    "gross": (
        "TotalTax-includedAmount", "TotalTaxIncludedAmount", "价税合计", "价税合计小写",
        "价税合计/小写", "JSHJXX", "JSHJ",
    ),
    "remark": ("Remark", "备注", "BZ"),
    "blue": ("InIssuType/LabelCode", "蓝字发票标志", "是否蓝字发票", "是否蓝字发票标志"),
    "red": ("红字标志", "红字发票标志", "是否红字发票", "是否红字", "红蓝标识", "HZBZ", "KPLX"),
    "blue_number": (
        "RedEInvoice/OriginalInvoiceCode", "OriginalInvoiceNumber", "BlueInvoiceNumber",
        "被红冲蓝字数电票号码", "被红冲蓝字数电发票号码", "被红冲蓝字发票号码", "蓝字发票号码",
        "对应蓝字发票号码", "原蓝字发票号码", "原发票号码", "YFP_HM", "YFPHM", "LZFPHM",
    ),
    "red_confirmation": (
        "RedEInvoice/CreditNoteNumber", "红字确认单编号", "红字发票信息确认单编号",
        "红字信息表编号", "HZQRDBH", "HZXXBBH",
    ),
    "void": ("VoidFlag", "作废标志", "是否作废", "ZFBZ"),
    "status": ("InvoiceStatus", "发票状态", "FPZT"),
    "deduction": ("DeductionAmount", "差额扣除额", "扣除额", "KCE"),
    "differential": (
        "DifferentialTaxation", "差额征税标志", "差额征税类型", "差额征税", "CEZSBZ", "CEZSLX",
    ),
    "type": (
        "GeneralOrSpecialVAT/LabelName", "EInvoiceType/LabelName", "发票类型", "发票种类", "FPLX",
    ),
    "tax_bureau": ("TaxBureauCode", "税务机关代码", "主管税务机关代码", "SWJGDM"),
    "currency": ("Currency", "CurrencyCode", "币种", "BIZHONG"),
    "order": (
        "PurchaseOrder", "PurchaseOrderNo", "PurchaseOrderNumber", "OrderNumber", "OrderNo",
        "订单号", "订单编号", "订单号码", "采购订单号", "DDH", "DDBH", "LY_DDBH",
    ),
}  # fmt: skip
# Tags that make an element a line when it holds them: a good, and what it costs.
LINE: Final = {
    "item": (
        "ItemName", "GoodsName", "项目名称", "货物名称", "商品名称", "货物或应税劳务名称",
        "货物或应税劳务服务名称", "XMMC", "SPMC", "HWMC",
    ),
    "model": ("SpecMod", "规格型号", "GGXH"),
    "unit": ("MeaUnits", "Unit", "单位", "计量单位", "DW"),
    "quantity": ("Quantity", "数量", "XMSL", "SPSL"),
    "price": ("UnPrice", "UnitPrice", "单价", "XMDJ", "SPDJ", "DJ"),
    "net": ("Amount", "金额", "XMJE", "SPJE", "JE"),
    "rate": ("TaxRate", "税率", "税率征收率", "征收率", "SLV", "SL"),
    "tax": ("ComTaxAm", "TaxAmount", "TaxAm", "税额", "SE"),
    "seller_item": ("ItemCode", "商品编码", "自行编码", "ZXBM"),
    "buyer_item": ("BuyerItemCode", "购方商品编码", "物料编码", "GFSPBM"),
    "order_line": ("PurchaseOrderLine", "OrderLine", "订单行号", "DDHH"),
}  # fmt: skip
LINE_CONTAINERS: Final = frozenset(
    name.casefold()
    for name in (
        "IssuItemInformation", "IssuItem", "项目明细", "明细", "项目", "明细行", "货物明细",
        "商品明细", "COMMON_FPKJ_XMXX", "FPKJXX_XMXX", "XMXX", "FPMX", "MX", "ITEM",
    )
)  # fmt: skip
# Root elements a Chinese e-invoice is known to come under; any Chinese root is tried as well.
ROOTS: Final = frozenset(
    name.casefold()
    for name in (
        "EInvoice", "EInvoices", "Invoice", "business", "interface", "FP", "FPXX", "FPKJ", "FPKJXX",
        "KPXX", "DZFP", "SDFP", "QDFP", "SDP", "INV", "FAPIAO", "RESPONSE_FPKJ", "REQUEST_FPKJ",
        "REQUEST_COMMON_FPKJ", "RESPONSE_COMMON_FPKJ", "COMMON_FPKJ_FPT", "REQUEST_FPKJXX",
        "FPKJXX_FPTXX", "RESPONSE_FPXX", "REQUEST_FPXX",
    )
)  # fmt: skip
_SIGNATURES: Final = frozenset(
    ("signature", "taxbureausignature", "sellersignature", "电子签名", "数字签名", "签名")
)
_OBJECT_DATA: Final = "objectdata"  # OFD wraps each value of its attached XML


_Spelling = tuple[str, int, str]  # field, rank among its spellings (0 is best), tag as listed


def _spellings(fields: dict[str, tuple[str, ...]]) -> dict[str, _Spelling]:
    return {
        tag.casefold(): (name, rank, tag)
        for name, tags in fields.items()
        for rank, tag in enumerate(tags)
    }


_HEADER_OF: Final = _spellings(HEADER)
_LINE_OF: Final = _spellings(LINE)
_ITEMS: Final = frozenset(tag.casefold() for tag in LINE["item"])
# Parents by which a tag is known that alone would say something else, or nothing.
_PARENTS: Final = frozenset(tag.partition("/")[0] for tag in _HEADER_OF if "/" in tag)


@dataclass(slots=True)
class RawLine:
    """One line as written: its XPath and its texts by field of LINE."""

    place: str
    texts: dict[str, str]


@dataclass(slots=True)
class Found:
    """The texts of one header field, all under its best spelling."""

    rank: int
    tag: str
    texts: list[str]


@dataclass(slots=True)
class RawInvoice:
    """An e-invoice as written: texts by field of HEADER, lines, and whether it is signed."""

    root: str
    fields: dict[str, Found] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # the first of each field
    lines: list[RawLine] = field(default_factory=list)
    signed: bool = False

    def all(self, name: str) -> list[str]:
        """Every text of HEADER[name] (empty: there is none)."""
        found = self.fields.get(name)
        return found.texts if found else []

    def tag(self, name: str) -> str:
        """The spelling of HEADER[name] that is there; the usual one if none is."""
        found = self.fields.get(name)
        return found.tag if found else HEADER[name][0]


def collect(root: etree._Element) -> RawInvoice:
    """Everything the tables above may ask for, in one walk; signatures are noticed and left out."""
    name, key = _TAGS[root.tag]
    found = RawInvoice(name)
    waiting = [(root, key, f"/{name}")]
    while waiting:
        element, parent, place = waiting.pop()
        leaves: list[tuple[str, str]] = []
        folders: list[tuple[etree._Element, str, str]] = []
        counts: dict[str, int] = {}
        for child in element:
            name, key = _TAGS[child.tag]
            if not key:
                found.signed = True
            elif not len(child):
                if text := (child.text or "").strip():
                    leaves.append((key, text))
            elif _is_wrapper(child):
                if text := (child[0].text or "").strip():
                    leaves.append((key, text))
            else:
                counts[name] = number = counts.get(name, 0) + 1
                at = f"{place}/{name}[{number}]" if number > 1 else f"{place}/{name}"
                folders.append((child, key, at))
        if element is not root and _is_line(parent, leaves):
            found.lines.append(RawLine(place, _line_texts(leaves)))
        elif leaves:
            _add_header(found, parent, leaves)
        waiting += reversed(folders)
    return found


def _is_line(key: str, leaves: list[tuple[str, str]]) -> bool:
    tags = [tag for tag, _ in leaves]
    if key in LINE_CONTAINERS:
        return not _LINE_OF.keys().isdisjoint(tags)
    if _ITEMS.isdisjoint(tags):
        return False
    fields = {_LINE_OF[tag][0] for tag in tags if tag in _LINE_OF}
    return not fields.isdisjoint(("net", "quantity", "price"))


def _line_texts(leaves: list[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for tag, text in leaves:
        if spelling := _LINE_OF.get(tag):
            name, rank, _ = spelling
            if rank < ranks.get(name, rank + 1):
                texts[name], ranks[name] = text, rank
    tags = dict(leaves)
    if "slv" in tags and "sl" in tags and "quantity" not in texts:
        # Where SLV is the rate, the bare SL (数量 or 税率) is the quantity.
        texts["quantity"] = tags["sl"]
    return texts


def _add_header(found: RawInvoice, parent: str, leaves: list[tuple[str, str]]) -> None:
    fields, known = found.fields, parent in _PARENTS
    for key, text in leaves:
        spelling = _HEADER_OF.get(f"{parent}/{key}") if known else None
        spelling = spelling or _HEADER_OF.get(key)
        if spelling is None:
            continue
        name, rank, tag = spelling
        before = fields.get(name)
        if before is None or rank < before.rank:
            fields[name] = Found(rank, tag, [text])
            found.texts[name] = text
        elif rank == before.rank:
            before.texts.append(text)


def _is_wrapper(element: etree._Element) -> bool:
    return len(element) == 1 and _TAGS[element[0].tag][1] == _OBJECT_DATA


class _Tags(dict[str, tuple[str, str]]):
    """Local name and caseless key ("" for a signature) of a tag; bounded: strangers name tags."""

    def __missing__(self, tag: str) -> tuple[str, str]:
        """Name and key of a tag not met before."""
        if len(self) >= _MOST_TAGS:
            self.clear()
        namespace, _, name = tag.rpartition("}")
        key = name.casefold()
        signature = key in _SIGNATURES or namespace[1:] == XMLDSIG
        self[tag] = found = name, "" if signature else key
        return found


_MOST_TAGS: Final = 4096
_TAGS: Final = _Tags()
