"""The OpenAPI 3.1 document: FastAPI's of the cold routes, the hot ones beside them, one whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from heliu.channels.openapi.acts import BULK_PATH, PATHS, PERMISSIONS
from heliu.channels.openapi.examples import ANSWERS, BODIES, BULK_REQUEST, KEY, REQUESTS
from heliu.channels.openapi.examples import RESULTS as RESULT_EXAMPLES
from heliu.channels.openapi.problems import PROBLEM_SCHEMA, codes_of, problem_responses
from heliu.channels.openapi.requests import BODIES as STRUCTS
from heliu.channels.openapi.schemas import RESULTS, act_schemas, information_schemas
from heliu.channels.openapi.wording import ABOUT, DESCRIPTION_ZH, SUMMARY_ZH, TAGS
from heliu.channels.web.api import is_public, permission_of, taken_by
from heliu.credit.instants.api import ActKind
from heliu.ground.errors import Fault
from heliu.parties.access.api import Permission

VERSION: Final = "1"
_NAMES: Final[Mapping[ActKind, str]] = {
    ActKind.CREDIT_DECISION: "decideCredit",
    ActKind.DRAWDOWN: "drawDown",
    ActKind.PAYMENT: "pay",
    ActKind.FINANCING: "finance",
}
# Any signed request may meet these.
_SIGNED: Final = (400, 401, 403, 408, 415, 429, 431, 500, 503)
_UPLOADS: Final = (
    "application/octet-stream",
    "application/xml",
    "application/json",
    "application/zip",
    "text/csv",
)
_JSON: Final = "application/json"
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


def api_document(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    """The document of the whole interface. Raises Fault for an operation without its words."""
    document = get_openapi(
        title="Heliu 合流",
        version=VERSION,
        openapi_version="3.1.0",
        description=ABOUT.en,
        routes=app.routes,
    )
    document["info"]["x-zh"] = {"description": ABOUT.zh}
    document["servers"] = [{"url": "/"}]
    document["tags"] = [
        {"name": name, "description": text.en, "x-zh": {"description": text.zh}}
        for name, text in TAGS.items()
    ]
    for route in _routes(routers):
        for method in _METHODS & {name.lower() for name in route.methods or ()}:
            _complete(document["paths"][route.path_format][method], route)
    document["paths"] = {**_acts(), **document["paths"]}
    document["components"] = _components(document["components"])
    _in_both_languages(document)
    return document


def _routes(routers: Sequence[APIRouter]) -> Iterable[APIRoute]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                yield route


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    """Add to FastAPI's words what the door adds to its routes."""
    text = operation.pop("description", "")
    summary, _, rest = text.partition("\n\n")
    operation["summary"] = " ".join(summary.split())
    if rest:
        operation["description"] = " ".join(rest.split())
    name = operation["operationId"]
    _examples(operation, name)
    responses = operation["responses"]
    responses.pop("422", None)
    if is_public(route):
        if name == "getHealth":
            responses["503"] = {**responses["200"], "description": "Not able to act"}
        return
    permission = permission_of(route)
    assert permission is not None, "what is not public asks a permission"
    statuses = [*_SIGNED]
    if operation.get("parameters") or operation.get("requestBody"):
        statuses += [422]
    if "{" in route.path_format:
        statuses += [404]
    if name == "sendDocuments":
        operation["requestBody"] = _upload()
    if "requestBody" in operation or taken_by(route).raw:
        statuses += [413]
    _sign(operation, permission, statuses)


def _examples(operation: dict[str, Any], name: str) -> None:
    if name in BODIES:
        operation["requestBody"]["content"][_JSON]["example"] = BODIES[name]
    for status, response in operation["responses"].items():
        if status.startswith("2") and name in ANSWERS:
            content = response.setdefault("content", {}).setdefault(_JSON, {})
            content["example"] = ANSWERS[name]
            if name in _READS:
                content["schema"] = {"$ref": f"#/components/schemas/{_READS[name]}"}


_READS: Final[Mapping[str, str]] = {
    "listReceivables": "Receivables",
    "getReceivable": "Receivable",
    "getCreditDecision": RESULTS[ActKind.CREDIT_DECISION],
    "getDrawdown": RESULTS[ActKind.DRAWDOWN],
    "getPayment": RESULTS[ActKind.PAYMENT],
    "getFinancing": RESULTS[ActKind.FINANCING],
}


