"""Damaged UBL documents: whatever is done to the bytes, a reading comes out and no exception."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.intake.api import Blob, Reading, Severity, read_ubl
from heliu.flows.intake.domain.ubl_names import CAC, CBC, TYPES, UBL

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "ubl").glob("*.xml"))]
WORDS = [name[len(CBC) :] for kind in TYPES.values() for name in kind.demands]
VALUES = ["", " ", "-1", "0", "1e9", "NaN", "9" * 40, "2026-13-01", "EUR", "\u5143", "true", "&#0;"]


def read(data: bytes) -> Reading:
    reading = read_ubl(Blob("test", "damaged.xml", "00", data))
    refused = any(c.severity is Severity.REFUSED for c in reading.complaints)
    assert bool(reading.documents) is not refused
    assert all(c.code and c.place and c.message.zh and c.message.en for c in reading.complaints)
    return reading


@st.composite
def damaged_bytes(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        data[start:end] = draw(
            st.one_of(st.binary(max_size=12), st.just(bytes(data[start:end]) * 2))
        )
    return bytes(data)


@st.composite
def damaged_trees(draw: st.DrawFn) -> bytes:
    """Well-formed, but with texts, names and whole lines changed, dropped or doubled."""
    text = draw(st.sampled_from(SAMPLES)).decode()
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(2, len(lines) - 2))
        line = lines[at]
        leaf = line.count("<cbc:") == 1 and "</cbc:" in line
        kind = draw(st.sampled_from(["value", "rename", "drop", "double", "bare"]))
        if leaf and kind == "value":
            head, _, rest = line.partition(">")
            value = draw(st.sampled_from(VALUES))
            lines[at] = f"{head}>{value}</{rest.rpartition('</')[2]}"
        elif leaf and kind == "drop":
            lines[at] = ""
        elif leaf and kind == "double":
            lines[at] = line * 2
        elif leaf and kind == "rename":
            name = line.partition("<cbc:")[2].partition(">")[0].partition(" ")[0]
            lines[at] = line.replace(name, draw(st.sampled_from(WORDS)))
        elif kind == "bare":
            lines[at] = line.replace(' currencyID="EUR"', "").replace(' unitCode="KGM"', "")
    return "\n".join(lines).encode()


@settings(max_examples=300, deadline=None)
@given(damaged_bytes())
def test_damaged_bytes_give_a_reading(data: bytes) -> None:
    read(data)


@settings(max_examples=300, deadline=None)
@given(damaged_trees())
def test_a_damaged_document_gives_a_reading(data: bytes) -> None:
    read(data)


names = st.sampled_from([*WORDS, "Party", "Item", "Price", "Quantity", "LineItem", "TaxTotal"])
values = st.sampled_from([*VALUES[:-1], "1.00", "380", "VAT"])
leaves = st.builds(
    lambda name, value: f'<b:{name} currencyID="EUR">{value}</b:{name}>', names, values
)
nodes = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, parts: f"<a:{name}>{''.join(parts)}</a:{name}>",
        names,
        st.lists(inner, max_size=6),
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*TYPES, "Catalogue"]), st.lists(nodes, max_size=6))
def test_any_tree_under_a_ubl_root_gives_a_reading(root: str, parts: list[str]) -> None:
    spaces = f'xmlns="{UBL}{root}-2" xmlns:a="{CAC[1:-1]}" xmlns:b="{CBC[1:-1]}"'
    read(f"<{root} {spaces}>{''.join(parts)}</{root}>".encode())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAMPLES), st.floats(0, 1))
def test_a_truncated_document_is_malformed(data: bytes, share: float) -> None:
    cut = data[: int(len(data.rstrip()) * min(share, 0.999))]
    assert [c.code for c in read(cut).complaints] == ["xml.malformed"]
