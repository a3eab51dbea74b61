"""The UBL 2.1 documents of a trade, from order to credit note."""

from datetime import timedelta
from decimal import Decimal

from heliu.app.samples.firms import CARRIER
from heliu.app.samples.markup import Node, node
from heliu.app.samples.trade import Line, Trade, fen
from heliu.app.samples.ubl import (
    bare_party,
    head,
    item,
    money,
    numbered,
    order_line_reference,
    order_reference,
    party,
    payment_means,
    price,
    quantity,
    reference,
    tax_total,
    totals,
    whole,
)


def order(trade: Trade) -> bytes:
    """The buyer's order."""
    net = sum((line.ordered_net for line in trade.lines), Decimal(0))
    taxes = [
        (line.ordered_net, fen(line.ordered_net * line.good.rate), line.good.rate)
        for line in trade.lines
    ]
    gross = net + sum(tax for _, tax, _ in taxes)
    return whole(
        "Order",
        head(trade.order_no, trade.ordered_on, "order"),
        node("cbc:OrderTypeCode", "220"),
        node("cbc:DocumentCurrencyCode", "CNY"),
        party("cac:BuyerCustomerParty", trade.buyer),
        party("cac:SellerSupplierParty", trade.supplier),
        _requested(trade),
        node("cac:PaymentTerms", node("cbc:Note", f"票到 {trade.due_days} 天付款")),
        tax_total(taxes, Decimal(0)),
        totals("cac:AnticipatedMonetaryTotal", net, gross),
        [_order_line(trade, index, line) for index, line in numbered(trade)],
    )


def _requested(trade: Trade) -> Node:
    return node(
        "cac:Delivery",
        node(
            "cac:DeliveryLocation",
            node("cbc:Description", f"{trade.buyer.zh} 一号库"),
            node("cac:Address", node("cbc:StreetName", trade.buyer.street),
                 node("cbc:CityName", trade.buyer.city),
                 node("cac:Country", node("cbc:IdentificationCode", "CN"))),
        ),
        node(
            "cac:RequestedDeliveryPeriod",
            node("cbc:StartDate", trade.despatched_on.isoformat()),
            node("cbc:EndDate", (trade.received_on + timedelta(4)).isoformat()),
        ),
    )  # fmt: skip


def _order_line(trade: Trade, index: int, line: Line) -> Node:
    good = line.good
    return node(
        "cac:OrderLine",
        node(
            "cac:LineItem",
            node("cbc:ID", index),
            quantity("cbc:Quantity", line.ordered, good.unit),
            money("cbc:LineExtensionAmount", line.ordered_net),
            price(line.price, good.unit),
            item(good, trade.buyer, taxed=True),
        ),
    )


def order_response(trade: Trade) -> bytes:
    """The supplier accepts the order."""
    return whole(
        "OrderResponseSimple",
        head(
            trade.order_no.replace("PO", f"{trade.supplier.code}-OR"),
            trade.ordered_on + timedelta(1),
            "order",
        ),
        node("cbc:AcceptedIndicator", "true"),
        order_reference(trade),
        party("cac:SellerSupplierParty", trade.supplier),
        party("cac:BuyerCustomerParty", trade.buyer),
    )


def despatch_advice(trade: Trade) -> bytes:
    """The supplier's notice that the goods are on their way."""
    return whole(
        "DespatchAdvice",
        head(trade.despatch_no, trade.despatched_on, "logistics"),
        node("cbc:DespatchAdviceTypeCode", "delivery"),
        order_reference(trade),
        party("cac:DespatchSupplierParty", trade.supplier),
        party("cac:DeliveryCustomerParty", trade.buyer),
        node(
            "cac:Shipment",
            node("cbc:ID", trade.despatch_no.replace("DN", "SH")),
            node(
                "cac:Delivery",
                node(
                    "cac:Despatch",
                    node("cbc:ActualDespatchDate", trade.despatched_on.isoformat()),
                    node("cbc:ActualDespatchTime", "08:30:00+08:00"),
                ),
            ),
        ),
        [
            node(
                "cac:DespatchLine",
                node("cbc:ID", index),
                quantity("cbc:DeliveredQuantity", line.despatched, line.good.unit),
                _back_order(line),
                order_line_reference(trade, index),
                item(line.good, trade.buyer),
            )
            for index, line in numbered(trade)
        ],
    )


def _back_order(line: Line) -> Node | None:
    missing = line.ordered - line.despatched
    return quantity("cbc:OutstandingQuantity", missing, line.good.unit) if missing > 0 else None


def waybill(trade: Trade) -> bytes:
    """The carrier's waybill."""
    return whole(
        "Waybill",
        # A waybill has no copy indicator.
        (
            part
            for part in head(_waybill_no(trade), trade.despatched_on, "transport")
            if part.tag != "cbc:CopyIndicator"
        ),
        node("cbc:Name", "道路货物运单"),
        node("cbc:ShippingOrderID", trade.despatch_no),
        bare_party("cac:ConsignorParty", trade.supplier),
        bare_party("cac:CarrierParty", CARRIER),
        node(
            "cac:Shipment",
            node("cbc:ID", trade.despatch_no.replace("DN", "SH")),
            node(
                "cac:Consignment",
                node("cbc:ID", "1"),
                bare_party("cac:ConsigneeParty", trade.buyer),
            ),
            [
                node(
                    "cac:GoodsItem",
                    node("cbc:ID", index),
                    node("cbc:Description", line.good.zh),
                    quantity("cbc:Quantity", line.despatched, line.good.unit),
                )
                for index, line in numbered(trade)
            ],
            node(
                "cac:ShipmentStage",
                node("cbc:ID", "1"),
                node("cbc:TransportModeCode", "3"),
                node(
                    "cac:TransportMeans",
                    node("cac:RoadTransport", node("cbc:LicensePlateID", "样A·00001")),
                ),
            ),
        ),
        reference("cac:DocumentReference", trade.despatch_no, trade.despatched_on),
        reference("cac:DocumentReference", trade.order_no) if trade.has_order else None,
    )


