"""What the detector suspects, and what it knows to be honest trade."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.screening.api import Options, SuspicionKind, detect

EXACT, RENUMBERED, SPLIT, RED, CIRCULAR = SuspicionKind
SURE, WEAK = 0.7, 0.3
DAY = date(2026, 3, 2)
ALL = Options(floor=0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice: firm F sells to counterparty C by default; `after` in days from DAY."""

    id: str
    number: str
    total: str
    after: int = 0
    firm: str = "F"
    to: str = "C"
    direction: str = "out"
    status: str = "valid"

    def again(self, id_: str, **changed: object) -> "Row":
        return replace(self, id=id_, **changed)  # type: ignore[arg-type]


def book(rows: int = 40, firm: str = "F", to: str = "OTHER") -> list[Row]:
    """An orderly book: ten numbers a day, of which these ended in 7; amounts that never recur."""
    return [
        Row(
            f"{firm}{i}",
            str(5_000_027 + 10 * (i - rows // 2)),
            f"{7001 + 13 * i}.{i % 100:02}",
            i - rows // 2,
            firm,
            to,
        )
        for i in range(rows)
    ]


def table(rows: Sequence[Row]) -> pa.Table:
    totals = [Decimal(row.total) for row in rows]
    return pa.table(
        {
            "row_id": [row.id for row in rows],
            "firm": [row.firm for row in rows],
            "direction": [row.direction for row in rows],
            "invoice_no": [row.number for row in rows],
            "date": pa.array([DAY + timedelta(row.after) for row in rows], pa.date32()),
            "counterparty": [row.to for row in rows],
            "amount": pa.array([(t / Decimal("1.13")).quantize(Decimal("0.01")) for t in totals]),
            "total": pa.array(totals, pa.decimal128(18, 2)),
            "status": [row.status for row in rows],
        }
    )


def score(kind: SuspicionKind, rows: Sequence[Row], suspect: str) -> float:
    """The best score any suspicion of `kind` gives to row `suspect`; 0 if none names it."""
    found = detect(table(rows), options=ALL)
    return max((s.score for s in found if s.kind is kind and suspect in s.rows), default=0.0)


ORIGINAL = Row("original", "5000020", "84321.57")


def test_a_copy_is_an_exact_duplicate_and_both_rows_are_named() -> None:
    [found] = detect(table([ORIGINAL, ORIGINAL.again("copy")]))
    assert (found.kind, found.rows) == (EXACT, ("copy", "original"))
    assert found.score >= SURE
    assert found.reason.en == "invoice 5000020 stands 2 times with the same parties and amount"


@pytest.mark.parametrize(
    "copy",
    [
        ORIGINAL.again("copy", after=9),  # the date was changed
        ORIGINAL.again("copy", firm="G"),  # another holder offers it
        ORIGINAL.again("copy", number=" 5000020 "),
    ],
)
def test_a_copy_with_another_date_or_holder_is_still_one(copy: Row) -> None:
    assert score(EXACT, [*book(), ORIGINAL, copy], "copy") >= SURE


@pytest.mark.parametrize(
    "beside",
    [
        ORIGINAL.again("other", status="void"),  # one invoice, its status told twice
        ORIGINAL.again("other", firm="C", to="F", direction="in"),  # the buyer tells it too
        ORIGINAL.again("other", to="D"),
        ORIGINAL.again("other", total="84321.58"),
    ],
)
def test_what_only_looks_like_a_copy_is_none(beside: Row) -> None:
    assert score(EXACT, [*book(), ORIGINAL, beside], "other") == 0


def test_a_lone_copy_ranks_above_a_file_delivered_twice() -> None:
    twice = [row.again(f"{row.id}'") for row in book(60)]
    rows = [*book(60), *twice, ORIGINAL.again("o", firm="G"), ORIGINAL.again("copy", firm="G")]
    assert score(EXACT, rows, "F7") < score(EXACT, rows, "copy")


def test_a_copy_where_nothing_around_is_doubled_is_a_lone_copy() -> None:
    once, later = book(80), [r.again(f"L{r.id}", after=r.after + 200) for r in book(60)]
    later = [row.again(row.id, number=str(int(row.number) + 5000)) for row in later]
    twice = [row.again(f"{row.id}'") for row in later]
    rows = [*once, *later, *twice, once[40].again("copy")]
    assert score(EXACT, rows, "copy") >= 0.5 > WEAK >= score(EXACT, rows, "LF30")


def test_copies_of_void_red_and_empty_invoices_rank_below_copies_of_real_ones() -> None:
    void, red = {"status": "void"}, {"total": "-84321.57"}
    for changed in (void, red, {"total": "0.00"}):
        rows = [ORIGINAL.again("a", **changed), ORIGINAL.again("b", **changed)]
        assert 0 < score(EXACT, rows, "b") < score(EXACT, [ORIGINAL, ORIGINAL.again("b")], "b")


@pytest.mark.parametrize(
    "number",
    ["91234567", "5000020A", "005000020", "5000-020", "5OOO020", "5900020", "R5000020", "4000020"],
)
def test_a_copy_under_a_made_up_number_is_a_renumbered_duplicate(number: str) -> None:
    rows = [*book(), ORIGINAL, ORIGINAL.again("copy", number=number, after=2)]
    assert score(RENUMBERED, rows, "copy") >= SURE
    assert score(RENUMBERED, rows, "original") >= SURE


@pytest.mark.parametrize(
    "beside",
    [
        ORIGINAL.again("other", number="5000021"),  # the next number of the book, the same day
        ORIGINAL.again("other", number="5000321", after=30),  # a month later
        ORIGINAL.again("other", number="5000021", status="void"),
        ORIGINAL.again("other", number="91234567", to="D"),
        ORIGINAL.again("other", number="91234567", after=60),
    ],
)
def test_equal_amounts_of_honest_trade_rank_low(beside: Row) -> None:
    assert score(RENUMBERED, [*book(90), ORIGINAL, beside], "other") <= WEAK


def test_reversed_and_issued_again_is_no_duplicate() -> None:
    red = ORIGINAL.again("red", number="5000022", total="-84321.57", after=3)
    again = ORIGINAL.again("again", number="5000023", after=3)
    assert score(RENUMBERED, [*book(), ORIGINAL, red, again], "again") <= WEAK


def test_two_copies_of_one_original_are_one_suspicion() -> None:
    copies = [ORIGINAL.again("x", number="91234567"), ORIGINAL.again("y", number="82345671")]
    found = [s for s in detect(table([*book(), ORIGINAL, *copies])) if s.kind is RENUMBERED]
    assert [set(s.rows) for s in found] == [{"original", "x", "y"}]


def test_a_rewritten_number_stands_out_even_among_many_equal_amounts() -> None:
    many = [Row(f"m{i}", str(5_000_100 + i), "100000.00", i // 4) for i in range(24)]
    copy = many[9].again("copy", number="05000109", after=8)
    assert score(RENUMBERED, [*book(), *many, copy], "copy") >= SURE


@pytest.mark.parametrize("numbers", ["in a row", "apart"])
@pytest.mark.parametrize("parts", [2, 3, 5, 8])
@pytest.mark.parametrize("off_fen", [0, 1])
def test_an_invoice_pledged_again_in_parts_is_found(numbers: str, parts: int, off_fen: int) -> None:
    rng = random.Random(parts)  # noqa: S311 - a seed, not a secret
    cuts = sorted(rng.sample(range(500_000, 8_000_000), parts - 1))
    fen = [b - a for a, b in zip([0, *cuts], [*cuts, 8_432_157], strict=True)]
    fen[0] += off_fen
    far = {"in a row": 1, "apart": 100_003}[numbers]
    split = [
        Row(f"p{i}", str(77_000_000 + far * i), f"{f / 100:.2f}", 1 + i) for i, f in enumerate(fen)
    ]
    rows = [*book(), *book(10, to="C"), ORIGINAL, *split]
    assert min(score(SPLIT, rows, part.id) for part in split) >= SURE


def test_equal_parts_of_a_split_are_told_once() -> None:
    halves = [Row(f"h{i}", f"77{i}00123", "42160.00", 1) for i in range(2)]
    whole = ORIGINAL.again("whole", total="84320.00")
    found = [s for s in detect(table([*book(), whole, *halves])) if "h0" in s.rows]
    assert [s.kind for s in found] == [SPLIT]


@pytest.mark.parametrize("status", ["void", "reversed"])
def test_an_invoice_that_no_longer_stands_may_be_issued_again_in_parts(status: str) -> None:
    whole = {
        "void": [ORIGINAL.again("w", status="void")],
        "reversed": [ORIGINAL, ORIGINAL.again("red", total="-84321.57", number="5000024")],
    }[status]
    parts = [Row("p", "5000025", "40000.57", 1), Row("q", "5000026", "44321.00", 1)]
    assert score(SPLIT, [*book(), *whole, *parts], "p") == 0


def test_round_amounts_that_happen_to_add_up_rank_low() -> None:
    rows = [Row(f"r{i}", str(5_000_100 + i), f"{10_000 * (1 + i % 7)}.00", i) for i in range(30)]
    assert max(score(SPLIT, rows, row.id) for row in rows) <= WEAK


@pytest.mark.parametrize(
    "red",
    [
        Row("red", "5000020", "-90000.00", 4),  # the number of a smaller blue
        Row("red", "91234567", "-126482.36", 4),  # larger than any blue
        Row("red", "91234567", "-126482.36", 4, to="NOBODY"),  # there is no blue
        Row("red", "5000023", "-126482.36", 4),
    ],
)
def test_a_red_letter_that_undoes_more_than_was_billed_is_inflated(red: Row) -> None:
    early = [row.again(f"e{row.id}", after=row.after - 300) for row in book(20)]
    assert score(RED, [*early, *book(), ORIGINAL, red], "red") >= 0.6


def test_a_clean_multiple_of_a_blue_invoice_is_named_with_it() -> None:
    larger = ORIGINAL.again("larger", number="5000019", total="200000.00", after=-8)
    red = Row("red", "91234567", "-126482.36", 4)  # 1.5 times the original
    [found] = [s for s in detect(table([*book(), larger, ORIGINAL, red])) if s.kind is RED]
    assert found.rows == ("red", "original")


def test_the_red_letter_that_takes_refunds_above_all_that_was_billed_is_the_suspect() -> None:
    early = [row.again(f"e{row.id}", after=row.after - 300) for row in book(20)]
    reds = [Row(f"r{i}", str(5_000_061 + 10 * i), "-40000.11", 5 + i) for i in range(3)]
    rows = [*early, *book(), ORIGINAL, *reds]
    assert [score(RED, rows, red.id) > 0 for red in reds] == [False, False, True]


@pytest.mark.parametrize(
    "red",
    [
        Row("red", "5000022", "-84321.57", 4),  # a full reversal
        Row("red", "5000020", "-84321.57", 4),  # under the number of its blue
        Row("red", "5000020", "-1000.00", 4),  # a part of it
        Row("red", "5000022", "-1000.00", 4),
        Row("red", "5000022", "-1000000.00", 4, status="void"),
    ],
)
def test_an_honest_red_letter_ranks_low(red: Row) -> None:
    assert score(RED, [*book(), ORIGINAL, red], "red") <= WEAK


def ring(*totals: str, sides: str = "o", days: int = 3) -> list[Row]:
    """Firms N0 -> N1 -> ... -> N0, told by the seller (o), the buyer (i) in turn."""
    n = len(totals)
    rows = []
    for i, total in enumerate(totals):
        seller, buyer = f"N{i}", f"N{(i + 1) % n}"
        sold = Row(f"c{i}", f"3{i}77", total, days * i, seller, buyer)
        bought = sold.again(sold.id, firm=buyer, to=seller, direction="in")
        rows.append({"o": sold, "i": bought}[sides[i % len(sides)]])
    return rows


@pytest.mark.parametrize("sides", ["o", "i", "oi"])
@pytest.mark.parametrize("length", [2, 3, 4, 5, 6])
def test_similar_amounts_in_a_circle_are_circular_trade(length: int, sides: str) -> None:
    rows = ring(*(f"{90_000 - 800 * i}.00" for i in range(length)), sides=sides)
    assert min(score(CIRCULAR, [*book(), *rows], row.id) for row in rows) >= SURE


def test_both_tellings_of_one_edge_are_named() -> None:
    rows = ring("500.00", "500.00", "500.00")
    told = rows[0].again("told", firm="N1", to="N0", direction="in")
    [found] = detect(table([*rows, told]))
    assert set(found.rows) == {"c0", "c1", "c2", "told"}


@pytest.mark.parametrize(
    "rows",
    [
        ring(*["900.00"] * 7),  # seven parties
        ring("90000.00", "20000.00", "90000.00"),  # amounts that do not follow each other
        ring("90000.00", "60000.00"),  # reciprocal trade
        ring("900.00", "900.00", "900.00", days=60),  # over half a year
        ring("900.00", "900.00", "900.00")[:2],  # not closed
    ],
)
def test_trade_that_is_no_circle_is_not_suspected(rows: list[Row]) -> None:
    assert score(CIRCULAR, rows, "c0") <= WEAK


def test_a_hub_with_thousands_of_edges_is_searched_in_bounds() -> None:
    ways = [("HUB", f"S{i}") if i % 2 else (f"S{i}", "HUB") for i in range(4000)]
    spokes = [
        Row(f"s{i}", str(i), f"{900 + i % 90}.00", i % 30, *way) for i, way in enumerate(ways)
    ]
    back = [row.again(f"b{row.id}", firm=row.to, to=row.firm, total="5.00") for row in spokes[:400]]
    rows = [*spokes, *back, *ring("900.00", "905.00", "910.00")]
    assert score(CIRCULAR, rows, "c1") >= SURE


def test_when_too_many_paths_are_open_the_most_even_ones_are_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("heliu.flows.screening.domain.circular._PATHS", 1)
    uneven = [Row(f"u{i}", f"88{i}", f"{700 + 20 * i}.00", i, "N0", "N1") for i in range(9)]
    rows = [*uneven, *ring("900.00", "900.00", "900.00", days=1)]
    assert score(CIRCULAR, rows, "c0") >= SURE


def test_progress_tells_every_stage_in_order() -> None:
    told: list[tuple[str, int, int]] = []
    detect(table(book(5)), progress=lambda *step: told.append(step))
    assert [done for _, done, _ in told] == [0, 1, 2, 3, 4, 5, 6]
    assert told[0] == ("read", 0, 6)


def test_an_empty_table_holds_nothing_suspicious() -> None:
    assert detect(table(book(3)).slice(0, 0)) == []


def test_a_finding_prints_as_the_command_line_shows_it() -> None:
    [found] = detect(table([ORIGINAL, ORIGINAL.again("copy")]))
    assert found.as_json() == {
        "kind": "exact_duplicate",
        "rows": ["copy", "original"],
        "score": 0.98,
        "reason": "invoice 5000020 stands 2 times with the same parties and amount",
        "reason_zh": "发票 5000020 在同一交易双方、同一金额下出现 2 次",
    }


cells = st.builds(
    Row,
    id=st.just(""),
    number=st.sampled_from(
        ["1", "2", "9", "0009", "A", "", "１２", "77001", "7-7001", "99999999999"]
    ),
    total=st.sampled_from(["0.00", "0.01", "10.00", "20.00", "30.00", "500.00", "-30.00", "99.99"]),
    after=st.integers(-40, 40),
    firm=st.sampled_from("AB"),
    to=st.sampled_from("ABC"),
    direction=st.sampled_from(["in", "out"]),
    status=st.sampled_from(["valid", "void"]),
)


@given(st.lists(cells, max_size=40))
@settings(max_examples=80, deadline=None)
def test_any_table_gets_ranked_suspicions_over_its_own_rows(rows: list[Row]) -> None:
    rows = [row.again(f"r{i}") for i, row in enumerate(rows)]
    found = detect(table(rows), options=ALL)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert all(0 <= s.score <= 1 for s in found)
    assert all(set(s.rows) <= {row.id for row in rows} for s in found)
    assert all(len(set(s.rows)) == len(s.rows) > 0 for s in found)
    assert detect(table(rows), options=ALL) == found


@given(st.lists(cells, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_floor_only_cuts(rows: list[Row]) -> None:
    invoices = table([row.again(f"r{i}") for i, row in enumerate(rows)])
    high = detect(invoices, options=Options(floor=0.5))
    assert all(s.score >= 0.5 for s in high)
    assert isinstance(invoices, pa.Table)
