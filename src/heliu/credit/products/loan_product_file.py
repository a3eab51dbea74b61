"""The loan product file: YAML from people, validated at the wall, with the line of every mistake.

The shape is `loan_product.schema.json` beside this module; what no schema can say is said by
`contradictions`. A file may name its postings: they stand in `postings/` beside it or in the
catalogue, and are taken over whole, so that a recorded version says everything itself.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from heliu.credit.products.errors import loan_product_invalid as invalid
from heliu.credit.products.loan_product import LoanProduct, Part, contradictions
from heliu.ground.text import Text

CATALOGUE: Final = Path(__file__).parent / "catalogue"
_LONGEST: Final = 200
_SCHEMA: Final = Path(__file__).parent / "loan_product.schema.json"


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay text: the stored JSON and the file then read alike."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def catalogue() -> list[Path]:
    """The product files the house ships."""
    return sorted(CATALOGUE.glob("*.yaml"))


def read_loan_product(path: Path) -> tuple[LoanProduct, dict[str, Any]]:
    """The product in `path`, and the JSON it is recorded as.

    Raises Refusal `loan_product.invalid` naming each field and line.
    """
    text = _text(path, path.name)
    body, node = _parsed(text, path.name)
    _complain(path.name, list(_schema_faults(body, node)))
    if isinstance(body["postings"], str):
        body["postings"] = _postings_file(path, body["postings"])
    product = loan_product_of(body)
    _complain(path.name, [_placed(fault, node) for fault in contradictions(product)])
    return product, body


def loan_product_of(body: Mapping[str, Any]) -> LoanProduct:
    """The product that a recorded JSON body is; its postings stand in it."""
    said = _texts({name: value for name, value in body.items() if name != "product"})
    rows = [
        {**row, "event": event, "part": Part[row.pop("amount").upper()]}
        for event, listed in said["postings"]["events"].items()
        for row in listed
    ]
    accounts = said["postings"]["accounts"]
    shaped = said | {"code": body["product"], "postings": {"accounts": accounts, "rows": rows}}
    return msgspec.convert(shaped, LoanProduct, strict=False)


def _texts(value: Any) -> Any:
    """A copy of JSON whose {zh, en} are what `Text` is made of."""
    if isinstance(value, Mapping):
        if set(value) == set(Text._fields):
            return [value[field] for field in Text._fields]
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value


def _postings_file(product: Path, name: str) -> Any:
    beside = product.parent / "postings" / f"{name}.yaml"
    path = beside if beside.is_file() else CATALOGUE / "postings" / f"{name}.yaml"
    place = f"postings/{name}.yaml"
    body, node = _parsed(_text(path, place), place)
    _complain(place, list(_schema_faults(body, node, ref="#/$defs/postings")))
    return body


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise invalid(name, [error.strerror or "it cannot be read"]) from error
    except UnicodeDecodeError as error:
        raise invalid(name, [str(error)]) from error


def _parsed(text: str, name: str) -> tuple[Any, yaml.Node | None]:
    try:
        node = yaml.compose(text, _Loader)
        return yaml.load(text, _Loader), node  # noqa: S506 - a SafeLoader without dates
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise invalid(name, [f"line {line}: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise invalid(name, [str(error).replace("\n", " ")]) from error


@cache
def _validator(ref: str) -> Draft202012Validator:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    if ref:
        schema = {"$defs": schema["$defs"], "$ref": ref}
    return Draft202012Validator(schema, format_checker=FormatChecker(("date",)))


def _schema_faults(body: Any, node: yaml.Node | None, ref: str = "") -> Iterator[str]:
    found = sorted(_validator(ref).iter_errors(body), key=lambda e: [str(p) for p in e.path])
    for error in found:
        deepest = _narrow(error)
        path = [*deepest.absolute_path]
        yield f"line {_line(path, node)}, {_dotted(path)}: {_plain(deepest)}"


def _narrow(error: ValidationError) -> ValidationError:
    """Of alternatives that all fail, the fault of the one that was meant (not `null`)."""
    while error.validator == "oneOf" and error.context:
        meant = [e for e in error.context if e.validator != "type"] or [*error.context]
        error = meant[-1]
    return error


def _plain(error: ValidationError) -> str:
    words = error.message
    return words if len(words) <= _LONGEST else words[:_LONGEST] + " ..."


def _placed(fault: str, node: yaml.Node | None) -> str:
    place = fault.split(":", 1)[0].split(".")
    return f"line {_line(place, node)}, {fault}"


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in path) or "file"


def _line(path: Sequence[str | int], node: yaml.Node | None) -> int:
    """The line of the last step of `path` that the file has."""
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            pairs = [(inner, inner) for inner in node.value[step : step + 1]]
        else:
            pairs = []
        if not pairs:
            break
        key, node = pairs[0]
        line = key.start_mark.line + 1
    return line


def _complain(name: str, mistakes: list[str]) -> None:
    if mistakes:
        raise invalid(name, mistakes)