def _waybill_no(trade: Trade) -> str:
    return f"{CARRIER.code}{trade.despatched_on:%y%m%d}{trade.serial:04d}"


def receipt_advice(trade: Trade) -> bytes:
    """The buyer's goods receipt."""
    return whole(
        "ReceiptAdvice",
        head(trade.receipt_no, trade.received_on, "logistics"),
        order_reference(trade),
        reference("cac:DespatchDocumentReference", trade.despatch_no, trade.despatched_on),
        party("cac:DeliveryCustomerParty", trade.buyer),
        party("cac:DespatchSupplierParty", trade.supplier),
        node(
            "cac:Shipment",
            node("cbc:ID", trade.despatch_no.replace("DN", "SH")),
            node(
                "cac:Delivery",
                node("cbc:ActualDeliveryDate", trade.received_on.isoformat()),
                node("cbc:ActualDeliveryTime", "14:20:00+08:00"),
            ),
        ),
        [_receipt_line(trade, index, line) for index, line in numbered(trade)],
    )


def _receipt_line(trade: Trade, index: int, line: Line) -> Node:
    good, missing = line.good, line.ordered - line.received
    return node(
        "cac:ReceiptLine",
        node("cbc:ID", index),
        quantity("cbc:ReceivedQuantity", line.received, good.unit),
        quantity("cbc:ShortQuantity", missing, good.unit) if missing > 0 else None,
        node("cbc:ReceivedDate", trade.received_on.isoformat()),
        order_line_reference(trade, index),
        node(
            "cac:DespatchLineReference",
            node("cbc:LineID", index),
            reference("cac:DocumentReference", trade.despatch_no),
        ),
        item(good, trade.buyer),
    )


def invoice(trade: Trade) -> bytes:
    """The supplier's invoice."""
    with_goods = not trade.only_invoice
    return whole(
        "Invoice",
        head(trade.invoice_no, trade.invoice_date, "billing"),
        node("cbc:DueDate", trade.due_on.isoformat()),
        node("cbc:InvoiceTypeCode", "380"),
        node("cbc:DocumentCurrencyCode", "CNY"),
        order_reference(trade),
        reference("cac:DespatchDocumentReference", trade.despatch_no) if with_goods else None,
        party("cac:AccountingSupplierParty", trade.supplier),
        party("cac:AccountingCustomerParty", trade.buyer),
        node("cac:Delivery", node("cbc:ActualDeliveryDate", trade.received_on.isoformat())),
        payment_means(trade),
        tax_total([(li.net, li.tax, li.good.rate) for li in trade.lines], trade.tax_error),
        totals("cac:LegalMonetaryTotal", trade.net, trade.gross),
        [_invoice_line(trade, index, line) for index, line in numbered(trade)],
    )


def _invoice_line(trade: Trade, index: int, line: Line) -> Node:
    unit = line.invoice_unit[0]
    return node(
        "cac:InvoiceLine",
        node("cbc:ID", index),
        quantity("cbc:InvoicedQuantity", line.invoiced, unit),
        money("cbc:LineExtensionAmount", line.net),
        order_line_reference(trade, index),
        node("cac:TaxTotal", money("cbc:TaxAmount", line.tax)),
        item(line.good, trade.buyer, taxed=True),
        price(line.invoice_price, unit),
    )


def credit_note(trade: Trade) -> bytes:
    """The supplier's credit note over part of the first line."""
    credit, line = trade.credit, trade.lines[0]
    assert credit is not None, "only a credited trade has a credit note"
    net = fen(credit.quantity * line.invoice_price)
    tax, unit = fen(net * line.good.rate), line.invoice_unit[0]
    return whole(
        "CreditNote",
        head(
            trade.invoice_no.replace("INV", "CN"),
            trade.invoice_date + timedelta(credit.days),
            "billing",
        ),
        node("cbc:CreditNoteTypeCode", "381"),
        node("cbc:Note", credit.reason),
        node("cbc:DocumentCurrencyCode", "CNY"),
        order_reference(trade),
        node(
            "cac:BillingReference",
            reference("cac:InvoiceDocumentReference", trade.invoice_no, trade.invoice_date),
        ),
        party("cac:AccountingSupplierParty", trade.supplier),
        party("cac:AccountingCustomerParty", trade.buyer),
        tax_total([(net, tax, line.good.rate)], Decimal(0)),
        totals("cac:LegalMonetaryTotal", net, net + tax),
        node(
            "cac:CreditNoteLine",
            node("cbc:ID", "1"),
            quantity("cbc:CreditedQuantity", credit.quantity, unit),
            money("cbc:LineExtensionAmount", net),
            order_line_reference(trade, 1),
            item(line.good, trade.buyer, taxed=True),
            price(line.invoice_price, unit),
        ),
    )
