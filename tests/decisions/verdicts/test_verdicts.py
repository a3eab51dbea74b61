"""Verdicts on the real database: stored once, proven, and replayed to the byte."""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.books.evidence.api import NotCanonical, leaves, verify_log
from heliu.decisions.verdicts.api import (
    DecisionCommand,
    FeatureValue,
    KeyReused,
    Otherwise,
    Profile,
    ReleaseChanged,
    UnknownRelease,
    Verdict,
    VerdictUnknown,
    decide,
    find,
    packaged_release,
    read_release,
    register_release,
    replay,
    verdict_id,
    verdicts_of,
    what_if,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

NAME = "scf-receivable-1"
SHIPPED = packaged_release(NAME) or b""
OWN = SHIPPED.replace(b"release: scf-receivable-1", b"release: own-2")
GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
NEW_SUPPLIER: Mapping[str, FeatureValue] = GOLDEN["new supplier"]["features"]
FRAUD: Mapping[str, FeatureValue] = GOLDEN["fraud"]["features"]
AT = datetime(2026, 6, 1, 2, 3, 4, 567, tzinfo=UTC)
OFFICER = Actor("officer-7")

values: dict[str, st.SearchStrategy[FeatureValue]] = {
    "integer": st.integers(-2, 400),
    "decimal": st.decimals(0, 1, places=4),
    "boolean": st.booleans(),
}
features: st.SearchStrategy[dict[str, FeatureValue]] = st.fixed_dictionaries(
    {
        name: st.just(NEW_SUPPLIER[name]) | st.none() | values[feature.type]
        for name, feature in read_release(SHIPPED).features.items()
    }
)


def command(
    key: UUID | int = 1,
    features: Mapping[str, FeatureValue] = NEW_SUPPLIER,
    *,
    requested: int = 7_200_000,
    release_id: str = NAME,
    at: datetime = AT,
) -> DecisionCommand:
    return DecisionCommand(
        key=key if isinstance(key, UUID) else UUID(int=key),
        subject_id=UUID(int=1000),
        decided_at=at,
        business_date=date(2026, 6, 1),
        requested=Money(requested),
        base_rate=Decimal("0.0485"),
        features=features,
        evidence=("cd" * 32, "ab" * 32),
        release_id=release_id,
    )


def decided(tx: Tx, *commands: DecisionCommand) -> list[Verdict | Refusal]:
    return decide(tx, OFFICER, commands, profile=Profile.STANDARD)


def one(tx: Tx, asked: DecisionCommand) -> Verdict:
    (verdict,) = decided(tx, asked)
    assert isinstance(verdict, Verdict)
    return verdict


def test_every_command_gets_its_own_answer_in_order(tx: Tx) -> None:
    fraud, new, unknown = command(1, FRAUD), command(2), command(3, release_id="none-such-1")
    answers = decided(tx, fraud, unknown, new)
    assert isinstance(answers[0], Verdict)
    assert isinstance(answers[1], UnknownRelease)
    assert isinstance(answers[2], Verdict)
    assert [answers[0].approved, answers[2].approved] == [False, True]
    assert answers[2].amount == Money(5_040_000)
    assert answers[2].id == verdict_id(UUID(int=2))
    assert (answers[2].release_id, answers[2].at) == (NAME, AT)
    assert decided(tx) == []


def test_a_verdict_is_found_by_id_and_by_what_it_is_about(tx: Tx) -> None:
    later = command(2, at=AT + timedelta(hours=1))
    second, first = one(tx, later), one(tx, command(1, FRAUD))
    assert find(tx, [second.id, first.id]) == [second, first]
    assert verdicts_of(tx, [UUID(int=1000)]) == [first, second]
    assert verdicts_of(tx, [UUID(int=2000)]) == []


def test_the_same_command_again_has_one_effect_and_the_same_answer(tx: Tx) -> None:
    first = one(tx, command())
    again = decided(tx, command(at=AT + timedelta(days=3)), command())
    assert again == [first, first]
    tx.finish()
    assert len(leaves(tx, [first.id])) == 1


@pytest.mark.parametrize(
    "other",
    [
        command(requested=7_200_001),
        command(features={**NEW_SUPPLIER, "tenor_days": 61}),
        command(release_id="none-such-1"),
    ],
)
def test_a_key_used_for_another_request_refuses_that_request_only(
    tx: Tx, other: DecisionCommand
) -> None:
    first = one(tx, command())
    reused, same, new = decided(tx, other, command(), command(2))
    assert isinstance(reused, KeyReused)
    assert same == first
    assert isinstance(new, Verdict)


def test_two_requests_under_one_key_in_one_batch_the_first_one_counts(tx: Tx) -> None:
    first, second = decided(tx, command(), command(requested=1))
    assert isinstance(first, Verdict)
    assert isinstance(second, KeyReused)


def test_a_key_whose_first_command_was_refused_is_not_decided_by_the_second(tx: Tx) -> None:
    first, second = decided(tx, command(release_id="none-such-1"), command())
    assert isinstance(first, UnknownRelease)
    assert isinstance(second, KeyReused)
    assert one(tx, command()).approved


def test_a_verdict_is_a_leaf_of_the_evidence_log(tx: Tx) -> None:
    verdict = one(tx, command())
    tx.finish()
    (leaf,) = leaves(tx, [verdict.id])
    body = json.loads(leaf.data)["body"]
    assert body["inputs_sha256"] == verdict.inputs_sha256
    assert body["release_sha256"] == verdict.release_sha256 == read_release(SHIPPED).sha256
    assert verify_log(tx) == []


def test_a_float_among_the_features_is_a_bug(tx: Tx) -> None:
    with pytest.raises(NotCanonical, match="float"):
        decided(tx, command(features={"match_ratio": 0.9}))  # type: ignore[dict-item] # the point


@pytest.mark.parametrize(
    "broken",
    [
        {"requested": Money(-1)},
        {"base_rate": Decimal("-0.01")},
        {"decided_at": datetime(2026, 6, 1)},  # noqa: DTZ001 - the naive instant is the point
        {"evidence": ("not a digest",)},
    ],
)
def test_a_command_is_well_formed(broken: dict[str, Any]) -> None:
    whole = command()
    fields = {name: getattr(whole, name) for name in DecisionCommand.__slots__}
    with pytest.raises(AssertionError):
        DecisionCommand(**{**fields, **broken})


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(features, st.integers(0, 10**9)), min_size=1, max_size=5))
def test_replay_is_always_identical(
    tx: Tx, cases: list[tuple[Mapping[str, FeatureValue], int]]
) -> None:
    asked = [command(uuid4(), case, requested=amount) for case, amount in cases]
    verdicts = decided(tx, *asked)
    replays = replay(tx, [verdict_id(c.key) for c in asked])
    assert all(r.identical and r.stored == r.recomputed and not r.differences for r in replays)
    assert find(tx, [r.verdict_id for r in replays]) == verdicts


