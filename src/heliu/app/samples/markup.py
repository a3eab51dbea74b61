"""XML as nested calls, written the same way on every machine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_INDENT: Final = "  "
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Node:
    """One element: a text or children, never both."""

    tag: str
    text: str | None
    children: tuple["Node", ...]
    attributes: tuple[tuple[str, str], ...]


Content = Node | str | int | None | Iterable["Node"]


def node(tag: str, *content: Content, **attributes: str) -> Node:
    """An element; `None` among its content is left out, a list of nodes is spread."""
    texts: list[str] = []
    children: list[Node] = []
    for item in content:
        match item:
            case None:
                continue
            case Node():
                children.append(item)
            case str() | int():
                texts.append(str(item))
            case _:
                children += item
    assert not (texts and children), "mixed content is not for business documents"
    return Node(tag, "".join(texts) if texts else None, tuple(children), tuple(attributes.items()))


def document(root: Node, namespaces: Mapping[str, str]) -> bytes:
    """The whole document in UTF-8, `namespaces` (prefix, "" for the default) on its root."""
    declared = tuple((f"xmlns:{p}" if p else "xmlns", uri) for p, uri in namespaces.items())
    lines: list[str] = []
    _write(Node(root.tag, root.text, root.children, declared + root.attributes), 0, lines)
    return (_DECLARATION + "\n".join(lines) + "\n").encode()


def _write(item: Node, depth: int, lines: list[str]) -> None:
    opened = item.tag + "".join(f" {name}={quoteattr(value)}" for name, value in item.attributes)
    margin = _INDENT * depth
    if item.children:
        lines.append(f"{margin}<{opened}>")
        for child in item.children:
            _write(child, depth + 1, lines)
        lines.append(f"{margin}</{item.tag}>")
    elif item.text is None:
        lines.append(f"{margin}<{opened}/>")
    else:
        lines.append(f"{margin}<{opened}>{escape(item.text)}</{item.tag}>")
