"""Chinese e-invoices in three dialects: the same trade, read the same, with what is wrong named."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.commercial.einvoice import EInvoice
from heliu.flows.commercial.einvoice_values import amount
from heliu.flows.intake.api import (
    Blob,
    Head,
    Kind,
    PartyRef,
    Reading,
    Severity,
    TradeDocument,
    read_blob,
)
from heliu.parties.party.api import complete_uscc

SELLER = complete_uscc("91320594MA1H2JK3")
BUYER = complete_uscc("9112011660058813")
NUMBER, BLUE = "26322000000700000017", "26322000000700000009"

TAX = f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice>
 <Header><EIid>{NUMBER}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.33</Version>
  <InherentLabel><InIssuType><LabelCode>Y</LabelCode><LabelName>是否蓝字发票标志</LabelName></InIssuType>
   <GeneralOrSpecialVAT><LabelCode>01</LabelCode><LabelName>增值税专用发票</LabelName></GeneralOrSpecialVAT>
  </InherentLabel></Header>
 <EInvoiceData>
  <SellerInformation><SellerIdNum>{SELLER}</SellerIdNum><SellerName>苏州澄湖机电有限公司</SellerName>
   <SellerBankAccNum>10550001</SellerBankAccNum></SellerInformation>
  <BuyerInformation><BuyerIdNum>{BUYER}</BuyerIdNum><BuyerName>海河家电股份有限公司</BuyerName></BuyerInformation>
  <BasicInformation><TotalAmWithoutTax>1200.00</TotalAmWithoutTax><TotalTaxAm>156.00</TotalTaxAm>
   <TotalTax-includedAmount>1356.00</TotalTax-includedAmount>
   <TotalTax-includedAmountInChinese>壹仟叁佰伍拾陆圆整</TotalTax-includedAmountInChinese>
   <RequestTime>2026-06-01 09:10:11</RequestTime></BasicInformation>
  <IssuItemInformation><ItemName>*电机*直流电机</ItemName><SpecMod>DC-12</SpecMod><MeaUnits>台</MeaUnits>
   <Quantity>10</Quantity><UnPrice>100</UnPrice><Amount>1000.00</Amount><TaxRate>0.13</TaxRate>
   <ComTaxAm>130.00</ComTaxAm></IssuItemInformation>
  <IssuItemInformation><ItemName>*电机*支架</ItemName><MeaUnits>套</MeaUnits>
   <Quantity>4</Quantity><UnPrice>50</UnPrice><Amount>200.00</Amount><TaxRate>13%</TaxRate>
   <ComTaxAm>26.00</ComTaxAm></IssuItemInformation>
  <AdditionalInformation>
   <Remark>订单号：PO-123、PO-124 到期日：2026-08-30</Remark></AdditionalInformation>
 </EInvoiceData>
 <TaxSupervisionInfo><InvoiceNumber>{NUMBER}</InvoiceNumber><IssueTime>2026-06-01</IssueTime>
  <TaxBureauCode>13205000000</TaxBureauCode></TaxSupervisionInfo>
 <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><InvoiceNumber>9</InvoiceNumber>
 </ds:SignedInfo></ds:Signature>
</EInvoice>"""
CHINESE = f"""<电子发票>
 <发票号码>{NUMBER}</发票号码><开票日期>2026年06月01日</开票日期>
 <销售方><名称>苏州澄湖机电有限公司</名称><统一社会信用代码>{SELLER}</统一社会信用代码><银行账号>10550001</银行账号></销售方>
 <购买方><名称>海河家电股份有限公司</名称><纳税人识别号>{BUYER}</纳税人识别号></购买方>
 <项目明细>
  <明细><项目名称>*电机*直流电机</项目名称><规格型号>DC-12</规格型号><单位>台</单位><数量>10</数量>
   <单价>100</单价><金额>1000.00</金额><税率>13%</税率><税额>130.00</税额></明细>
  <明细><项目名称>*电机*支架</项目名称><单位>套</单位><数量>4</数量><单价>50</单价><金额>200.00</金额>
   <税率>13%</税率><税额>26.00</税额></明细>
 </项目明细>
 <合计金额>1200.00</合计金额><合计税额>156.00</合计税额><价税合计><大写>壹仟</大写><小写>¥1,356.00</小写></价税合计>
 <订单号>PO-123</订单号><备注>PO#: PO-124；到期日：2026/8/30</备注>
 <电子签名><签名值>MEQC</签名值></电子签名>
</电子发票>"""
PINYIN = f"""<?xml version="1.0" encoding="gb18030"?>
<business id="FPKJ"><FPXX><FPHM>{NUMBER}</FPHM><KPRQ>20260601091011</KPRQ><KPLX>0</KPLX>
 <XSF_NSRSBH>{SELLER}</XSF_NSRSBH><XSF_MC>苏州澄湖机电有限公司</XSF_MC><XSF_ZH>10550001</XSF_ZH>
 <GMF_NSRSBH>{BUYER}</GMF_NSRSBH><GMF_MC>海河家电股份有限公司</GMF_MC>
 <HJJE>1200.00</HJJE><HJSE>156.00</HJSE><JSHJXX>1356.00</JSHJXX>
 <BZ>采购订单编号: PO-123,PO-124 付款日期：20260830</BZ>
 <XMXXS><XMXX><XMMC>*电机*直流电机</XMMC><GGXH>DC-12</GGXH><DW>台</DW><XMSL>10</XMSL><XMDJ>100</XMDJ>
  <XMJE>1000.00</XMJE><SL>0.13</SL><SE>130.00</SE></XMXX>
 <XMXX><XMMC>*电机*支架</XMMC><DW>套</DW><XMSL>4</XMSL><XMDJ>50</XMDJ><XMJE>200.00</XMJE><SL>0.13</SL>
  <SE>26.00</SE></XMXX></XMXXS></FPXX></business>"""
