"""Examples of the API page: one trade of a sample programme, from its documents to its payment."""

from collections.abc import Mapping
from typing import Any, Final

from heliu.credit.instants.api import ActKind

RECEIVABLE: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e001"
DECISION: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e002"
DRAWDOWN: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e003"
PAYMENT: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e004"
FINANCING: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e005"
VERDICT: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e007"
JOURNAL: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e008"
ACQUISITION: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e009"
DOCUMENT: Final = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e006"
KEY: Final = "invoice-2026-0042-financing-1"
SUPPLIER: Final = "91350200MA00TRD1XC"
BUYER: Final = "91330100MA00TRD28Y"
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PAYEE: Final = {"name": "厦门样本钢贸有限公司", "account": "6222000099000042"}

REQUESTS: Final[Mapping[ActKind, dict[str, Any]]] = {
    ActKind.CREDIT_DECISION: {"receivable": RECEIVABLE},
    ActKind.DRAWDOWN: {"credit_decision": DECISION, "amount": "90000.00"},
    ActKind.PAYMENT: {"drawdown": DRAWDOWN, "payee": PAYEE},
    ActKind.FINANCING: {"receivable": RECEIVABLE, "amount": "90000.00"},
}
_DECIDED: Final = {
    "receivable": RECEIVABLE,
    "credit_decision": DECISION,
    "approved": True,
    "amount": "90000.00",
    "currency": "CNY",
    "annual_rate": "0.0485",
    "score": 642,
    "grade": "B",
    "verdict": VERDICT,
    "expires_at": "2026-09-22T10:00:00+08:00",
    "reasons": [],
}
_DRAWN: Final = {
    "receivable": RECEIVABLE,
    "credit_decision": DECISION,
    "drawdown": DRAWDOWN,
    "amount": "90000.00",
    "currency": "CNY",
    "annual_rate": "0.0485",
    "recourse": "full",
    "discount": "0.00",
    "proceeds": "90000.00",
    "opened_on": "2026-09-22",
    "due_on": "2026-12-20",
    "journal": [JOURNAL],
}
_PAID: Final = {
    "drawdown": DRAWDOWN,
    "payment": PAYMENT,
    "paid": "90000.00",
    "currency": "CNY",
    "payment_status": "settled",
}
RESULTS: Final[Mapping[ActKind, dict[str, Any]]] = {
    ActKind.CREDIT_DECISION: {"id": DECISION, "kind": "credit_decision", **_DECIDED},
    ActKind.DRAWDOWN: {"id": DRAWDOWN, "kind": "drawdown", **_DRAWN},
    ActKind.PAYMENT: {"id": PAYMENT, "kind": "payment", **_PAID},
    ActKind.FINANCING: {"id": FINANCING, "kind": "financing", **_DECIDED, **_DRAWN, **_PAID},
}
BULK_REQUEST: Final = [
    {"idempotency_key": KEY, "receivable": RECEIVABLE},
    {"idempotency_key": "invoice-2026-0043-financing-1", "receivable": DOCUMENT},
]
RECEIVABLE_VIEW: Final = {
    "id": RECEIVABLE,
    "supplier": SUPPLIER,
    "buyer": BUYER,
    "programme": "sample-appliances",
    "invoice_no": "2026-0042",
    "currency": "CNY",
    "eligible": "100000.00",
    "available": "90000.00",
    "issued_on": "2026-09-20",
    "due_on": "2026-12-20",
    "verified_on": "2026-09-21",
    "drawdown": None,
}
_PARTY: Final = {
    "uscc": SUPPLIER,
    "name": "厦门样本配件有限公司",
    "roles": ["supplier"],
    "registered_on": "2019-03-01",
    "status": "active",
}
_APPROVAL: Final = {
    "id": "approval-2026-0042",
    "invoice": "2026-0042",
    "seller": SUPPLIER,
    "buyer": BUYER,
    "amount": "100000.00",
    "currency": "CNY",
    "approved_on": "2026-09-21",
    "status": "confirmed",
}
_ENVELOPE: Final = {
    "format": "heliu-information",
    "version": 1,
    "issuer": BUYER,
    "issued_at": "2026-09-21T09:30:00+08:00",
}
_ACCEPTED: Final = {
    "file": "invoice-2026-0042.xml",
    "status": "accepted",
    "sha256": SHA256,
    "connector": "ubl-commercial",
    "documents": [DOCUMENT],
    "complaints": [],
}
_TERMS: Final = {
    "code": "sample-appliances",
    "version": 2,
    "effective_from": "2026-10-01",
    "name": {"zh": "样本家电供应链", "en": "Sample appliances"},
    "core_enterprise": BUYER,
    "core_enterprise_name": {"zh": "样本家电股份", "en": "Sample Appliances"},
    "currency": "CNY",
    "product": "receivable-bullet",
    "annual_rate": "0.0485",
    "day_count": "act/360",
    "max_tenor_days": 180,
    "advance_rate": "0.9",
    "evidence": {"order": "required", "receipt": "required", "approval": "optional"},
    "entrusted_payment": False,
    "suppliers": 1,
    "limits": {"programme": "50000000.00", "supplier": "3000000.00"},
}
_PROPOSAL: Final = {
    "programme": "sample-appliances",
    "version": 2,
    "effective_from": "2026-10-01",
    "name": {"zh": "样本家电供应链", "en": "Sample appliances"},
    "core_enterprise": {
        "uscc": BUYER,
        "name": {"zh": "样本家电股份", "en": "Sample Appliances"},
        "account": "3301000000000042",
    },
    "currency": "CNY",
    "product": {
        "kind": "bullet",
        "annual_rate": "0.0485",
        "day_count": "act/360",
        "max_tenor_days": 180,
    },
    "advance_rate": "0.9",
    "evidence": {"order": "required", "receipt": "required", "approval": "optional"},
    "tolerances": {
        "quantity_over": "0",
        "quantity_under": "0.02",
        "price": "0.01",
        "amount_minor": 100,
        "invoice_before_receipt_days": 5,
    },
    "limits": {"programme": "50000000", "obligor": "50000000", "supplier": "3000000"},
    "suppliers": [
        {
            "uscc": SUPPLIER,
            "name": {"zh": "样本配件", "en": "Sample Parts"},
            "account": "3502000000000042",
        }
    ],
}
_VERSION: Final = {
    "terms": _TERMS,
    "sha256": SHA256,
    "proposed_at": "2026-09-21T02:00:00Z",
    "proposed_by": "key:hk_core",
    "released_at": None,
    "released_by": None,
}
_RUN: Final = {
    "id": ACQUISITION,
    "programme": "sample-appliances",
    "version": 2,
    "on": "2026-10-08",
    "valid_until": "2027-01-06",
    "suppliers": 1200,
    "complaints": 3,
    "approved": 1080,
    "refused": 120,
    "limit": "216000000.00",
    "expected_draw": "97200000.00",
    "currency": "CNY",
    "root": SHA256,
    "started_at": "2026-10-08T02:00:00Z",
    "finished_at": "2026-10-08T02:00:01Z",
}
_PRE_APPROVAL: Final = {
    "rank": 1,
    "line": 17,
    "uscc": SUPPLIER,
    "approved": True,
    "limit": "200000.00",
    "expected_draw": "90000.00",
    "currency": "CNY",
    "score": 642,
    "grade": "B",
    "reasons": [],
}
_LINE_COMPLAINT: Final = {
    "code": "acquisition.line_uscc",
    "line": 4,
    "column": "uscc",
    "message": "not a unified social credit code (GB 32100)",
    "cure": "copy the code from the business licence",
}
BODIES: Final[Mapping[str, Any]] = {
    "sendParties": {**_ENVELOPE, "parties": [_PARTY]},
    "sendApprovals": {**_ENVELOPE, "approvals": [_APPROVAL]},
    "proposeProgramme": _PROPOSAL,
}
ANSWERS: Final[Mapping[str, Any]] = {
    "sendDocuments": {"outcomes": [_ACCEPTED]},
    "sendParties": {
        "outcomes": [{**_ACCEPTED, "file": "parties.json", "connector": "heliu-information"}]
    },
    "sendApprovals": {
        "outcomes": [{**_ACCEPTED, "file": "approvals.json", "connector": "heliu-information"}]
    },
    "getDocument": {
        "id": DOCUMENT,
        "sha256": SHA256,
        "file": "invoice-2026-0042.xml",
        "document": {"kind": "invoice", "number": "2026-0042", "currency": "CNY"},
    },
    "listReceivables": {"receivables": [RECEIVABLE_VIEW], "next": None},
    "getReceivable": RECEIVABLE_VIEW,
    "getCreditDecision": RESULTS[ActKind.CREDIT_DECISION],
    "getDrawdown": RESULTS[ActKind.DRAWDOWN],
    "getPayment": RESULTS[ActKind.PAYMENT],
    "getFinancing": RESULTS[ActKind.FINANCING],
    "getHealth": {"status": "ready"},
    "listProgrammes": {"programmes": [_TERMS]},
    "getProgramme": {"versions": [_VERSION]},
    "proposeProgramme": _TERMS,
    "releaseProgramme": _TERMS,
    "acquireSuppliers": _RUN,
    "getAcquisition": _RUN,
    "listPreApprovals": {"pre_approvals": [_PRE_APPROVAL], "next": None},
    "listAcquisitionComplaints": {"complaints": [_LINE_COMPLAINT], "next": None},
}
