"""Which column of a table is what: mappings as YAML, checked when loaded, chosen by the headers."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from heliu.ground.errors import Refusal
from heliu.ground.text import Text

Column = Literal[
    "row_id", "firm", "direction", "counterparty", "seller_name", "seller_tax_id", "buyer_name",
    "buyer_tax_id", "invoice_no", "code", "date", "due", "amount", "tax", "total", "status",
    "order", "remark",
]  # fmt: skip
NEEDED: Final[tuple[Column, ...]] = ("invoice_no", "date", "total")
_ONE_SIDED: Final[tuple[Column, ...]] = ("firm", "direction", "counterparty")
_SIDES: Final[tuple[tuple[Column, Column], ...]] = (
    ("seller_name", "seller_tax_id"),
    ("buyer_name", "buyer_tax_id"),
)


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class TableMapping(BaseModel):
    """A declared mapping: for each canonical column, the headers it may stand under.

    Either firm, direction and counterparty are mapped (a register kept by one side), or a seller
    and a buyer by name or tax id. Values of direction and status are compared caselessly.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mapping: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    columns: Mapping[Column, Names]
    direction: Mapping[Literal["in", "out"], Names] = {"in": ("in",), "out": ("out",)}
    status: Mapping[Literal["valid", "void"], Names] = {"valid": ("valid",), "void": ("void",)}
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in NEEDED if name not in self.columns]
        if missing:
            raise ValueError(f"columns needs {', '.join(missing)}")
        two_sided = all(a in self.columns or b in self.columns for a, b in _SIDES)
        if not (self.one_sided or two_sided):
            raise ValueError(
                "columns needs firm, direction and counterparty, or a seller and a buyer"
            )
        for values in (self.direction, self.status):
            seen = [key(value) for names in values.values() for value in names]
            if len(set(seen)) < len(seen):
                raise ValueError("one value cannot mean two things")
        return self

    @property
    def one_sided(self) -> bool:
        """Whether the table is one firm's register (firm, direction, counterparty)."""
        return all(name in self.columns for name in _ONE_SIDED)

    def places(self, headers: Sequence[str]) -> dict[Column, int]:
        """Where each canonical column stands among `headers` (absent ones are left out)."""
        found = {key(header): index for index, header in reversed(list(enumerate(headers)))}
        places: dict[Column, int] = {}
        for column, names in self.columns.items():
            index = next((found[key(name)] for name in names if key(name) in found), None)
            if index is not None:
                places[column] = index
        return places

    def missing(self, places: Mapping[Column, int]) -> list[str]:
        """The headers that must be there and are not, as they are usually written."""
        needed = [*NEEDED, *(_ONE_SIDED if self.one_sided else ())]
        missing = [self.columns[name][0] for name in needed if name not in places]
        if not self.one_sided:
            for side in _SIDES:
                if not any(name in places for name in side):
                    named = [self.columns[name][0] for name in side if name in self.columns]
                    missing.append(" / ".join(named))
        return missing


def key(name: str) -> str:
    """A header or value for comparison: width, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def load_mapping(path: Path) -> TableMapping:
    """The mapping in a YAML file. Raises Refusal `mapping.invalid` naming the field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path.name, str(error)) from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str) -> TableMapping:
    """The mapping in a YAML text; `name` is for the message. Raises Refusal `mapping.invalid`."""
    try:
        return TableMapping.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise _invalid(name, " ".join(str(error).split())) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise _invalid(name, f"{field}: {first['msg']}" if field else first["msg"]) from None


@cache
def shipped_mappings() -> tuple[TableMapping, ...]:
    """The mappings that travel with the package, by name."""
    folder = files("heliu.flows.commercial") / "mappings"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return tuple(parse_mapping((folder / n).read_text(encoding="utf-8"), n) for n in names)


def choose(headers: Sequence[str], mappings: Iterable[TableMapping]) -> TableMapping | None:
    """The mapping that finds all it needs under `headers`, and most columns; None if none does."""
    fitting = [(len(m.places(headers)), m) for m in mappings if not m.missing(m.places(headers))]
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None


def _invalid(name: str, what: str) -> Refusal:
    return Refusal(
        "mapping.invalid",
        Text(f"映射文件 {name} 无效: {what}", f"mapping {name} is not valid: {what}"),
        Text("按 docs/connectors.md 改正该字段", "correct the field as docs/connectors.md shows"),
        {"mapping": name},
    )
