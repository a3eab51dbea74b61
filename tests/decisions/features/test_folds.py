"""The law of this desk: for every prefix of the log, folds and a count from scratch agree."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.decisions.features.logs import FIRST, events
from tests.decisions.features.oracle import oracle

from heliu.decisions.features import service, store
from heliu.decisions.features.api import FEATURES, Pair, PairFeatures, pair_features
from heliu.decisions.features.domain.log import Event
from heliu.decisions.features.domain.state import fold, marginal_of, stated_currency
from heliu.decisions.features.store import MarginalKey
from heliu.ground.db import Tx

# Every example lives on among parties of its own, in one transaction that is rolled back.
_examples = count(1)
told_in_one_transaction = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def of_their_own(log: Sequence[Event]) -> list[Event]:
    mark = next(_examples)
    return [replace(e, supplier=f"{e.supplier}.{mark}", buyer=f"{e.buyer}.{mark}") for e in log]


def pairs_of(log: Sequence[Event]) -> list[Pair]:
    return sorted({event.pair for event in log})


def answered(
    tx: Tx, pairs: Sequence[Pair], on: int, known_at: datetime | None = None
) -> dict[Pair, dict[str, object]]:
    found = pair_features(tx, pairs, date.fromordinal(on), known_at)
    return {pair: dict(features.values) for pair, features in found.items()}


def counted(log: Sequence[Event], pairs: Sequence[Pair], on: int) -> dict[Pair, dict[str, object]]:
    return {pair: dict(oracle(log, pair, on)) for pair in pairs}


@told_in_one_transaction
@given(
    log=st.lists(events(), min_size=1, max_size=14),
    size=st.integers(1, 4),
    ons=st.lists(st.integers(-5, 1200), min_size=1, max_size=2),
)
def test_after_every_batch_the_answer_is_that_of_a_count_from_scratch(
    tx: Tx, log: list[Event], size: int, ons: list[int]
) -> None:
    log = of_their_own(log)
    for end in range(size, len(log) + size, size):
        prefix = log[:end]
        service._append(tx, log[end - size : end])
        newest = max(event.day for event in prefix)
        for on in (newest, *(FIRST + on for on in ons)):
            pairs = pairs_of(log)
            assert answered(tx, pairs, on) == counted(prefix, pairs, on)


@told_in_one_transaction
@given(log=st.lists(events(), min_size=1, max_size=20), size=st.integers(1, 5))
def test_the_stored_folds_are_those_of_the_whole_log_bit_for_bit(
    tx: Tx, log: list[Event], size: int
) -> None:
    log = of_their_own(log)
    for at in range(0, len(log), size):
        service._append(tx, log[at : at + size])
    pairs = pairs_of(log)
    told = store.of_pairs(tx, pairs)
    states = store.states(tx, pairs)
    for pair in pairs:
        mine, version = [event for event, _ in told[pair]], told[pair][-1].no
        again = fold(mine, version)
        assert states[pair] == again
    keys = {
        MarginalKey(party, side, currency)
        for pair in pairs
        if (currency := stated_currency(None, (e for e, _ in told[pair]))) is not None
        for party, side in ((pair.supplier, "supplier"), (pair.buyer, "buyer"))
    }
    wholes = store.marginals(tx, sorted(keys))
    assert wholes.keys() == keys
    for key, whole in wholes.items():
        logs = [
            ([event for event, _ in told[pair]], told[pair][-1].no)
            for pair in pairs
            if key.party == getattr(pair, key.side)
        ]
        assert whole == marginal_of(logs, key.currency, 10**6, key.side)


@told_in_one_transaction
@given(log=st.lists(events(), min_size=1, max_size=14), on=st.integers(-5, 1200), at=st.data())
def test_an_answer_as_of_an_instant_uses_only_what_was_known_then(
    tx: Tx, log: list[Event], on: int, at: st.DataObject
) -> None:
    log = of_their_own(log)
    service._append(tx, log)
    instant = at.draw(st.sampled_from([event.known_at for event in log]))
    known = [event for event in log if event.known_at <= instant]
    pairs = pairs_of(log)
    assert answered(tx, pairs, FIRST + on, instant) == counted(known, pairs, FIRST + on)


@told_in_one_transaction
@given(log=st.lists(events(), min_size=2, max_size=14), order=st.data())
def test_what_comes_late_counts_as_if_it_had_come_in_time(
    tx: Tx, log: list[Event], order: st.DataObject
) -> None:
    """Distinct documents may come in any order; only among repetitions it matters who was first."""
    own = {(e.kind, e.pair, e.number, e.cash_id): replace(e, currency="CNY") for e in log}
    in_time = of_their_own(list(own.values()))
    late = of_their_own(order.draw(st.permutations(list(own.values()))))
    service._append(tx, in_time)
    for event in late:
        service._append(tx, [event])
    on = date.fromordinal(max(event.day for event in in_time))
    assert values(pair_features(tx, pairs_of(in_time), on)) == values(
        pair_features(tx, pairs_of(late), on)
    )


def values(found: dict[Pair, PairFeatures]) -> list[dict[str, object]]:
    return [dict(found[pair].values) for pair in sorted(found)]


def test_a_pair_nothing_is_known_of_has_no_version_and_no_history(tx: Tx) -> None:
    pair = Pair("nobody", "nowhere")
    (found,) = pair_features(tx, [pair], date(2026, 1, 1)).values()
    assert found.state_version == 0
    assert tuple(found.values) == FEATURES
    assert {v for v in found.values.values() if v is not None} == {0}