def test_replay_needs_nothing_but_what_was_stored(tx: Tx) -> None:
    # A release that never travelled with the package, as every old one will be one day.
    register_release(tx, OFFICER, OWN, AT)
    verdict = one(tx, command(release_id="own-2"))
    assert replay(tx, [verdict.id])[0].identical


def test_replay_names_what_was_forged(tx: Tx) -> None:
    verdict = one(tx, command())
    tx.run("SET LOCAL session_replication_role = replica")
    tx.run("UPDATE decisions.verdict SET outcome = replace(outcome, '5040000', '7200000')")
    (found,) = replay(tx, [verdict.id])
    assert (found.identical, found.differences) == (False, ("/amount/minor",))


def test_replay_of_forged_inputs_shows_in_the_outcome(tx: Tx) -> None:
    verdict = one(tx, command())
    tx.run("SET LOCAL session_replication_role = replica")
    tx.run("ALTER TABLE decisions.verdict DROP CONSTRAINT verdict_check1")
    tx.run("UPDATE decisions.verdict SET inputs = replace(inputs, 'days\":60', 'days\":9')")
    (found,) = replay(tx, [verdict.id])
    assert not found.identical
    assert "/inputs" in found.differences
    assert "/score" in found.differences


@pytest.mark.parametrize("use", [find, replay])
def test_an_unknown_verdict_is_refused(tx: Tx, use: Any) -> None:
    with pytest.raises(VerdictUnknown):
        use(tx, [UUID(int=9)])


