"""Names of UBL 2.x: namespaces, element names in Clark notation, document types and their duties.

UBL 2.0 to 2.4 share one set of namespaces: each version only adds (OASIS UBL 2.4, section 1.3
"Backward compatibility"). What a type must carry is what its schema makes mandatory.
"""

from dataclasses import dataclass
from typing import Final

from heliu.flows.intake.domain.trade import Flow, Kind

UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC: Final = f"{{{UBL}CommonBasicComponents-2}}"
CAC: Final = f"{{{UBL}CommonAggregateComponents-2}}"
DS_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"

# Basic components (leaves).
ACCEPTED_INDICATOR: Final = CBC + "AcceptedIndicator"
ALLOWANCE_TOTAL: Final = CBC + "AllowanceTotalAmount"
AMOUNT: Final = CBC + "Amount"
BASE_QUANTITY: Final = CBC + "BaseQuantity"
CANCELLATION_NOTE: Final = CBC + "CancellationNote"
CHARGE_INDICATOR: Final = CBC + "ChargeIndicator"
CHARGE_TOTAL: Final = CBC + "ChargeTotalAmount"
CITY_NAME: Final = CBC + "CityName"
COMPANY_ID: Final = CBC + "CompanyID"
COPY_INDICATOR: Final = CBC + "CopyIndicator"
CUSTOMIZATION_ID: Final = CBC + "CustomizationID"
DESCRIPTION: Final = CBC + "Description"
DOCUMENT_CURRENCY: Final = CBC + "DocumentCurrencyCode"
DOCUMENT_TYPE_CODE: Final = CBC + "DocumentTypeCode"
DUE_DATE: Final = CBC + "DueDate"
END_DATE: Final = CBC + "EndDate"
ENDPOINT_ID: Final = CBC + "EndpointID"
ID: Final = CBC + "ID"
IDENTIFICATION_CODE: Final = CBC + "IdentificationCode"
ISSUE_DATE: Final = CBC + "IssueDate"
ITEM_CLASSIFICATION_CODE: Final = CBC + "ItemClassificationCode"
LINE_EXTENSION: Final = CBC + "LineExtensionAmount"
LINE_ID: Final = CBC + "LineID"
NAME: Final = CBC + "Name"
ORDER_RESPONSE_CODE: Final = CBC + "OrderResponseCode"
ORDERABLE_UNIT_FACTOR: Final = CBC + "OrderableUnitFactorRate"
PAYABLE: Final = CBC + "PayableAmount"
PAYABLE_ROUNDING: Final = CBC + "PayableRoundingAmount"
PAYMENT_DUE_DATE: Final = CBC + "PaymentDueDate"
PAYMENT_ID: Final = CBC + "PaymentID"
PAYMENT_MEANS_CODE: Final = CBC + "PaymentMeansCode"
PERCENT: Final = CBC + "Percent"
POSTAL_ZONE: Final = CBC + "PostalZone"
PREPAID: Final = CBC + "PrepaidAmount"
PRICE_AMOUNT: Final = CBC + "PriceAmount"
PRICING_CURRENCY: Final = CBC + "PricingCurrencyCode"
PROFILE_ID: Final = CBC + "ProfileID"
REGISTRATION_NAME: Final = CBC + "RegistrationName"
REJECTION_NOTE: Final = CBC + "RejectionNote"
START_DATE: Final = CBC + "StartDate"
TAX_AMOUNT: Final = CBC + "TaxAmount"
TAX_EXCLUSIVE: Final = CBC + "TaxExclusiveAmount"
TAX_INCLUSIVE: Final = CBC + "TaxInclusiveAmount"
TELEPHONE: Final = CBC + "Telephone"
TOTAL_PAYMENT: Final = CBC + "TotalPaymentAmount"
TOTAL_TAX: Final = CBC + "TotalTaxAmount"
UBL_VERSION: Final = CBC + "UBLVersionID"
UUID: Final = CBC + "UUID"

# Aggregate components.
ADDITIONAL_DOCUMENT: Final = CAC + "AdditionalDocumentReference"
ALLOWANCE_CHARGE: Final = CAC + "AllowanceCharge"
BILLING_REFERENCE: Final = CAC + "BillingReference"
BUYERS_ITEM: Final = CAC + "BuyersItemIdentification"
CLASSIFIED_TAX: Final = CAC + "ClassifiedTaxCategory"
COMMODITY: Final = CAC + "CommodityClassification"
CONTACT: Final = CAC + "Contact"
CONTRACT_DOCUMENT: Final = CAC + "ContractDocumentReference"
COUNTRY: Final = CAC + "Country"
DESPATCH_DOCUMENT: Final = CAC + "DespatchDocumentReference"
DESPATCH_LINE_REFERENCE: Final = CAC + "DespatchLineReference"
DISCREPANCY_RESPONSE: Final = CAC + "DiscrepancyResponse"
DOCUMENT_REFERENCE: Final = CAC + "DocumentReference"
FINANCIAL_BRANCH: Final = CAC + "FinancialInstitutionBranch"
GOODS_ITEM: Final = CAC + "GoodsItem"
INVOICE_DOCUMENT: Final = CAC + "InvoiceDocumentReference"
INVOICE_PERIOD: Final = CAC + "InvoicePeriod"
ITEM: Final = CAC + "Item"
LINE_ITEM: Final = CAC + "LineItem"
ORDER_LINE_REFERENCE: Final = CAC + "OrderLineReference"
ORDER_REFERENCE: Final = CAC + "OrderReference"
PARTY: Final = CAC + "Party"
PARTY_IDENTIFICATION: Final = CAC + "PartyIdentification"
PARTY_LEGAL_ENTITY: Final = CAC + "PartyLegalEntity"
PARTY_NAME: Final = CAC + "PartyName"
PARTY_TAX_SCHEME: Final = CAC + "PartyTaxScheme"
PAYEE_ACCOUNT: Final = CAC + "PayeeFinancialAccount"
PAYMENT_MEANS: Final = CAC + "PaymentMeans"
PAYMENT_TERMS: Final = CAC + "PaymentTerms"
POSTAL_ADDRESS: Final = CAC + "PostalAddress"
PRICE: Final = CAC + "Price"
RECEIPT_DOCUMENT: Final = CAC + "ReceiptDocumentReference"
RECEIPT_LINE_REFERENCE: Final = CAC + "ReceiptLineReference"
SELLERS_ITEM: Final = CAC + "SellersItemIdentification"
SHIPMENT: Final = CAC + "Shipment"
STANDARD_ITEM: Final = CAC + "StandardItemIdentification"
TAX_CATEGORY: Final = CAC + "TaxCategory"
TAX_SCHEME: Final = CAC + "TaxScheme"
TAX_SUBTOTAL: Final = CAC + "TaxSubtotal"
TAX_TOTAL: Final = CAC + "TaxTotal"

