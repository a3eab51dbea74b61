"""Graphs of trade: boxes in the order of life, rings of firms, the suspicious lines marked."""

import xml.etree.ElementTree as ET
from pathlib import Path

from heliu.channels.pages.charts import Chart
from heliu.channels.pages.charts_graph import Edge, Node, cycle_graph, trade_graph

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
HEAD = ("From", "To", "By")
COLUMNS = ["Order", "Receipt", "Invoice"]
TRADE = [
    Node("o", 0, "PO-1", "2 Nov", "¥128,000.00", "/o/1"),
    Node("r1", 1, "GRN-1", "600 pcs", tint="sky"),
    Node("r2", 1, "GRN-2", "400 pcs", tint="sky"),
    Node("i", 2, "INV <9>", "13 Nov", "¥128,000.00", "/i/9", "gold"),
]
LINES = [
    Edge("o", "r1"),
    Edge("o", "r2"),
    Edge("r1", "i"),
    Edge("r2", "i", "short by 4", marked=True),
]
FIRMS = [
    Node(key, 0, name) for key, name in (("a", "海川"), ("b", "东禾"), ("c", "宁远"), ("d", "瑞丰"))
]
RING = [
    Edge("a", "b", "320 万", marked=True),
    Edge("b", "c", "318 万", marked=True),
    Edge("c", "a", "321 万", marked=True),
    Edge("a", "gone"),
]


def trade() -> Chart:
    return trade_graph("One trade", HEAD, COLUMNS, TRADE, LINES)


def ring() -> Chart:
    return cycle_graph("Circular trade", HEAD, FIRMS, RING)


def parsed(chart: Chart) -> ET.Element:
    return ET.fromstring(str(chart.svg).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314


def test_the_graphs_stay_as_they_were_agreed() -> None:
    assert trade().svg + "\n" == (GOLDEN / "trade.svg").read_text(encoding="utf-8")
    assert ring().svg + "\n" == (GOLDEN / "firms.svg").read_text(encoding="utf-8")


def test_each_document_is_a_box_and_each_reference_a_line() -> None:
    root = parsed(trade())
    assert len(root.findall(f".//{SVG}rect[@class='node']")) == 4
    assert [path.get("class") for path in root.findall(f".//{SVG}path")] == [
        "s1 stroke",
        "s1 stroke",
        "s1 stroke",
        "s7 stroke",
    ]


def test_a_box_that_leads_somewhere_is_a_link_with_all_its_words() -> None:
    links = parsed(trade()).findall(f".//{SVG}a")
    assert [link.get("aria-label") for link in links] == [
        "PO-1 2 Nov ¥128,000.00",
        "INV <9> 13 Nov ¥128,000.00",
    ]


def test_the_table_names_both_ends_of_every_line() -> None:
    assert trade().rows[0] == ("PO-1 ¥128,000.00", "GRN-1", "")
    assert trade().rows[3] == ("GRN-2", "INV <9> ¥128,000.00", "short by 4")


def test_a_line_to_a_firm_that_is_not_shown_is_left_out_and_a_lonely_firm_is_named() -> None:
    chart = ring()
    assert len(chart.rows) == 4
    assert chart.rows[3] == ("瑞丰", "", "")
    assert "gone" not in chart.svg


def test_a_graph_of_nothing_is_an_empty_frame() -> None:
    chart = trade_graph("One trade", HEAD, COLUMNS, [], [])
    assert chart.rows == ()
    assert parsed(chart).findall(f".//{SVG}rect") == []


def test_a_trade_is_drawn_in_its_own_width() -> None:
    assert trade().wide
    assert not ring().wide
