"""The growing value graph finds exactly the circles that an exhaustive search finds."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.screening.api import Cycle, Edge, Options, TradeGraph

DAY = date(2026, 1, 1)
WIDE = Options(cycle_days=30, cycle_length=4, cycle_spread=0.5, fan_out=1000)


def edge(id_: str, seller: str, buyer: str, fen: int = 100, after: int = 0) -> Edge:
    return Edge(DAY + timedelta(after), id_, seller, buyer, fen)


def closed(options: Options, *edges: Edge) -> list[tuple[str, ...]]:
    graph = TradeGraph(options)
    return [tuple(e.id for e in cycle) for new in edges for cycle in graph.add(new)]


def is_circle(path: Cycle, options: Options) -> bool:
    chained = all(a.buyer == b.seller for a, b in zip(path, (*path[1:], path[0]), strict=True))
    simple = len({e.seller for e in path}) == len(path) > 1
    days, fen = [e.day for e in path], [e.fen for e in path]
    near = max(days) - min(days) <= timedelta(options.cycle_days)
    return chained and simple and near and min(fen) >= (1 - options.cycle_spread) * max(fen)


def exhaustive(edges: list[Edge], options: Options) -> set[tuple[str, ...]]:
    """Every circle, from its latest arrival on: all ordered choices of edges are tried."""
    arrival = {e.id: i for i, e in enumerate(edges)}
    paths = (p for n in range(2, options.cycle_length + 1) for p in permutations(edges, n))
    latest_first = (p for p in paths if arrival[p[0].id] == max(arrival[e.id] for e in p))
    return {tuple(e.id for e in p) for p in latest_first if is_circle(p, options)}


def test_the_edge_that_closes_the_circle_tells_it() -> None:
    ring = edge("1", "A", "B"), edge("2", "B", "C"), edge("3", "C", "A")
    assert closed(WIDE, *ring) == [("3", "1", "2")]


def test_edges_may_arrive_in_any_order() -> None:
    late_first = edge("2", "B", "A", after=9), edge("1", "A", "B")
    assert closed(WIDE, *late_first) == [("1", "2")]


def test_who_trades_with_himself_closes_nothing() -> None:
    assert closed(WIDE, edge("1", "A", "A"), edge("2", "A", "A")) == []


def test_a_hub_is_followed_along_the_amounts_nearest_to_the_path() -> None:
    spokes = [edge(f"h{i}", "HUB", "A", 60 + i) for i in range(30)]
    narrow = Options(fan_out=2)
    assert closed(narrow, *spokes, edge("x", "A", "HUB", 75)) == [("x", "h15"), ("x", "h14")]


parties = st.sampled_from("ABCDE")
edges = st.lists(
    st.tuples(parties, parties, st.integers(50, 300), st.integers(0, 60)), max_size=8
).map(lambda rows: [edge(str(i), s, b, fen, d) for i, (s, b, fen, d) in enumerate(rows)])


@given(edges)
@settings(max_examples=120, deadline=None)
def test_exactly_the_circles_of_an_exhaustive_search_are_found(arrivals: list[Edge]) -> None:
    found = closed(WIDE, *arrivals)
    assert len(set(found)) == len(found)
    assert set(found) == exhaustive(arrivals, WIDE)


def test_history_closes_no_circle_but_is_part_of_those_that_come() -> None:
    graph = TradeGraph(WIDE)
    for old in (edge("1", "A", "B"), edge("2", "B", "A"), edge("3", "B", "C")):
        graph.keep(old)
    [cycle] = graph.add(edge("4", "C", "A"))
    assert [e.id for e in cycle] == ["4", "1", "3"]
