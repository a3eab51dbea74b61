"""Whatever is sent: no 5xx, and no answer that the document does not know (schemathesis)."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from heliu.app.bench.answering import AnsweringBank
from heliu.channels.openapi.api import create_api
from heliu.ground.db import Database

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
load_all_checks()
# What is wrong with a file is the intake's to say: no file is outside of a raw body's schema.
MODES = {
    False: [GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
    True: [GenerationMode.POSITIVE],
}


DOCUMENT = create_api(AnsweringBank(Database(""), ())).document
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def bank(told: Database, knock: Callable[[], Any]) -> Any:
    door = knock()
    door.bank.database = told
    return door


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@settings(
    max_examples=10,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_answer_is_a_fault_or_a_surprise(
    bank: Any, path: str, method: str, data: st.DataObject
) -> None:
    mode = data.draw(st.sampled_from(MODES[path == "/v1/documents"]))
    case = data.draw(SCHEMA[path][method.upper()].as_strategy(generation_mode=mode))
    case.validate_response(asyncio.run(signed(bank, case)), checks=CHECKS)


async def signed(bank: Any, case: Any) -> httpx.Response:
    given = case.as_transport_kwargs(base_url="http://bank")
    known = {"method", "url", "params", "headers", "cookies", "json", "data", "files"}
    kwargs = {name: value for name, value in given.items() if name in known and value is not None}
    if isinstance(kwargs.get("data"), bytes | str):
        kwargs["content"] = kwargs.pop("data")
    transport: Any = httpx.ASGITransport(bank.api.door)
    async with httpx.AsyncClient(transport=transport) as client:
        request = client.build_request(**kwargs)
        key = request.headers.get("idempotency-key", "")
        target = request.url.raw_path.decode()
        proof = bank.headers(request.method, target, await request.aread(), who="bank", key=key)
        request.headers.update({name: value for name, value in proof.items() if value})
        return await client.send(request)