def _sign(operation: dict[str, Any], permission: Permission, statuses: Iterable[int]) -> None:
    operation["security"] = [{"HeliuKey": [], "HeliuSignature": []}]
    operation["x-permission"] = permission.value
    operation["parameters"] = [
        *operation.get("parameters", ()),
        {"$ref": "#/components/parameters/AcceptLanguage"},
    ]
    for status in sorted(set(statuses)):
        operation["responses"].setdefault(
            str(status), {"$ref": f"#/components/responses/Problem{status}"}
        )


def _upload() -> dict[str, Any]:
    # In 3.1 a binary body has no schema (OAS 3.1.1, 4.8.14.4): it is the file itself.
    content: dict[str, Any] = {kind: {} for kind in _UPLOADS}
    content["multipart/form-data"] = {
        "schema": {
            "type": "object",
            "properties": {
                "file": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                }
            },
            "required": ["file"],
        }
    }
    return {"required": True, "content": content}


def _acts() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for kind, path in PATHS.items():
        struct = STRUCTS[kind]
        operation = _act(
            _NAMES[kind],
            str(struct.__doc__),
            (struct.__name__, REQUESTS[kind]),
            (RESULTS[kind], RESULT_EXAMPLES[kind]),
        )
        operation["parameters"] = [{"$ref": "#/components/parameters/IdempotencyKey"}]
        operation["responses"]["200"]["headers"] = {
            "Idempotency-Replayed": {
                "schema": {"const": "true"},
                "description": "Present if this key had its answer before.",
            }
        }
        _sign(operation, PERMISSIONS[kind], (*_SIGNED, 404, 409, 413, 422))
        paths[path] = {"post": operation}
    done = {"status": 200, "replayed": False, "result": RESULT_EXAMPLES[ActKind.FINANCING]}
    bulk = _act(
        "financeMany",
        "Finance up to a thousand receivables: one result each, in order; a bad one hides none.",
        ("BulkFinancings", BULK_REQUEST),
        ("BulkResults", [done, done]),
    )
    _sign(bulk, Permission.FINANCINGS_WRITE, (*_SIGNED, 413, 422))
    paths[BULK_PATH] = {"post": bulk}
    return paths


def _act(
    name: str, summary: str, asks: tuple[str, object], answers: tuple[str, object]
) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["acts"],
        "summary": summary,
        "requestBody": {"required": True, "content": {_JSON: _content(asks)}},
        "responses": {"200": {"description": "Done", "content": {_JSON: _content(answers)}}},
    }


def _content(described: tuple[str, object]) -> dict[str, Any]:
    name, example = described
    return {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}


def _components(found: dict[str, Any]) -> dict[str, Any]:
    schemas = {
        name: schema
        for name, schema in found["schemas"].items()
        if name not in {"HTTPValidationError", "ValidationError"}
    }
    for body, part in (("PartiesBody", "party"), ("ApprovalsBody", "approval")):
        items = next(p for p in schemas[body]["properties"].values() if p.get("type") == "array")
        items["items"] = {"$ref": f"#/components/schemas/info_{part}"}
    return {
        "schemas": {
            **schemas,
            **act_schemas(),
            **information_schemas(),
            "Problem": PROBLEM_SCHEMA,
        },
        "responses": problem_responses(),
        "parameters": {
            "IdempotencyKey": {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "Names the act: the same key when you retry.",
                "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
                "example": KEY,
            },
            "AcceptLanguage": {
                "name": "Accept-Language",
                "in": "header",
                "required": False,
                "description": "Language of problems and complaints.",
                "schema": {"enum": ["en", "zh-CN"]},
            },
        },
        "securitySchemes": {
            "HeliuKey": {"type": "apiKey", "in": "header", "name": "Heliu-Key"},
            "HeliuSignature": {
                "type": "apiKey",
                "in": "header",
                "name": "Heliu-Signature",
                "description": "v1=<hex>; together with Heliu-Timestamp and Heliu-Nonce.",
            },
        },
        "x-problem-codes": {str(s): codes_of(s) for s in (*_SIGNED, 404, 405, 409, 413, 422)},
    }


def _in_both_languages(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            name = operation["operationId"]
            if not operation.get("x-zh", {}).get("summary"):
                if name not in SUMMARY_ZH:
                    raise Fault(f"the operation {name} has no Chinese summary")
                operation["x-zh"] = {"summary": SUMMARY_ZH[name]}
    _describe(document)


def _describe(node: object) -> None:
    """Put the Chinese beside every English description that has it."""
    if isinstance(node, dict):
        said = node.get("description")
        if isinstance(said, str) and said in DESCRIPTION_ZH:
            node["x-zh"] = {**node.get("x-zh", {}), "description": DESCRIPTION_ZH[said]}
        for inner in list(node.values()):
            _describe(inner)
    elif isinstance(node, list):
        for inner in node:
            _describe(inner)
