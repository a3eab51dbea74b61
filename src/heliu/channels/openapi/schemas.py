"""JSON schemas of the acts and their results, as components of the API's document."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from heliu.channels.openapi.requests import BODIES, MAX_BULK, BulkFinancing
from heliu.credit.instants.api import ActKind
from heliu.flows.information.api import SCHEMA

_REF: Final = "#/components/schemas/{name}"
_ID: Final = {"type": "string", "format": "uuid"}
_AMOUNT: Final = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
_CURRENCY: Final = {"type": "string", "pattern": "^[A-Z]{3}$"}
RESULTS: Final[Mapping[ActKind, str]] = {
    ActKind.CREDIT_DECISION: "CreditDecisionResult",
    ActKind.DRAWDOWN: "DrawdownResult",
    ActKind.PAYMENT: "PaymentResult",
    ActKind.FINANCING: "FinancingResult",
}
_DAY: Final = {"type": "string", "format": "date"}
_RATE: Final = {"anyOf": [_AMOUNT, {"type": "null"}], "description": "A fraction: 0.0485."}
_TEXT: Final = {
    "type": "object",
    "required": ["zh", "en"],
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
}
_REASON: Final = {
    "type": "object",
    "required": ["code", "text", "cure"],
    "properties": {"code": {"type": "string"}, "text": _TEXT, "cure": _TEXT},
}
_FINDING: Final = {
    "type": "object",
    "required": ["code", "severity", "text", "cure", "effect", "evidence"],
    "properties": {
        "code": {"type": "string"},
        "severity": {"enum": ["blocking", "reducing", "notice"]},
        "text": _TEXT,
        "cure": _TEXT,
        "effect": {
            "anyOf": [_AMOUNT, {"type": "null"}],
            "description": "What it takes off the amount.",
        },
        "evidence": {
            "type": "array",
            "description": "The kept documents it can be read in, and the place inside.",
            "items": {
                "type": "object",
                "required": ["document_id", "sha256", "place"],
                "properties": {
                    "document_id": _ID,
                    "sha256": {"type": "string"},
                    "place": {"type": "string"},
                },
            },
        },
    },
}
_DECIDED: Final[Mapping[str, Any]] = {
    "receivable": _ID,
    "credit_decision": _ID,
    "approved": {"type": "boolean"},
    "amount": {**_AMOUNT, "description": "What may be drawn; of a financing, what was drawn."},
    "currency": _CURRENCY,
    "annual_rate": _RATE,
    "score": {"type": "integer"},
    "grade": {"type": "string"},
    "verdict": _ID,
    "expires_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
    "reasons": {"type": "array", "maxItems": 4, "items": _REASON},
}
_DRAWN: Final[Mapping[str, Any]] = {
    "receivable": _ID,
    "credit_decision": _ID,
    "drawdown": _ID,
    "amount": _AMOUNT,
    "currency": _CURRENCY,
    "annual_rate": _RATE,
    "recourse": {
        "enum": ["full", "none"],
        "description": "Whether the supplier answers where the buyer does not pay.",
    },
    "discount": {**_AMOUNT, "description": "Interest kept back at disbursement."},
    "proceeds": {**_AMOUNT, "description": "What the supplier has of it."},
    "opened_on": _DAY,
    "due_on": _DAY,
    "journal": {"type": "array", "items": _ID, "description": "Its transfers in the books."},
}
_PAID: Final[Mapping[str, Any]] = {
    "drawdown": _ID,
    "payment": _ID,
    "paid": _AMOUNT,
    "currency": _CURRENCY,
    "payment_status": {"type": "string", "examples": ["settled", "instructed"]},
}
_MEMBERS: Final[Mapping[ActKind, Mapping[str, Any]]] = {
    ActKind.CREDIT_DECISION: _DECIDED,
    ActKind.DRAWDOWN: _DRAWN,
    ActKind.PAYMENT: _PAID,
    ActKind.FINANCING: {**_DECIDED, **_DRAWN, **_PAID},
}


def act_schemas() -> dict[str, Any]:
    """Requests (from the structs that read them), results, and the bulk of both."""
    _, requests = msgspec.json.schema_components(
        [*BODIES.values(), BulkFinancing], ref_template=_REF
    )
    return {
        **{name: _plain(schema) for name, schema in requests.items()},
        **{RESULTS[kind]: _result(kind) for kind in ActKind},
        "BulkFinancings": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_BULK,
            "items": {"$ref": _REF.format(name="BulkFinancing")},
        },
        "BulkResults": {"type": "array", "items": {"oneOf": [_done(), _refused()]}},
        "Receivable": _receivable(),
        "Receivables": {
            "type": "object",
            "required": ["receivables", "next"],
            "properties": {
                "receivables": {"type": "array", "items": {"$ref": _REF.format(name="Receivable")}},
                "next": {
                    "anyOf": [_ID, {"type": "null"}],
                    "description": "Send it as `after` to read on; null at the end.",
                },
            },
            "additionalProperties": False,
        },
    }


def information_schemas() -> dict[str, Any]:
    """The parts of an information flow document, as its own schema says them."""
    parts: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(SCHEMA["$defs"]).replace(b"#/$defs/", b"#/components/schemas/info_")
    )
    return {f"info_{name}": part for name, part in parts.items()}


def _result(kind: ActKind) -> dict[str, Any]:
    members = {"id": _ID, "kind": {"const": kind.value}, **_MEMBERS[kind]}
    return {
        "type": "object",
        "description": "The act as it was done. More members may be added.",
        "required": list(members),
        "properties": members,
    }


def _receivable() -> dict[str, Any]:
    members = {
        "id": _ID,
        "invoice_no": {"type": "string"},
        "supplier": {"type": "string"},
        "buyer": {"type": "string"},
        "programme": {"type": "string"},
        "currency": _CURRENCY,
        "eligible": {**_AMOUNT, "description": "What its evidence supports."},
        "available": {**_AMOUNT, "description": "What may be asked for now."},
        "issued_on": {"anyOf": [_DAY, {"type": "null"}]},
        "due_on": {"anyOf": [_DAY, {"type": "null"}]},
        "verified_on": _DAY,
        "drawdown": {"anyOf": [_ID, {"type": "null"}]},
    }
    found = {
        "type": "array",
        "items": _FINDING,
        "description": "What verification found, the weightiest first; only where one is read.",
    }
    return {
        "type": "object",
        "description": "A receivable, named by its invoice. More members may be added.",
        "required": list(members),
        "properties": {**members, "findings": found},
    }


def _done() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["status", "replayed", "result"],
        "properties": {
            "status": {"const": 200},
            "replayed": {"type": "boolean"},
            "result": {"$ref": _REF.format(name=RESULTS[ActKind.FINANCING])},
        },
        "additionalProperties": False,
    }


def _refused() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["status", "replayed", "problem"],
        "properties": {
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "replayed": {"type": "boolean"},
            "problem": {"$ref": _REF.format(name="Problem")},
        },
        "additionalProperties": False,
    }


def _plain(schema: Any) -> Any:
    """The schema with ECMA anchors, and what may be left out without its null default."""
    match schema:
        case {"anyOf": [one, {"type": "null"}], **rest}:
            kept = {key: value for key, value in rest.items() if key != "default"}
            return {"anyOf": [_plain(one), {"type": "null"}], **kept}
        case {"pattern": str(pattern), **rest}:
            anchored = pattern.removeprefix(r"\A").removesuffix(r"\Z")
            return {**rest, "pattern": f"^{anchored}$"}
        case dict():
            return {key: _plain(value) for key, value in schema.items()}
        case _:
            return schema
