"""Door of the commercial desk."""

from heliu.flows.commercial.einvoice import EInvoice
from heliu.flows.commercial.service import Registered, register_table, registered, rows_at
from heliu.flows.commercial.store import RowPlace
from heliu.flows.commercial.tabular import (
    InvoiceTable,
    InvoiceTableConnector,
    Progress,
    read_invoice_table,
)
from heliu.flows.commercial.tabular_mapping import (
    TableMapping,
    load_mapping,
    parse_mapping,
    shipped_mappings,
)
from heliu.flows.commercial.ubl import UblCommercialConnector
from heliu.flows.intake.api import Connector

CONNECTORS: tuple[Connector, ...] = (
    UblCommercialConnector(),
    EInvoice(),
    InvoiceTableConnector(),
)

__all__ = [
    "CONNECTORS",
    "InvoiceTable",
    "InvoiceTableConnector",
    "Progress",
    "Registered",
    "RowPlace",
    "TableMapping",
    "load_mapping",
    "parse_mapping",
    "read_invoice_table",
    "register_table",
    "registered",
    "rows_at",
    "shipped_mappings",
]