DIALECTS = {"tax": TAX, "chinese": CHINESE, "pinyin": PINYIN}


def read(text: str, encoding: str = "utf-8") -> Reading:
    data = text.encode("gb18030" if 'encoding="gb18030"' in text else encoding)
    name, reading = read_blob(
        [EInvoice()], Blob("folder", "a.xml", hashlib.sha256(data).hexdigest(), data)
    )
    assert name in {"einvoice", ""}
    return reading


def one(text: str) -> TradeDocument:
    (document,) = read(text).documents
    return document


def codes(text: str) -> set[str]:
    return {complaint.code for complaint in read(text).complaints}


def refusals(text: str) -> set[str]:
    return {c.code for c in read(text).complaints if c.severity is Severity.REFUSED}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_invoice_is_the_same_document_in_every_dialect(dialect: str) -> None:
    document = one(DIALECTS[dialect])
    assert (document.kind, document.number, document.issued_on, document.due_on) == (
        Kind.INVOICE,
        NUMBER,
        date(2026, 6, 1),
        date(2026, 8, 30),
    )
    assert document.seller == PartyRef("苏州澄湖机电有限公司", SELLER, "10550001")
    assert document.buyer == PartyRef("海河家电股份有限公司", BUYER)
    assert (document.totals.net, document.totals.tax, document.totals.gross) == (
        Decimal("1200.00"),
        Decimal("156.00"),
        Decimal("1356.00"),
    )
    assert document.totals.payable == document.totals.gross
    assert document.references == {"order": ("PO-123", "PO-124")}
    assert document.attributes["dialect"] == dialect
    assert (document.currency, document.void, document.place) == ("CNY", False, "/")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_line_is_read_with_its_tax(dialect: str) -> None:
    first, second = one(DIALECTS[dialect]).lines
    assert (first.id, first.item_keys) == ("1", {"name": "直流电机", "seller": "DC-12"})
    assert (first.unit, first.quantity, first.price) == ("台", Decimal(10), Decimal(100))
    assert (second.net, second.tax, second.tax_rate) == (
        Decimal("200.00"),
        Decimal("26.00"),
        Decimal("0.13"),
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sound_invoice_raises_no_complaint_and_all_its_sums_hold(dialect: str) -> None:
    reading = read(DIALECTS[dialect])
    assert reading.complaints == ()
    assert reading.facts["checks"] == {
        "line_amounts_equal_line_total": True,
        "net_plus_tax_equals_gross": True,
        "tax_subtotals_equal_tax_total": True,
        "line_taxes_follow_rates": True,
    }


def test_facts_are_as_written() -> None:
    facts: dict[str, Any] = read(CHINESE).facts
    assert (facts["type"], facts["root"], facts["id"]) == ("EInvoice", "电子发票", NUMBER)
    assert facts["payable"] == {"value": "¥1,356.00", "currency": "CNY"}
    assert facts["parties"]["AccountingSupplierParty"]["tax_id"] == SELLER
    assert facts["references"] == {"order": ["PO-123", "PO-124"]}
    assert (facts["line_count"], facts["issue_date"]) == (2, "2026-06-01")
    assert facts["lines"][0]["quantities"] == {"InvoicedQuantity": {"value": "10", "unit": "台"}}
    assert facts["lines"][1]["amount"] == {"value": "200.00", "currency": "CNY"}


@pytest.mark.parametrize(
    ("dialect", "signed"), [("tax", True), ("chinese", True), ("pinyin", False)]
)
def test_a_signature_is_noticed_and_its_content_ignored(dialect: str, *, signed: bool) -> None:
    assert read(DIALECTS[dialect]).facts["signed"] is signed
    assert read(DIALECTS[dialect]).facts["id"] == NUMBER


def test_a_line_stands_at_its_path() -> None:
    assert [line.place for line in one(TAX).lines] == [
        "/EInvoice/EInvoiceData/IssuItemInformation",
        "/EInvoice/EInvoiceData/IssuItemInformation[2]",
    ]


RED_TAX = f"""<EInvoice><Header><InherentLabel><InIssuType><LabelCode>N</LabelCode></InIssuType>
 </InherentLabel></Header><EInvoiceData><SellerInformation><SellerIdNum>{SELLER}</SellerIdNum></SellerInformation>
 <BuyerInformation><BuyerName>海河家电股份有限公司</BuyerName></BuyerInformation>
 <BasicInformation><TotalAmWithoutTax>-100.00</TotalAmWithoutTax><TotalTaxAm>-13.00</TotalTaxAm>
 <TotalTax-includedAmount>-113.00</TotalTax-includedAmount></BasicInformation>
 <IssuItemInformation><ItemName>电机</ItemName><Quantity>-1</Quantity><UnPrice>100</UnPrice><Amount>-100.00</Amount>
 <TaxRate>0.13</TaxRate><ComTaxAm>-13.00</ComTaxAm></IssuItemInformation>
 <SpecificInformation><RedEInvoice><OriginalInvoiceCode>{BLUE}</OriginalInvoiceCode>
 <CreditNoteNumber>32050026061000000001</CreditNoteNumber></RedEInvoice></SpecificInformation></EInvoiceData>
 <TaxSupervisionInfo><InvoiceNumber>{NUMBER}</InvoiceNumber><IssueTime>2026-06-09</IssueTime></TaxSupervisionInfo></EInvoice>"""
RED_REMARK = RED_TAX.replace(
    RED_TAX[RED_TAX.index("<SpecificInformation>") : RED_TAX.index("</EInvoiceData>")],
    f"<Remark>被红冲蓝字数电票号码：{BLUE} 红字发票信息确认单编号：32050026061000000001</Remark>",
)
RED_PINYIN = (
    PINYIN.replace("<KPLX>0", f"<YFP_HM>{BLUE}</YFP_HM><KPLX>1")
    .replace("<HJJE>", "<HJJE>-").replace("<HJSE>", "<HJSE>-").replace("<JSHJXX>", "<JSHJXX>-")
    .replace("<XMJE>", "<XMJE>-").replace("<SE>", "<SE>-").replace("<XMSL>", "<XMSL>-")
)  # fmt: skip


@pytest.mark.parametrize(
    "text", [RED_TAX, RED_REMARK, RED_PINYIN], ids=["node", "remark", "pinyin"]
)
def test_a_red_letter_invoice_is_a_credit_note_on_its_blue_invoice(text: str) -> None:
    reading = read(text)
    (document,) = reading.documents
    assert document.kind is Kind.CREDIT_NOTE
    assert document.references["invoice"] == (BLUE,)
    assert reading.complaints == ()
    assert document.totals.gross == -Decimal(reading.facts["payable"]["value"])
    assert document.lines[0].net is not None
    assert document.lines[0].net > 0
    assert document.lines[0].quantity == abs(document.lines[0].quantity or 0)


def test_a_red_letter_invoice_that_names_no_blue_one_is_flagged() -> None:
    bare = RED_REMARK.replace("被红冲蓝字数电票号码", "另")
    assert codes(bare) == {"einvoice.red_without_blue"}


def test_marks_and_signs_that_contradict_each_other_are_flagged_and_never_make_a_claim() -> None:
    positive = TAX.replace("<LabelCode>Y<", "<LabelCode>N<")
    assert one(positive).kind is Kind.CREDIT_NOTE
    assert one(positive).totals.gross == Decimal("1356.00")
    assert codes(positive) == {"einvoice.red_mark", "einvoice.red_without_blue"}
    negative = RED_TAX.replace("<LabelCode>N<", "<LabelCode>Y<")
    assert one(negative).kind is Kind.CREDIT_NOTE
    assert codes(negative) == {"einvoice.red_mark"}


@pytest.mark.parametrize(
    "mark",
    ["<发票状态>作废</发票状态>", "<作废标志>是</作废标志>", "<ZFBZ>Y</ZFBZ>", "<FPZT>2</FPZT>"],
)
def test_a_void_invoice_stays_visible_as_void(mark: str) -> None:
    document = one(CHINESE.replace("<订单号>", mark + "<订单号>"))
    assert document.void
    assert not one(CHINESE.replace("<订单号>", "<发票状态>正常</发票状态><订单号>")).void


def test_an_older_e_invoice_has_eight_digits_and_a_code() -> None:
    older = PINYIN.replace(f"<FPHM>{NUMBER}", "<FPDM>032001900111</FPDM><FPHM>07666350")
    document = one(older)
    assert (document.code, document.number) == ("032001900111", "07666350")
    assert read(older).complaints == ()


def test_differential_taxation_is_marked_and_its_tax_not_held_against_the_rate() -> None:
    deducted = PINYIN.replace("<HJJE>", "<KCE>200.00</KCE><HJJE>").replace(
        "<SE>130.00", "<SE>107.00"
    )
    deducted = deducted.replace("<HJSE>156.00", "<HJSE>133.00").replace(
        "<JSHJXX>1356", "<JSHJXX>1333"
    )
    document = one(deducted)
    assert document.attributes["differential"] == "true"
    assert document.attributes["deduction"] == "200.00"
    assert codes(deducted) == set()
    assert "differential" in one(CHINESE.replace("PO#", "差额征税：200.00。PO#")).attributes
    assert (
        "differential"
        in one(CHINESE.replace("<订单号>", "<差额征税类型>02</差额征税类型><订单号>")).attributes
    )
    assert "differential" not in one(PINYIN.replace("<HJJE>", "<KCE>0</KCE><HJJE>")).attributes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((f"<发票号码>{NUMBER}</发票号码>", ""), "einvoice.number_missing"),
        ((NUMBER, NUMBER[:-1]), "einvoice.number_invalid"),
        ((NUMBER, NUMBER[:-1] + "A"), "einvoice.number_invalid"),
        (("<订单号>", "<发票号码>1</发票号码><订单号>"), "einvoice.ambiguous"),
        (("<开票日期>2026年06月01日</开票日期>", ""), "einvoice.issued_on_missing"),
        (("2026年06月01日", "2026年13月01日"), "date.malformed"),
        (("2026年06月01日", "上周"), "date.malformed"),
        (("<小写>¥1,356.00</小写>", ""), "einvoice.gross_missing"),
        (("¥1,356.00", "1,35.00"), "amount.malformed"),
        (("1200.00</合计金额>", "1200.00</合计金额><合计金额>9</合计金额>"), "einvoice.ambiguous"),
        (("<金额>1000.00", "<金额>1000.OO"), "einvoice.line_malformed"),
        (("<税率>13%", "<税率>全税"), "einvoice.line_malformed"),
        (("<税率>13%", "<税率>-13%"), "einvoice.line_malformed"),
        (("销售方", "无名方"), "einvoice.seller_missing"),
        (("</电子发票>", ""), "xml.malformed"),
        (("<电子发票>", "<!DOCTYPE x [<!ENTITY a 'b'>]><电子发票>"), "xml.dtd_forbidden"),
    ],
)  # fmt: skip
def test_what_cannot_be_relied_on_is_refused_by_name(change: tuple[str, str], code: str) -> None:
    reading = read(CHINESE.replace(*change))
    assert code in {c.code for c in reading.complaints if c.severity is Severity.REFUSED}
    assert reading.documents == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("1200.00</合计金额>", "1100.00</合计金额>"), "einvoice.line_amounts_equal_line_total"),
        (("¥1,356.00", "1355.99"), "einvoice.net_plus_tax_equals_gross"),
        (("156.00</合计税额>", "157.00</合计税额>"), "einvoice.tax_subtotals_equal_tax_total"),
        (("<税额>130.00", "<税额>130.07"), "einvoice.line_tax"),
        (("<数量>10", "<数量>9"), "einvoice.line_price"),
        (("<金额>1000.00</金额>", ""), "einvoice.line_amount_missing"),
        ((SELLER, SELLER[:-1] + ("0" if SELLER[-1] != "0" else "1")), "einvoice.uscc_invalid"),
        ((BUYER, "110101199001011"), "einvoice.uscc_invalid"),
        (("2026年06月01日", "2025年12月31日"), "einvoice.number_year"),
        (("购买方", "收件方"), "einvoice.buyer_missing"),
        (("<订单号>", "<币种>贝壳</币种><订单号>"), "einvoice.currency"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_flagged_by_name(change: tuple[str, str], code: str) -> None:
    assert CHINESE.replace(*change) != CHINESE
    assert code in codes(CHINESE.replace(*change))


FLAGGED_ONLY = ("einvoice.uscc_invalid", "einvoice.line_tax", "einvoice.line_price")


def test_a_flagged_invoice_still_becomes_a_document() -> None:
    off = CHINESE.replace("<税额>130.00", "<税额>130.07")
    assert refusals(off) == {"einvoice.currency"} & refusals(off)
    assert one(off).lines[0].tax == Decimal("130.07")
    assert read(off).facts["checks"]["line_taxes_follow_rates"] is False


def test_a_tax_of_asterisks_is_no_tax() -> None:
    exempt = (
        TAX.replace("<TotalTaxAm>156.00", "<TotalTaxAm>***").replace("1356.00", "1200.00")
        .replace("<ComTaxAm>130.00", "<ComTaxAm>***").replace("<ComTaxAm>26.00", "<ComTaxAm>***")
        .replace("<TaxRate>0.13", "<TaxRate>免税").replace("<TaxRate>13%", "<TaxRate>***")
    )  # fmt: skip
    document = one(exempt)
    assert codes(exempt) == set()
    assert (document.totals.tax, document.lines[0].tax_rate) == (None, Decimal(0))


def test_the_bare_sl_is_the_quantity_where_slv_is_the_rate() -> None:
    old = PINYIN.replace("<SL>0.13</SL>", "<SLV>0.13</SLV>").replace("XMSL>", "SL>")
    assert one(old).lines == one(PINYIN).lines


def test_values_wrapped_for_ofd_are_read() -> None:
    wrapped = TAX.replace("<SpecMod>DC-12<", "<SpecMod><ObjectData>DC-12</ObjectData><")
    assert one(wrapped).lines[0].item_keys["seller"] == "DC-12"


def test_buyers_and_sellers_own_codes_and_order_lines_name_the_good() -> None:
    extended = TAX.replace(
        "<Quantity>10", "<BuyerItemCode>M-7</BuyerItemCode><OrderLine>3</OrderLine><Quantity>10"
    )
    first = one(extended).lines[0]
    assert (first.item_keys["buyer"], first.order_line) == ("M-7", "3")


@pytest.mark.parametrize(
    ("remark", "references"),
    [
        ("合同编号：HT-2026", {"contract": ("HT-2026",)}),
        ("送货单号: SH7, SH8", {"despatch": ("SH7", "SH8")}),
        ("入库单: RK-9. 谢谢", {"receipt": ("RK-9",)}),
        ("P.O. No.: 45/A", {"order": ("45/A",)}),
        ("EXPO: 2026 上海", {}),
        ("订单 " + " " * 3000 + ": X", {}),
    ],
)  # fmt: skip
def test_a_remark_names_other_documents(
    remark: str, references: dict[str, tuple[str, ...]]
) -> None:
    text = PINYIN.replace("采购订单编号: PO-123,PO-124 付款日期：20260830", remark)
    assert one(text).references == references


def test_an_old_red_letter_remark_names_its_blue_invoice_by_code_and_number() -> None:
    old = RED_REMARK.replace("被红冲蓝字数电票号码：", "对应正数发票代码:032001900111号码:")
    assert one(old).references == {"invoice": (BLUE,)}


def test_a_chinese_root_that_is_no_invoice_is_refused_as_such() -> None:
    assert refusals("<出库单><数量>1</数量></出库单>") == {"einvoice.not_an_invoice"}


@pytest.mark.parametrize(
    ("root", "ours"),
    [
        ("EInvoice", True),
        ("{urn:test}EInvoice", True),
        ("fpxx", True),
        ("{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice", False),
        ("Catalogue", False),
        (None, False),
    ],
)
def test_an_e_invoice_is_known_by_its_root(root: str | None, *, ours: bool) -> None:
    assert EInvoice().recognises(Head("a.xml", root, None)) is ours


@settings(max_examples=250, deadline=None)
@given(
    dialect=st.sampled_from(sorted(DIALECTS)),
    at=st.floats(0, 1),
    cut=st.integers(0, 60),
    junk=st.one_of(st.binary(max_size=8), st.sampled_from([b"<", b">", b"</", b"-", b"9", b"\0"])),
)
def test_no_damage_makes_the_reader_raise(dialect: str, at: float, cut: int, junk: bytes) -> None:
    text = DIALECTS[dialect]
    data = text.encode("gb18030" if dialect == "pinyin" else "utf-8")
    place = int(at * len(data))
    damaged = data[:place] + junk + data[place + cut :]
    _, reading = read_blob([EInvoice()], Blob("folder", "a.xml", "0" * 64, damaged))
    assert reading.documents or reading.complaints


@settings(max_examples=250, deadline=None)
@given(
    dialect=st.sampled_from(sorted(DIALECTS)),
    which=st.integers(0, 30),
    value=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&>"), max_size=40
    ),
)
def test_no_value_makes_the_reader_raise(dialect: str, which: int, value: str) -> None:
    text = DIALECTS[dialect].replace("gb18030", "utf-8")
    pieces = text.split("</")
    pieces[which % len(pieces)] = pieces[which % len(pieces)].rsplit(">", 1)[0] + ">" + value
    data = "</".join(pieces).encode()
    _, reading = read_blob([EInvoice()], Blob("folder", "a.xml", "0" * 64, data))
    assert reading.documents or reading.complaints


