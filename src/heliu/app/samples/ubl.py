"""UBL 2.1 building blocks (OASIS UBL 2.1, ISO/IEC 19845:2015): head, parties, items, totals."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.app.samples.firms import Firm, Good
from heliu.app.samples.markup import Content, Node, document, node
from heliu.app.samples.trade import Line, Trade
from heliu.ground.ids import derived_id

_BASE: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_COUNTRY: Final = "CN"


def whole(kind: str, *content: Content) -> bytes:
    """A UBL document of `kind` ("Invoice") as bytes."""
    namespaces = {
        "": f"{_BASE}{kind}-2",
        "cac": f"{_BASE}CommonAggregateComponents-2",
        "cbc": f"{_BASE}CommonBasicComponents-2",
    }
    return document(node(kind, *content), namespaces)


def head(number: str, issued_on: date, profile: str) -> list[Node]:
    """What every document begins with."""
    return [
        node("cbc:UBLVersionID", "2.1"),
        node("cbc:CustomizationID", "urn:heliu.example:ubl:china-procurement:1.0"),
        node("cbc:ProfileID", f"urn:heliu.example:profile:{profile}:1.0"),
        node("cbc:ID", number),
        node("cbc:CopyIndicator", "false"),
        node("cbc:UUID", str(derived_id("sample", number)).upper()),
        node("cbc:IssueDate", issued_on.isoformat()),
    ]


def reference(tag: str, number: str, issued_on: date | None = None) -> Node:
    """A reference to another document by number."""
    when = node("cbc:IssueDate", issued_on.isoformat()) if issued_on else None
    return node(tag, node("cbc:ID", number), when)


def order_reference(trade: Trade) -> Node | None:
    """The order this document belongs to, if there was one."""
    if not trade.has_order:
        return None
    return reference("cac:OrderReference", trade.order_no, trade.ordered_on)


def party(role: str, firm: Firm) -> Node:
    """`firm` in a role that wraps a Party (cac:AccountingSupplierParty, ...)."""
    return node(role, bare_party("cac:Party", firm))


def bare_party(tag: str, firm: Firm) -> Node:
    """`firm` as a Party under the tag `tag`."""
    return node(
        tag,
        node("cac:PartyIdentification", node("cbc:ID", firm.gln, schemeID="GLN")),
        node("cac:PartyName", node("cbc:Name", firm.zh)),
        node(
            "cac:PostalAddress",
            node("cbc:StreetName", firm.street),
            node("cbc:CityName", firm.city),
            node("cbc:CountrySubentity", firm.province),
            node("cac:Country", node("cbc:IdentificationCode", _COUNTRY)),
        ),
        node(
            "cac:PartyTaxScheme",
            node("cbc:RegistrationName", firm.zh),
            node("cbc:CompanyID", firm.uscc),
            node("cac:TaxScheme", node("cbc:ID", "VAT")),
        ),
        node(
            "cac:PartyLegalEntity",
            node("cbc:RegistrationName", firm.zh),
            node("cbc:CompanyID", firm.uscc, schemeID="USCC"),
        ),
        node("cac:Contact", node("cbc:Telephone", firm.phone)),
    )


def item(good: Good, buyer: Firm, *, taxed: bool = False) -> Node:
    """The good, by the numbers buyer, seller and the world know it by."""
    tax = node(
        "cac:ClassifiedTaxCategory",
        node("cbc:ID", "S"),
        node("cbc:Percent", percent(good.rate)),
        node("cac:TaxScheme", node("cbc:ID", "VAT")),
    )
    return node(
        "cac:Item",
        node("cbc:Description", f"{good.zh} / {good.en}"),
        node("cbc:Name", good.zh),
        node("cac:BuyersItemIdentification", node("cbc:ID", f"{buyer.code}-{good.code}")),
        node("cac:SellersItemIdentification", node("cbc:ID", good.spec)),
        node("cac:StandardItemIdentification", node("cbc:ID", good.gtin, schemeID="GTIN")),
        tax if taxed else None,
    )


def money(tag: str, amount: Decimal) -> Node:
    """An amount in yuan."""
    return node(tag, f"{amount:.2f}", currencyID="CNY")


def quantity(tag: str, amount: int, unit: str) -> Node:
    """A quantity in a UNECE unit."""
    return node(tag, amount, unitCode=unit)


def percent(rate: Decimal) -> str:
    """0.13 as 13."""
    return f"{rate * 100:.0f}"


def payment_means(trade: Trade) -> list[Node]:
    """Where the supplier wants its money, and when."""
    supplier = trade.supplier
    return [
        node(
            "cac:PaymentMeans",
            node("cbc:PaymentMeansCode", "30"),
            node("cbc:PaymentDueDate", trade.due_on.isoformat()),
            node(
                "cac:PayeeFinancialAccount",
                node("cbc:ID", supplier.account),
                node("cbc:Name", supplier.zh),
                node(
                    "cac:FinancialInstitutionBranch",
                    node("cbc:ID", f"{supplier.division}001"),
                    node("cbc:Name", supplier.bank),
                ),
            ),
        ),
        node("cac:PaymentTerms", node("cbc:Note", f"票到 {trade.due_days} 天付款")),
    ]


def tax_total(lines: Sequence[tuple[Decimal, Decimal, Decimal]], error: Decimal) -> Node:
    """The tax of (base, tax, rate) lines by rate; `error` falsifies total and first subtotal."""
    rates = sorted({rate for _, _, rate in lines})
    subtotals = [
        _subtotal(rate, [line for line in lines if line[2] == rate], error if not i else Decimal(0))
        for i, rate in enumerate(rates)
    ]
    total = sum((tax for _, tax, _ in lines), error)
    return node("cac:TaxTotal", money("cbc:TaxAmount", total), subtotals)


def _subtotal(
    rate: Decimal, lines: Iterable[tuple[Decimal, Decimal, Decimal]], error: Decimal
) -> Node:
    base, tax = Decimal(0), error
    for net, line_tax, _ in lines:
        base, tax = base + net, tax + line_tax
    return node(
        "cac:TaxSubtotal",
        money("cbc:TaxableAmount", base),
        money("cbc:TaxAmount", tax),
        node(
            "cac:TaxCategory",
            node("cbc:ID", "S"),
            node("cbc:Percent", percent(rate)),
            node("cac:TaxScheme", node("cbc:ID", "VAT")),
        ),
    )


def totals(tag: str, net: Decimal, gross: Decimal) -> Node:
    """The sums at the end."""
    return node(
        tag,
        money("cbc:LineExtensionAmount", net),
        money("cbc:TaxExclusiveAmount", net),
        money("cbc:TaxInclusiveAmount", gross),
        money("cbc:PayableAmount", gross),
    )


def order_line_reference(trade: Trade, index: int) -> Node | None:
    """The order line behind a line of despatch, receipt or invoice."""
    if not trade.has_order:
        return None
    return node(
        "cac:OrderLineReference",
        node("cbc:LineID", index),
        reference("cac:OrderReference", trade.order_no),
    )


def price(amount: Decimal, unit: str) -> Node:
    """Price per one unit."""
    return node(
        "cac:Price", money("cbc:PriceAmount", amount), quantity("cbc:BaseQuantity", 1, unit)
    )


def numbered(trade: Trade) -> list[tuple[int, Line]]:
    """The lines with their numbers."""
    return list(enumerate(trade.lines, 1))