# A line of money has no LineExtensionAmount: the side that is posted stands for its amount.
LINE_AMOUNTS: Final = (
    LINE_EXTENSION,
    CBC + "DebitLineAmount",
    CBC + "CreditLineAmount",
    CBC + "BalanceAmount",
)

# Who claims and who owes, in the documents that bill.
ROLES: Final = {"supplier": "AccountingSupplierParty", "customer": "AccountingCustomerParty"}


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One UBL document type: the claim it carries and the root children its schema demands.

    `bills` marks the types whose totals are a claim of money, so their arithmetic must hold.
    """

    kind: Kind
    flow: Flow
    demands: tuple[str, ...] = (ID,)
    bills: bool = False


def _type(kind: Kind, flow: Flow, demands: str, *, bills: bool = False) -> DocumentType:
    aggregate = ("Party", "Line", "Total", "Reference")
    names = [(CAC if n.endswith(aggregate) else CBC) + n for n in demands.split()]
    return DocumentType(kind, flow, (ID, *names), bills)


_BILLED: Final = "IssueDate AccountingSupplierParty AccountingCustomerParty "
_MONEY: Final = "IssueDate AccountingCustomerParty AccountingSupplierParty "
_TRADE: Final = "IssueDate BuyerCustomerParty SellerSupplierParty "
_GOODS: Final = "IssueDate DespatchSupplierParty DeliveryCustomerParty "
_C, _L = Flow.COMMERCIAL, Flow.LOGISTICS

TYPES: Final = {
    "Order": _type(Kind.ORDER, _C, _TRADE + "OrderLine"),
    "OrderChange": _type(Kind.OTHER, _C, _TRADE + "OrderReference OrderLine"),
    "OrderCancellation": _type(Kind.ORDER_RESPONSE, _C, _TRADE + "OrderReference"),
    "OrderResponse": _type(Kind.ORDER_RESPONSE, _C, _TRADE + "OrderReference"),
    "OrderResponseSimple": _type(
        Kind.ORDER_RESPONSE, _C, _TRADE + "AcceptedIndicator OrderReference"
    ),
    "Quotation": _type(Kind.OTHER, _C, "IssueDate SellerSupplierParty QuotationLine"),
    "Statement": _type(Kind.OTHER, _C, _MONEY + "StatementLine"),
    "RemittanceAdvice": _type(Kind.REMITTANCE_ADVICE, _C, _MONEY + "RemittanceAdviceLine"),
    "Invoice": _type(Kind.INVOICE, _C, _BILLED + "LegalMonetaryTotal InvoiceLine", bills=True),
    "SelfBilledInvoice": _type(
        Kind.INVOICE, _C, _BILLED + "LegalMonetaryTotal InvoiceLine", bills=True
    ),
    "FreightInvoice": _type(
        Kind.INVOICE, _C, _BILLED + "LegalMonetaryTotal InvoiceLine", bills=True
    ),
    "CreditNote": _type(
        Kind.CREDIT_NOTE, _C, _BILLED + "LegalMonetaryTotal CreditNoteLine", bills=True
    ),
    "SelfBilledCreditNote": _type(
        Kind.CREDIT_NOTE, _C, _BILLED + "LegalMonetaryTotal CreditNoteLine", bills=True
    ),
    # Issued by the debtor (UBL 2.0 "assigned by the Debtor"): it takes from the supplier's claim.
    "DebitNote": _type(
        Kind.CREDIT_NOTE, _C, _BILLED + "RequestedMonetaryTotal DebitNoteLine", bills=True
    ),
    "DespatchAdvice": _type(Kind.DESPATCH_ADVICE, _L, _GOODS + "DespatchLine"),
    "ReceiptAdvice": _type(Kind.RECEIPT_ADVICE, _L, _GOODS + "ReceiptLine"),
    "Waybill": _type(Kind.WAYBILL, _L, ""),
    "BillOfLading": _type(Kind.WAYBILL, _L, ""),
}
# Every other type of the standard (catalogues, forecasts, certificates, status reports, ...).
OTHER: Final = DocumentType(Kind.OTHER, Flow.LOGISTICS)


def document_type(root: str | None) -> DocumentType | None:
    """The type of a UBL document by its root "{namespace}Local"; None if it is not UBL.

    UBL names a document's namespace after its root: "...:xsd:Invoice-2" for Invoice.
    """
    if root is None or not root.startswith("{" + UBL):
        return None
    namespace, _, local = root[1:].partition("}")
    if namespace != f"{UBL}{local}-2":
        return None
    return TYPES.get(local, OTHER)