def test_a_line_is_known_by_its_good_and_its_amount_wherever_it_stands() -> None:
    elsewhere = TAX.replace("IssuItemInformation", "Goods")
    assert [line.net for line in one(elsewhere).lines] == [line.net for line in one(TAX).lines]


def test_a_good_without_quantity_and_amount_is_no_line() -> None:
    told = TAX.replace("</EInvoiceData>", "<Hint><ItemName>电机</ItemName></Hint></EInvoiceData>")
    assert one(told).lines == one(TAX).lines


def test_the_currency_is_the_one_stated() -> None:
    foreign = TAX.replace("<RequestTime>", "<Currency>usd</Currency><RequestTime>")
    assert one(foreign).currency == "USD"


def test_any_number_of_tags_is_read() -> None:
    many = "".join(f"<Tag{n}>x</Tag{n}>" for n in range(5000))
    assert one(TAX.replace("</EInvoiceData>", f"{many}</EInvoiceData>")) == one(TAX)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1200.00", "1200.00"),
        ("-0.5", "-0.5"),
        (" ¥1,200.50 ", "1200.50"),
        ("+7", "7"),
        ("7.", "7"),
    ],
)
def test_an_amount_is_worth_what_is_written(text: str, value: str) -> None:
    assert str(amount(text)) == value


@pytest.mark.parametrize("text", ["", "１２", "1e5", "1,20", "--1", "1" * 25])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert amount(text) is None