def test_a_release_of_the_bank_s_own_is_registered_once_and_used(tx: Tx) -> None:
    release = register_release(tx, OFFICER, OWN, AT)
    assert register_release(tx, OFFICER, OWN, AT) == release
    verdict = one(tx, command(release_id="own-2"))
    assert (verdict.release_id, verdict.release_sha256) == ("own-2", release.sha256)
    with pytest.raises(ReleaseChanged):
        register_release(tx, OFFICER, OWN + b"# edited\n", AT)


def test_a_shipped_release_that_is_not_the_recorded_one_decides_nothing_more(tx: Tx) -> None:
    register_release(tx, OFFICER, SHIPPED + b"# as it was\n", AT)
    (refused,) = decided(tx, command())
    assert isinstance(refused, ReleaseChanged)


def test_two_tellers_with_the_same_keys_answer_the_same(fresh: Database) -> None:
    answers: dict[int, list[Verdict | Refusal]] = {}

    def work(teller: int) -> None:
        database = Database(fresh.url)
        keys = list(range(30))[:: 1 if teller % 2 else -1]
        with database.transaction() as tx:
            found = decided(tx, *(command(key + 1) for key in keys))
        answers[teller] = sorted(found, key=lambda v: str(getattr(v, "id", "")))
        database.close()

    threads = [threading.Thread(target=work, args=(teller,)) for teller in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert answers[0] == answers[1] == answers[2] == answers[3]
    with fresh.transaction() as tx:
        assert verify_log(tx) == []
        assert len(verdicts_of(tx, [UUID(int=1000)])) == 30


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE decisions.verdict SET score = 999",
        "DELETE FROM decisions.verdict",
        "TRUNCATE decisions.verdict",
        "UPDATE decisions.release SET name = 'other-1'",
        "DELETE FROM decisions.release",
        "TRUNCATE decisions.release CASCADE",
    ],
)
def test_the_database_itself_refuses_to_change_a_verdict(tx: Tx, sql: LiteralString) -> None:
    one(tx, command())
    with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
        tx.run(sql)


def test_a_past_decision_on_its_own_terms_comes_out_as_it_was(tx: Tx) -> None:
    verdict = one(tx, command())
    (again,) = what_if(tx, [Otherwise(verdict.id, Money(7_200_000), Decimal("0.0485"), {})])
    assert (again.approved, again.amount, again.annual_rate, again.score) == (
        *(verdict.approved, verdict.amount, verdict.annual_rate, verdict.score),
    )


def test_a_past_decision_on_other_terms_is_computed_and_not_kept(tx: Tx) -> None:
    verdict = one(tx, command())
    dearer, enrolled = Decimal("0.0985"), {"supplier_enrolled": False}
    (other, refused) = what_if(
        tx,
        [
            Otherwise(verdict.id, Money(3_600_000), dearer, {}),
            Otherwise(verdict.id, Money(7_200_000), dearer, enrolled),
        ],
    )
    assert Money(0) < other.amount <= Money(3_600_000)
    assert verdict.annual_rate is not None
    assert other.annual_rate == verdict.annual_rate + Decimal("0.05")
    assert not refused.approved
    assert verdicts_of(tx, [verdict.subject_id]) == [verdict]
