"""The client, the API's document and the bank's own signing say the same."""

import inspect
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu import client as package
from heliu.client import Client, answers
from heliu.client.signing import Credential, Stamp, signed_headers
from heliu.parties.access import api as access

METHODS = {
    "decideCredit": "decide_credit",
    "drawDown": "draw_down",
    "pay": "pay",
    "finance": "finance",
    "financeMany": "finance_many",
    "getCreditDecision": "credit_decision",
    "getDrawdown": "drawdown",
    "getPayment": "payment",
    "getFinancing": "financing",
    "getReceivable": "receivable",
    "listReceivables": "receivables",
    "sendDocuments": "send_documents",
    "getDocument": "document",
    "sendParties": "send_parties",
    "sendApprovals": "send_approvals",
    "listProgrammes": "programmes",
    "getProgramme": "programme",
    "proposeProgramme": "propose_programme",
    "releaseProgramme": "release_programme",
    "acquireSuppliers": "acquire_suppliers",
    "getAcquisition": "acquisition",
    "listPreApprovals": "pre_approvals",
    "listAcquisitionComplaints": "line_complaints",
}
# Asked by load balancers, not by partners.
NOT_FOR_PARTNERS = {"getHealth"}
SCHEMAS = {
    answers.CreditDecision: "CreditDecisionResult",
    answers.Drawdown: "DrawdownResult",
    answers.Payment: "PaymentResult",
    answers.Financing: "FinancingResult",
    answers.Receivable: "Receivable",
    answers.Outcome: "OutcomeView",
    answers.Complaint: "ComplaintView",
    answers.Document: "DocumentView",
    answers.Programme: "ProgrammeView",
    answers.ProgrammeVersion: "VersionView",
    answers.Acquisition: "RunView",
    answers.PreApproval: "PreApprovalView",
    answers.PreApprovalReason: "ReasonView",
    answers.LineComplaint: "LineComplaintView",
}
# Longer than a block of SHA-256 too: such a secret is hashed before it is a key (RFC 2104).
secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=140)
texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one for path in document["paths"].values() for one in path.values())


def test_every_operation_for_partners_has_its_method(reached: Any) -> None:
    asked = {one["operationId"] for one in operations(reached.api.document)}
    assert asked - NOT_FOR_PARTNERS == set(METHODS)
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction)}
    assert {name for name in public if not name.startswith("_")} == {*METHODS.values(), "close"}


@pytest.mark.parametrize(("struct", "name"), SCHEMAS.items())
def test_an_answers_members_are_those_of_the_document(
    reached: Any, struct: type[msgspec.Struct], name: str
) -> None:
    schema = reached.api.document["components"]["schemas"][name]
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    assert set(fields) == set(schema["properties"])
    required = {name for name, field in fields.items() if field.required}
    assert required <= set(schema["required"])


@pytest.mark.parametrize(("struct", "name"), SCHEMAS.items())
def test_an_answers_member_has_the_type_of_the_document(
    reached: Any, struct: type[msgspec.Struct], name: str
) -> None:
    components = reached.api.document["components"]["schemas"]
    hints = typing.get_type_hints(struct)
    fields = msgspec.structs.fields(struct)
    said = {f.encode_name: kinds(components[name]["properties"][f.encode_name]) for f in fields}
    read = {f.encode_name: python_kinds(hints[f.name]) for f in fields}
    assert said == read


@given(
    credential=st.builds(Credential, texts, secrets),
    stamp=st.builds(
        Stamp, st.integers(0, 2**33), st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True)
    ),
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    target=texts.map(str.encode),
    body=st.binary(max_size=100),
    idempotency=texts | st.just(""),
)
def test_the_client_signs_as_the_bank_reads(
    credential: Credential,
    stamp: Stamp,
    method: str,
    target: bytes,
    body: bytes,
    idempotency: str,
) -> None:
    ours = signed_headers(credential, stamp, method, target, body, key=idempotency)
    ours.pop("Idempotency-Key", None)
    assert ours == access.sign(
        access.Credential(credential.key, credential.secret),
        access.Stamp(stamp.timestamp, stamp.nonce),
        access.Request(method, target, body, idempotency.encode()),
    )


def test_the_package_shows_all_that_its_methods_answer_with() -> None:
    assert {name for name in package.__all__ if not hasattr(package, name)} == set()


def kinds(schema: dict[str, Any]) -> set[str]:
    """What a JSON schema allows, as JSON kinds."""
    if "anyOf" in schema:
        return set().union(*(kinds(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return {"object"}
    if "const" in schema or "enum" in schema:
        return {"string"}
    return {schema["type"]}


def python_kinds(hint: Any) -> set[str]:
    """What the client decodes, as JSON kinds."""
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return set().union(*(python_kinds(one) for one in typing.get_args(hint)))
    if origin is Literal:
        return {"string"}
    if origin in {tuple, list}:
        return {"array"}
    plain = {
        bool: "boolean",
        int: "integer",
        str: "string",
        Decimal: "string",
        UUID: "string",
        date: "string",
        datetime: "string",
        type(None): "null",
    }
    return {plain.get(hint, "object")}
