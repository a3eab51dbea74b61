"""XML written the same way everywhere."""

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from heliu.app.samples.markup import document, node


def test_a_document_escapes_what_a_name_may_hold() -> None:
    written = document(
        node("a", node("b:c", "甲 & 乙 <丙>", unit='"KG"')), {"": "urn:x", "b": "urn:y"}
    )
    (child,) = etree.fromstring(written)
    assert (child.tag, child.text, child.get("unit")) == ("{urn:y}c", "甲 & 乙 <丙>", '"KG"')


def test_what_is_not_said_leaves_no_element() -> None:
    written = document(node("a", None, [node("b", 1), node("c")], node("d", "")), {})
    assert written.decode().split("\n")[1:] == [
        "<a>",
        "  <b>1</b>",
        "  <c/>",
        "  <d></d>",
        "</a>",
        "",
    ]


def test_text_and_elements_do_not_mix() -> None:
    with pytest.raises(AssertionError, match="mixed content"):
        node("a", "text", node("b"))


def test_the_writer_is_a_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "heliu.app.samples"]
    done = subprocess.run([*command, str(tmp_path)], check=True, capture_output=True, text=True)
    assert done.stdout.split()[1] == "files,"
    assert (tmp_path / "STORIES.md").is_file()
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (asked.returncode, asked.stderr) == (1, "usage: python -m heliu.app.samples OUT\n")
