"""What is wrong with a UBL document: one edit of a good sample, one complaint."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from heliu.flows.intake.api import Blob, Reading, Severity, read_ubl
from heliu.flows.intake.domain.ubl_dates import parse_date
from heliu.flows.intake.domain.ubl_faults import FAULTS
from heliu.flows.intake.domain.ubl_tree import decimal

SAMPLES = Path(__file__).parent / "ubl"
BII = ("urn:example:plain", "urn:www.cenbii.eu:transaction:biicoretrdm010:ver1.0")
BII2 = ("urn:example:plain", "urn:www.cenbii.eu:transaction:biitrns010:ver2.0")
EN16931 = ("urn:example:plain", "urn:cen.eu:en16931:2017#compliant#urn:example")
DROP = ""

Edit = tuple[str, str]


def reading(name: str, *edits: Edit) -> Reading:
    """The reading of a sample after `edits` (regular expression, replacement), each once."""
    text = (SAMPLES / f"{name}.xml").read_text(encoding="utf-8")
    for pattern, new in edits:
        text, times = re.subn(pattern, new, text, count=1, flags=re.DOTALL)
        assert times == 1, f"{pattern} does not meet the sample"
    return read_ubl(Blob("test", f"{name}.xml", "ab" * 32, text.encode()))


def codes(read: Reading) -> list[str]:
    return [complaint.code for complaint in read.complaints]


def element(name: str) -> str:
    return rf"<cbc:{name}[ >][^<]*</cbc:{name}>"


def aggregate(name: str) -> str:
    return rf"<cac:{name}>.*?</cac:{name}>"


def value(name: str, new: str) -> Edit:
    return rf"(<cbc:{name}[^>]*>)[^<]*", rf"\g<1>{new}"


def total(name: str, new: str) -> Edit:
    return rf"(<cac:LegalMonetaryTotal>.*?<cbc:{name}[^>]*>)[^<]*", rf"\g<1>{new}"


ADDRESS = "PostalAddress"
NO_LINE_AMOUNT = (element("LineExtensionAmount"), DROP)
FOR_THE_TAX_OFFICE = (
    '<cac:TaxTotal><cbc:TaxAmount currencyID="DKK">1818.38</cbc:TaxAmount></cac:TaxTotal>'
)
NO_LINES = (r"<cac:InvoiceLine>.*</cac:InvoiceLine>", DROP)
NO_GROSS = (element("TaxInclusiveAmount"), DROP)
NO_TAX = (aggregate("TaxTotal"), DROP)

REFUSED: list[tuple[str, tuple[Edit, ...], list[str]]] = [
    ("no number", ((element("ID"), DROP),), ["field.missing"]),
    ("an empty number", (value("ID", " "),), ["field.missing"]),
    ("no issue date", ((element("IssueDate"), DROP),), ["field.missing"]),
    ("no such day", (value("IssueDate", "2026-02-30"),), ["date.invalid"]),
    ("a day in words", (value("IssueDate", "2 March"),), ["date.invalid"]),
    ("no supplier", ((aggregate("AccountingSupplierParty"), DROP),), ["field.missing"]),
    ("no customer", ((aggregate("AccountingCustomerParty"), DROP),), ["field.missing"]),
    (
        "no customer, after CEN BII",
        (BII, (aggregate("AccountingCustomerParty"), DROP)),
        ["field.missing"],
    ),
    (
        "no customer, after EN 16931",
        (EN16931, (aggregate("AccountingCustomerParty"), DROP)),
        ["field.missing"],
    ),
    ("neither gross nor payable", (NO_GROSS, (element("PayableAmount"), DROP)), ["field.missing"]),
    (
        "no amount but the payable",
        (NO_GROSS, (element("TaxExclusiveAmount"), DROP), *[NO_LINE_AMOUNT] * 3),
        ["field.missing"] * 2,
    ),
    (
        "an empty supplier",
        ((aggregate("AccountingSupplierParty"), "<cac:AccountingSupplierParty/>"),),
        ["party.name_missing"],
    ),
    ("no totals", ((aggregate("LegalMonetaryTotal"), DROP),), ["field.missing"] * 2),
    ("no payable", ((element("PayableAmount"), DROP),), ["field.missing"]),
    ("no lines", (NO_LINES,), ["field.missing"]),
    (
        "a line without number",
        ((r"(<cac:InvoiceLine>.*?)" + element("ID"), r"\1"),),
        ["field.missing"],
    ),
    (
        "a line without amount",
        ((r"(<cac:InvoiceLine>.*?)" + element("LineExtensionAmount"), r"\1"),),
        ["field.missing", "total.lines_differ"],
    ),
    (
        "a line without item",
        ((r"(<cac:InvoiceLine>.*?)" + aggregate("Item"), r"\1"),),
        ["field.missing"],
    ),
    (
        "two numbers",
        ((r"(<cbc:ID>LW-2041</cbc:ID>)", r"\1<cbc:ID>LW-2042</cbc:ID>"),),
        ["field.repeated"],
    ),
    (
        "two totals",
        ((f"({aggregate('LegalMonetaryTotal')})", r"\1\1"),),
        ["field.repeated"],
    ),
    (
        "two payable amounts",
        ((f"({element('PayableAmount')})", r"\1\1"),),
        ["field.repeated"],
    ),
    ("an amount in words", (total("PayableAmount", "thousand"),), ["number.invalid"]),
    (
        "an amount that is no number",
        (total("PrepaidAmount", "NaN"),),
        ["number.invalid", "total.payable_differs"],
    ),
    ("a price with an exponent", (value("PriceAmount", "25e1"),), ["number.invalid"]),
    (
        "no such currency",
        (value("DocumentCurrencyCode", "EUX"),),
        ["currency.unknown", "currency.mixed"],
    ),
    (
        "an amount in no such currency",
        ((r'(<cbc:PayableAmount currencyID=")EUR', r"\1ZZZ"),),
        ["currency.unknown"],
    ),
    (
        "an amount in another currency",
        ((r'(<cbc:PayableAmount currencyID=")EUR', r"\1USD"),),
        ["currency.mixed"],
    ),
    (
        "a price in another currency",
        ((r'(<cbc:PriceAmount currencyID=")EUR', r"\1USD"),),
        ["currency.mixed"],
    ),
    (
        "subtotals above the tax total",
        (value("TaxAmount", "143.75"),),
        ["tax.subtotals_differ", "total.gross_differs"],
    ),
    (
        "lines above their total",
        (total("LineExtensionAmount", "1000.00"),),
        ["total.lines_differ", "total.net_differs"],
    ),
    (
        "a net that forgets the charge",
        (total("TaxExclusiveAmount", "962.50"),),
        ["total.net_differs", "total.gross_differs"],
    ),
    (
        "a gross that is not net and tax",
        (total("TaxInclusiveAmount", "1230.25"),),
        ["total.gross_differs", "total.payable_differs"],
    ),
    (
        "a payable that forgets the prepaid",
        (total("PayableAmount", "1226.00"),),
        ["total.payable_differs"],
    ),
    (
        "allowances that are not their total",
        (total("AllowanceTotalAmount", "40.00"),),
        ["total.allowances_differ", "total.net_differs"],
    ),
    (
        "charges that are not their total",
        (total("ChargeTotalAmount", "30.00"),),
        ["total.charges_differ", "total.net_differs"],
    ),
    ("a quantity that is not paid", (value("InvoicedQuantity", "300"),), ["line.amount_differs"]),
    ("a quantity of the wrong sign", (value("InvoicedQuantity", "-400"),), ["line.amount_differs"]),
    ("a price for nothing", (value("BaseQuantity", "0"),), ["line.base_quantity"]),
    ("a price for less than nothing", (value("BaseQuantity", "-100"),), ["line.base_quantity"]),
    (
        "a payable above net and tax",
        (NO_GROSS, total("PayableAmount", "1000.50")),
        ["total.payable_differs"],
    ),
    (
        "a payable above the lines",
        (NO_GROSS, NO_TAX, total("PayableAmount", "1250.00")),
        ["total.payable_exceeds"],
    ),
]

FLAGGED: list[tuple[str, tuple[Edit, ...], list[str]]] = [
    (
        "a period that ends before it starts",
        (value("EndDate", "2026-01-31"),),
        ["date.period_reversed"],
    ),
    (
        "a due date before the issue",
        (value("PaymentDueDate", "2026-03-01"),),
        ["date.due_before_issue"],
    ),
    ("an unreadable due date", (value("PaymentDueDate", "in May"),), ["date.unreadable"]),
    ("a unit in words", ((r'unitCode="C62"', 'unitCode="pieces"'),), ["unit.unknown"]),
    ("BII: no profile", (BII, (element("ProfileID"), DROP)), ["field.expected"]),
    ("BII: no tax", (BII, NO_TAX), ["field.expected"]),
    ("BII: no net", (BII, (element("TaxExclusiveAmount"), DROP)), ["field.expected"]),
    ("BII: no supplier name", (BII, (aggregate("PartyName"), DROP)), ["field.expected"]),
    ("BII: no supplier address", (BII, (aggregate(ADDRESS), DROP)), ["party.address_missing"]),
    ("BII: no city", (BII, (element("CityName"), DROP)), ["party.address_incomplete"]),
    ("BII: no postal zone", (BII, (element("PostalZone"), DROP)), ["party.address_incomplete"]),
    ("BII: no country code", (BII, (element("IdentificationCode"), DROP)), ["field.expected"]),
    (
        "BII: no such country",
        (BII, value("IdentificationCode", "QQ")),
        ["country.unknown", "party.vat_prefix_wrong"],
    ),
    (
        "BII: a VAT number without country",
        (BII, value("CompanyID", "1001")),
        ["party.vat_prefix_missing"],
    ),
    (
        "BII: a VAT number of another country",
        (BII, value("CompanyID", "SE1001")),
        ["party.vat_prefix_wrong"],
    ),
    ("BII: a tax category without id", (BII, (r"<cbc:ID>S</cbc:ID>", DROP)), ["field.expected"]),
    (
        "BII: a tax scheme without id",
        (BII, (r"(<cac:TaxCategory>.*?<cac:TaxScheme>)<cbc:ID>VAT</cbc:ID>", r"\1")),
        ["field.expected", "tax.schemes_mixed"],
    ),
    (
        "BII: two tax schemes",
        (BII, (r"(<cac:TaxCategory>.*?<cac:TaxScheme><cbc:ID>)VAT", r"\1EXC")),
        ["tax.schemes_mixed"],
    ),
    (
        "BII: tax without subtotals",
        (BII, (r"(<cac:TaxTotal>.*?)<cac:TaxSubtotal>.*?(</cac:TaxTotal>)", r"\1\2")),
        ["tax.subtotals_missing"],
    ),
    ("BII: no means of payment", (BII, (element("PaymentMeansCode"), DROP)), ["field.expected"]),
    (
        "BII: a transfer to no account",
        (BII, (aggregate("PayeeFinancialAccount"), DROP)),
        ["payment.account_missing"],
    ),
    (
        "BII: an IBAN without bank",
        (BII, (aggregate("FinancialInstitutionBranch"), DROP)),
        ["payment.bank_missing"],
    ),
    (
        "BII: a line without item name",
        (BII, (r"<cbc:Name>spool</cbc:Name>", DROP)),
        ["field.expected"],
    ),
    ("BII: a long item name", (BII, (r">spool<", f">{'spool ' * 9}<")), ["item.name_too_long"]),
    (
        "BII: an item code of no scheme",
        (BII, (r' schemeID="GTIN">0690', ">0690")),
        ["item.scheme_missing"],
    ),
    ("BII: a classification of no list", (BII, (r' listID="HS"', DROP)), ["item.scheme_missing"]),
    ("BII: a line without price", (BII, (aggregate("Price"), DROP)), ["field.expected"]),
    (
        "EN: no currency code",
        (EN16931, (element("DocumentCurrencyCode"), DROP)),
        ["field.expected"],
    ),
    (
        "EN: no customer address",
        (
            EN16931,
            (r"(Harbour Crane Makers</cbc:Name></cac:PartyName>\s*)" + aggregate(ADDRESS), r"\1"),
        ),
        ["party.address_missing"],
    ),
    ("EN: no country", (EN16931, (aggregate("Country"), DROP)), ["party.address_incomplete"]),
    (
        "EN: a VAT number without country",
        (EN16931, value("CompanyID", "1001")),
        ["party.vat_prefix_missing"],
    ),
]

SILENT: list[tuple[str, tuple[Edit, ...]]] = [
    ("as it is", ()),
    ("after CEN BII", (BII,)),
    ("after BII 2", (BII2,)),
    ("after EN 16931", (EN16931,)),
    ("rounded only in the payable", (total("TaxInclusiveAmount", "1226.25"),)),
    ("rounded in the gross", (total("TaxInclusiveAmount", "1226.00"),)),
    ("without gross", (NO_GROSS,)),
    ("without gross and net", (NO_GROSS, (element("TaxExclusiveAmount"), DROP))),
    ("asking less than it could", (NO_GROSS, NO_TAX, total("PayableAmount", "900.00"))),
    (
        "a price for the whole line",
        (value("PriceAmount", "1000.00"), (element("BaseQuantity"), DROP)),
    ),
    ("a line without quantity", ((element("InvoicedQuantity"), DROP),)),
    ("a line without price", ((aggregate("Price"), DROP),)),
    (
        "a VAT number of the buyer's own scheme",
        (BII, value("CompanyID", "1001"), (r"<cbc:ID>VAT</cbc:ID>", "<cbc:ID>63</cbc:ID>")),
    ),
    (
        "a VAT number at home",
        (
            BII,
            value("CompanyID", "1001"),
            ("<cbc:IdentificationCode>DK", "<cbc:IdentificationCode>BE"),
        ),
    ),
    (
        "a VAT number and no country",
        (BII, value("CompanyID", "1001"), (aggregate("Country"), DROP)),
    ),
    (
        "an address by identifier",
        (BII, (r"<cbc:StreetName>.*?</cbc:PostalZone>", '<cbc:ID schemeID="GLN">690</cbc:ID>')),
    ),
    ("a VAT number of another member state", (EN16931, value("CompanyID", "EL1001"))),
    ("a unit of another list", ((r'unitCode="C62"', 'unitCode="pieces" unitCodeListID="ours"'),)),
    (
        "prices in a currency of their own",
        (
            (r'(<cbc:PriceAmount currencyID=")EUR', r"\1USD"),
            (
                r"(</cbc:DocumentCurrencyCode>)",
                r"\1<cbc:PricingCurrencyCode>USD</cbc:PricingCurrencyCode>",
            ),
        ),
    ),
    (
        "tax once more for the tax office",
        (
            (
                "<cac:LegalMonetaryTotal>",
                f"{FOR_THE_TAX_OFFICE}<cac:LegalMonetaryTotal>",
            ),
        ),
    ),
    (
        "a debit to no account",
        (BII, value("PaymentMeansCode", "49"), (aggregate("PayeeFinancialAccount"), DROP)),
    ),
    ("paid by no means", (BII, (aggregate("PaymentMeans"), DROP))),
    ("a difference below a cent", (total("TaxInclusiveAmount", "1226.2501"),)),
]


@pytest.mark.parametrize(("what", "edits", "expected"), REFUSED, ids=[row[0] for row in REFUSED])
def test_an_invoice_that_cannot_be_relied_on_is_refused(
    what: str, edits: tuple[Edit, ...], expected: list[str]
) -> None:
    read = reading("invoice", *edits)
    assert codes(read) == expected, what
    assert read.refused
    assert read.documents == ()
    assert read.facts["root"] == "Invoice"


@pytest.mark.parametrize(("what", "edits", "expected"), FLAGGED, ids=[row[0] for row in FLAGGED])
def test_an_invoice_with_a_flaw_is_flagged_and_used(
    what: str, edits: tuple[Edit, ...], expected: list[str]
) -> None:
    read = reading("invoice", *edits)
    assert codes(read) == expected, what
    assert not read.refused
    assert len(read.documents) == 1


@pytest.mark.parametrize(("what", "edits"), SILENT, ids=[row[0] for row in SILENT])
def test_a_good_invoice_is_not_complained_of(what: str, edits: tuple[Edit, ...]) -> None:
    assert codes(reading("invoice", *edits)) == [], what


def adjusted(charge: str, amount: str) -> str:
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{charge}</cbc:ChargeIndicator>"
        f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )


@pytest.mark.parametrize(
    ("price", "adjustment"),
    [
        ("3.00", adjusted("false", "2.50")),
        ("1.30", adjusted("true", "6.00")),
        ("2.30", adjusted("true", "2.00") + adjusted("false", "1.00")),
        ("1.25", "<cbc:OrderableUnitFactorRate>2</cbc:OrderableUnitFactorRate>"),
    ],
)
def test_five_spools_for_12_50_are_right_at_any_adjusted_price(price: str, adjustment: str) -> None:
    edits = (
        (r"2\.50(</cbc:PriceAmount>)", rf"{price}\1"),
        (r"(>12\.50</cbc:LineExtensionAmount>)(\s*<cac:Item>)", rf"\1{adjustment}\2"),
    )
    assert codes(reading("invoice", *edits)) == []
    assert codes(reading("invoice", edits[0])) == ["line.amount_differs"]


def test_an_allowance_on_the_price_may_still_have_to_be_taken_off() -> None:
    edit = (r"2\.50(</cbc:PriceAmount>)", rf"3.00\1{adjusted('false', '0.50')}")
    assert codes(reading("invoice", edit)) == []


def test_an_invoice_without_any_currency_is_refused() -> None:
    text = (SAMPLES / "invoice.xml").read_text(encoding="utf-8")
    bare = re.sub(r' currencyID="EUR"|<cbc:DocumentCurrencyCode>EUR</\S+>', "", text)
    assert codes(read_ubl(Blob("test", "a.xml", "00", bare.encode()))) == ["currency.missing"]


def test_a_deduction_that_is_not_itemised_lowers_the_claim_and_passes() -> None:
    assert codes(reading("credit-note")) == []


def test_an_addition_that_is_not_itemised_is_refused() -> None:
    read = reading(
        "credit-note", total("TaxExclusiveAmount", "20.00"), total("PayableAmount", "21.25")
    )
    assert codes(read) == ["total.net_differs"]


@pytest.mark.parametrize("profile", [BII[1], EN16931[1], BII2[1]])
def test_the_profiles_want_every_deduction_itemised(profile: str) -> None:
    edit = ("(<cbc:ID>LW-C8)", rf"<cbc:CustomizationID>{profile}</cbc:CustomizationID>\1")
    assert "total.net_differs" in codes(reading("credit-note", edit))


@pytest.mark.parametrize("profile", [BII, EN16931, BII2])
def test_the_profiles_allow_no_negative_price(profile: Edit) -> None:
    edits = (value("PriceAmount", "-250.00"), value("InvoicedQuantity", "-400"))
    assert codes(reading("invoice", profile, *edits)) == ["line.price_negative"]
    assert codes(reading("invoice", *edits)) == []


def test_a_bii_invoice_may_not_be_negative_in_all() -> None:
    edits = (
        total("LineExtensionAmount", "-1000.00"),
        total("TaxExclusiveAmount", "-1030.00"),
        total("TaxInclusiveAmount", "-786.25"),
    )
    assert "total.negative" in codes(reading("invoice", BII, *edits))


@pytest.mark.parametrize(
    ("name", "edits", "expected"),
    [
        ("order", ((aggregate("BuyerCustomerParty"), DROP),), ["field.missing"]),
        ("order", ((r"<cac:OrderLine>.*</cac:OrderLine>", DROP),), ["field.missing"]),
        ("order", (value("Quantity", "-4"),), ["line.quantity_negative"]),
        ("order", (value("Quantity", "many"),), ["number.invalid"]),
        (
            "order",
            ((r'currencyID="EUR">1000\.00</cbc:Pay', 'currencyID="ECU">1000.00</cbc:Pay'),),
            ["currency.unknown"],
        ),
        ("receipt-advice", (value("ReceivedQuantity", "-1"),), ["line.quantity_negative"]),
        ("receipt-advice", ((r"<cac:ReceiptLine>.*</cac:ReceiptLine>", DROP),), ["field.missing"]),
        ("order-response-simple", (value("AcceptedIndicator", "maybe"),), ["indicator.invalid"]),
        ("order-response-simple", ((element("AcceptedIndicator"), DROP),), ["field.missing"]),
        (
            "remittance-advice",
            ((r"<cac:RemittanceAdviceLine>.*</cac:RemittanceAdviceLine>", DROP),),
            ["field.missing"],
        ),
        ("waybill", ((element("ID"), DROP),), ["field.missing"]),
        ("catalogue", ((element("ID"), DROP),), ["field.missing"]),
    ],
)
def test_other_documents_are_refused_for_what_their_type_demands(
    name: str, edits: tuple[Edit, ...], expected: list[str]
) -> None:
    read = reading(name, *edits)
    assert codes(read) == expected
    assert read.refused


def test_the_sums_of_an_order_are_not_asked() -> None:
    edit = (r"1000\.00(</cbc:PayableAmount>)", r"1250.00\1")
    assert codes(reading("order", edit)) == []


def test_a_complaint_names_the_element_and_its_line() -> None:
    (complaint,) = reading("invoice", value("InvoicedQuantity", "300")).complaints
    assert complaint.place == "/Invoice/InvoiceLine[1]/LineExtensionAmount (line 103)"
    assert complaint.message.en == (
        "line 1: quantity times price differs from the line amount 1000.00"
    )
    assert complaint.message.zh == "第 1 行: 数量乘单价与行金额 1000.00 不符"


def test_a_missing_postal_zone_is_told_in_both_languages() -> None:
    (complaint,) = reading("invoice", BII, (element("PostalZone"), DROP)).complaints
    assert complaint.message.en == "supplier postal address lacks postal zone"
    assert complaint.message.zh == "供应商邮政地址缺少邮政编码"
    assert complaint.severity is Severity.FLAGGED


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_has_its_words_in_both_languages(code: str) -> None:
    _, zh, en = FAULTS[code]
    assert set(re.findall(r"\{(\w+)\}", zh)) <= set(re.findall(r"\{(\w+)\}", en))
    assert re.search(r"[一-鿿]", zh)
    assert en.isascii()


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02Z", "2026-03-02"),
        ("2026-03-02+08:00", "2026-03-02"),
        ("2026-03-02T10:00:00", None),
        ("20260302", None),
        ("2026-W10-1", None),
        ("2026-02-29", None),
        ("0000-01-01", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_an_xsd_date(written: str | None, day: str | None) -> None:
    parsed = parse_date(written)
    assert (None if parsed is None else parsed.isoformat()) == day


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.50", Decimal("1.50")),
        ("-.5", Decimal("-0.5")),
        ("+7.", Decimal(7)),
        ("1e5", None),
        ("1_000", None),
        ("1,000", None),
        ("1.2.3", None),
        ("Infinity", None),
        ("１", None),
        ("", None),
        ("1" * 37, None),
    ],
)
def test_a_number_is_an_xsd_decimal(written: str, number: Decimal | None) -> None:
    assert decimal(written) == number
