"""The API's document is whole: references, examples, words in both languages; and its page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from heliu.channels.web.api import DOOR, status_of

PAGES = ["/docs", "/docs/page.js", "/docs/page.css", "/openapi.json"]


def walk(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    yield place, node
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node if isinstance(node, list) else ())
    )
    for key, child in children:
        yield from walk(child, f"{place}/{key}")


def resolve(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        for operation in path.values():
            yield operation["operationId"], operation


def test_every_reference_leads_somewhere(door: Any) -> None:
    document = door.api.document
    references = [
        node["$ref"] for _, node in walk(document) if isinstance(node, dict) and "$ref" in node
    ]
    assert references
    assert all(resolve(document, reference) for reference in references)


def examples(document: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for place, node in walk(document):
        match node:
            case {"schema": schema, "example": example}:
                yield place, schema, example
            case {"schema": schema, "examples": dict(many)}:
                yield from ((f"{place}/{n}", schema, one["value"]) for n, one in many.items())


def test_every_example_is_what_its_schema_says(door: Any) -> None:
    document = door.api.document
    wrong = [
        f"{place}: {error.message}"
        for place, schema, example in examples(document)
        for error in Draft202012Validator(
            {**schema, "components": document["components"]}
        ).iter_errors(example)
    ]
    assert wrong == []


def test_every_operation_for_partners_shows_what_to_send_and_what_comes_back(door: Any) -> None:
    bare = [
        name
        for name, operation in operations(door.api.document)
        if not any(
            "example" in content
            for status, response in operation["responses"].items()
            if status.startswith("2")
            for content in response.get("content", {}).values()
        )
    ]
    assert bare == []


def test_every_problem_code_of_the_door_is_in_the_document(door: Any) -> None:
    responses = door.api.document["components"]["responses"]
    shown = {
        code
        for response in responses.values()
        for code in response["content"]["application/problem+json"]["examples"]
    }
    assert set(DOOR) <= shown
    assert all(
        code
        in responses[f"Problem{status_of(code)}"]["content"]["application/problem+json"]["examples"]
        for code in DOOR
    )


def test_every_operation_is_said_in_both_languages(door: Any) -> None:
    for _, operation in operations(door.api.document):
        assert re.search("[\u4e00-\u9fff]", operation["x-zh"]["summary"])
        assert operation["summary"].endswith(".") or operation["summary"][-1].isalpha()


def shown(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Whatever the page describes: operations, parameters, members of the bodies."""
    for _, operation in operations(document):
        yield operation
        yield from (deref(document, one) for one in operation.get("parameters", ()))
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = deref(document, media.get("schema", {}))
        body = deref(document, body.get("items", body))
        for member in body.get("properties", {}).values():
            known = deref(document, member)
            yield known
            yield from (deref(document, one) for one in known.get("anyOf", ()))


def deref(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resolve(document, node["$ref"]) if "$ref" in node else node
    return found


def test_every_description_that_the_page_shows_is_said_in_both_languages(door: Any) -> None:
    english = [
        one["description"]
        for one in shown(door.api.document)
        if one.get("description") and "description" not in one.get("x-zh", {})
    ]
    assert english == []


def test_every_signed_operation_says_that_it_is_signed_and_which_permission_it_asks(
    door: Any,
) -> None:
    for name, operation in operations(door.api.document):
        signed = {"401", "403", "503"} <= set(operation["responses"])
        assert signed == ("x-permission" in operation) == ("security" in operation), name


@pytest.mark.parametrize("path", PAGES)
def test_the_page_needs_nothing_from_anywhere_else(door: Any, path: str) -> None:
    answer = door.send("GET", path, b"", {})
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    if path != "/openapi.json":
        assert re.findall(r"https?://", answer.text) == []


def test_the_page_has_no_script_or_style_of_its_own(door: Any) -> None:
    page = door.send("GET", "/docs", b"", {}).text
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|javascript:", page) == []


def test_the_document_is_served_as_it_is(door: Any) -> None:
    assert door.send("GET", "/openapi.json", b"", {}).json() == door.api.document
