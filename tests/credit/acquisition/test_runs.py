"""A list from its bytes to durable answers, and to the programme's next version."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import LiteralString

import psycopg
import pyarrow as pa
import pytest
from tests.credit.acquisition.lists import GOOD, NOW, ON, PROGRAMME, code, command, line, listed

from heliu.books.evidence.api import leaves
from heliu.credit.acquisition.api import (
    SCHEMA,
    AcquireCommand,
    Enrol,
    Run,
    acquire,
    complaints,
    enrol,
    find,
    finish,
    list_of,
    pre_approvals,
    read_list,
    replay,
    runs_under,
    start,
    unfinished,
)
from heliu.credit.products.api import in_force, release_programme, release_programmes
from heliu.decisions.verdicts.api import packaged_release
from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import Blob, file_blobs
from heliu.flows.intake.api import Status as Filing
from heliu.ground.actor import Actor
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after
from heliu.parties.party.api import Profile, RecordParty, Status, record_parties

CLERK, OFFICER = Actor("clerk"), Actor("officer")
YOUNG = GOOD.replace("2015-06-01", "2025-12-01")
SMALL = GOOD.replace("12000000.00,10000000.00", "600000.00,500000.00")


@pytest.fixture
def bank(tx: Tx) -> Tx:
    release_programmes(tx, OFFICER, [PROGRAMME], NOW)
    return tx


def answers(tx: Tx, run: Run) -> list[tuple[str, bool, list[str]]]:
    return [
        (one.uscc, one.approved, [r.code for r in one.reasons]) for one in pre_approvals(tx, run.id)
    ]


def test_every_supplier_gets_a_limit_or_reasons_by_expected_draw(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1, YOUNG), line(2, SMALL), line(3)), NOW)
    assert run.result is not None
    assert (run.suppliers, run.result.approved, run.result.refused) == (3, 2, 1)
    best, second, refused = pre_approvals(bank, run.id)
    assert [best.uscc, second.uscc, refused.uscc] == [code(3), code(2), code(1)]
    assert [best.rank, best.line, refused.rank, refused.line] == [1, 4, 3, 2]
    assert best.limit > second.limit > refused.limit == Money(0)
    assert run.result.draw == best.draw + second.draw
    assert [reason.code for reason in refused.reasons] == ["too_young"]
    assert all(r.reason.zh and r.reason.en and r.cure.zh and r.cure.en for r in refused.reasons)
    assert second.reasons[0].code == "amount_capped"


def test_a_page_begins_after_a_rank(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2), line(3)), NOW)
    assert [one.rank for one in pre_approvals(bank, run.id, after=1, limit=1)] == [2]


def test_the_same_list_answers_the_same_and_another_list_is_another_run(bank: Tx) -> None:
    first = acquire(bank, CLERK, command(line(1)), NOW)
    again = acquire(bank, OFFICER, replace(command(line(1)), on=ON + timedelta(3)), NOW)
    other = acquire(bank, CLERK, command(line(2)), NOW)
    assert again == first
    assert other.id != first.id


def test_runs_are_listed_under_their_programme_the_last_first(bank: Tx) -> None:
    first = acquire(bank, CLERK, command(line(1)), NOW)
    other = start(bank, CLERK, command(line(2)), NOW)
    assert runs_under(bank, [first.programme]) == [other, first]
    assert runs_under(bank, [first.programme], limit=1) == [other]
    assert runs_under(bank, ["another"]) == []


def test_a_run_is_told_once_and_proven(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1)), NOW)
    acquire(bank, CLERK, command(line(1)), NOW)
    told = [f for f in facts_after(bank, 0, 99) if f.kind == "credit.suppliers_preapproved.v1"]
    assert [fact.body["run_id"] for fact in told] == [str(run.id)]
    assert told[0].body["parties"] == [PROGRAMME.buyer_uscc]
    (leaf,) = leaves(bank, [run.id])
    assert run.result is not None
    assert run.result.root.hex().encode() in leaf.data


def test_lines_that_cannot_be_read_are_told_and_hide_nobody(bank: Tx) -> None:
    wrong = code(4)[:-1] + ("0" if code(4)[-1] != "0" else "1")
    bad = line(4).replace(code(4), wrong)
    run = acquire(bank, CLERK, command(line(1), bad, line(2).replace("60", "sixty"), line(3)), NOW)
    assert [one.uscc for one in pre_approvals(bank, run.id)] == [code(1), code(3)]
    assert [(c.line, c.column, c.code) for c in complaints(bank, run.id)] == [
        (3, "uscc", "acquisition.line_uscc"),
        (4, "buyer_payment_days", "acquisition.line_unreadable"),
    ]
    assert [c.line for c in complaints(bank, run.id, after=1)] == [4]


def test_a_supplier_listed_twice_alike_counts_once(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2), line(1)), NOW)
    assert [approved for _, approved, _ in answers(bank, run)] == [True, True]
    (told,) = complaints(bank, run.id)
    assert (told.line, told.other_line) == (4, 2)
    assert "2" in told.reason.zh
    assert "2" in told.reason.en
    assert told.cure.zh


def test_a_supplier_listed_twice_with_other_figures_is_refused(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2), line(1, SMALL)), NOW)
    assert answers(bank, run)[1] == (code(1), False, ["lines_contradict"])


def test_a_code_in_small_letters_is_the_same_code(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1).replace(code(1), code(1).lower())), NOW)
    assert [one.uscc for one in pre_approvals(bank, run.id)] == [code(1)]


def record(tx: Tx, profile: Profile) -> None:
    (recorded,) = record_parties(tx, CLERK, [RecordParty(profile, date(2020, 1, 1), NOW)])
    assert not isinstance(recorded, Refusal)


def test_what_the_register_knows_counts_more_than_the_list(bank: Tx) -> None:
    record(bank, Profile(code(1), "甲", status=Status.REVOKED, registered_on=date(2010, 1, 1)))
    record(bank, Profile(code(2), "乙", registered_on=date(2026, 1, 1)))
    run = acquire(bank, CLERK, command(line(1), line(2), line(3)), NOW)
    assert {u: r for u, approved, r in answers(bank, run) if not approved} == {
        code(1): ["register_not_active"],
        code(2): ["too_young"],
    }


def test_a_supplier_related_to_the_core_enterprise_is_refused(bank: Tx) -> None:
    core = PROGRAMME.buyer_uscc
    record(bank, Profile(core, "核心", legal_representative="王一", phone="0532-88881234"))
    record(bank, Profile(code(1), "甲", phone="0532 88881234"))
    columns = "uscc,name,account,legal_representative,registered_on,annual_purchases,invoices_12m"
    data = listed(
        f"{code(1)},甲,A,李二,2015-01-01,9000000,20",
        f"{code(2)},乙,B,王一,2015-01-01,9000000,20",
        f"{code(3)},丙,{PROGRAMME.buyer_account},赵三,2015-01-01,9000000,20",
        f"{core},丁,D,赵三,2015-01-01,9000000,20",
        f"{code(5)},戊,E,赵三,2015-01-01,9000000,20",
        columns=columns,
    )
    run = acquire(bank, CLERK, AcquireCommand(PROGRAMME.code, data, ON), NOW)
    related = {u for u, _, reasons in answers(bank, run) if "related_to_core" in reasons}
    assert related == {code(1), code(2), code(3), core}


def warned(number: int, severity: str, raised_on: str) -> dict[str, str]:
    return {
        "id": f"W-{number}",
        "subject": code(number),
        "kind": "sanction",
        "severity": severity,
        "text_zh": "预警",
        "text_en": "a warning",
        "raised_on": raised_on,
    }


def test_a_warning_stops_a_supplier_from_its_day_on(bank: Tx) -> None:
    message = {
        "format": "heliu-information",
        "version": 1,
        "issuer": PROGRAMME.buyer_uscc,
        "issued_at": "2026-02-01T08:00:00+08:00",
        "warnings": [
            warned(1, "stop", "2026-02-01"),
            warned(2, "warn", "2026-02-01"),
            warned(3, "stop", "2026-03-02"),
        ],
    }
    data = json.dumps(message).encode()
    blob = Blob("test", "warnings.json", hashlib.sha256(data).hexdigest(), data)
    (filed,) = file_blobs(bank, CLERK, CONNECTORS, [blob], NOW)
    assert filed.status is Filing.ACCEPTED
    run = acquire(bank, CLERK, command(line(1), line(2), line(3)), NOW)
    refused = {u: reasons for u, approved, reasons in answers(bank, run) if not approved}
    assert refused == {code(1): ["stop_warning"]}


def test_a_supplier_of_the_programme_needs_no_pre_approval(bank: Tx) -> None:
    uscc = PROGRAMME.suppliers[0].uscc
    run = acquire(bank, CLERK, command(line(1).replace(code(1), uscc)), NOW)
    assert answers(bank, run) == [(uscc, False, ["already_enrolled"])]


def test_the_same_day_is_judged_the_same_again_to_the_byte(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(*(line(n, SMALL) for n in range(30)), line(99)), NOW)
    record(bank, Profile(code(3), "丙", status=Status.REVOKED))
    again = replay(bank, run.id)
    assert (again.identical, again.sealed, again.differing) == (True, True, ())


def test_a_changed_answer_is_found(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2)), NOW)
    bank.run("ALTER TABLE credit.pre_approval DISABLE TRIGGER ALL")
    bank.run("UPDATE credit.pre_approval SET limit_minor = limit_minor + 1 WHERE rank = 2")
    again = replay(bank, run.id)
    assert (again.identical, again.sealed, again.differing) == (False, False, (2,))
    bank.run("DELETE FROM credit.pre_approval WHERE rank = 1")
    assert replay(bank, run.id).differing == (1,)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM credit.acquisition_run",
        "DELETE FROM credit.acquisition_input",
        "DELETE FROM credit.acquisition_complaint",
        "UPDATE credit.acquisition_result SET approved = 0",
        "UPDATE credit.pre_approval SET limit_minor = 0",
    ],
)
def test_history_is_not_rewritten(bank: Tx, change: LiteralString) -> None:
    acquire(bank, CLERK, command(line(1), line(1)), NOW)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        bank.run(change)


def test_a_list_of_nobody_readable_is_a_finished_run_with_complaints(bank: Tx) -> None:
    run = acquire(bank, CLERK, command("X,甲,A," + GOOD), NOW)
    assert run.result is not None
    assert (run.suppliers, run.complaints, run.result.approved) == (0, 1, 0)
    assert pre_approvals(bank, run.id) == []
    assert replay(bank, run.id).identical


def test_a_table_is_a_list_too_and_the_same_table_the_same_run(bank: Tx) -> None:
    table = read_list(listed(line(1), line(2)), "CNY").table
    asked = AcquireCommand(PROGRAMME.code, table, ON)
    cut = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert acquire(bank, CLERK, asked, NOW) == acquire(
        bank, CLERK, replace(asked, suppliers=cut), NOW
    )
    with pytest.raises(Refusal, match="list_unreadable"):
        acquire(bank, CLERK, replace(asked, suppliers=table.drop_columns("name")), NOW)
    assert table.schema == SCHEMA


def test_a_started_run_is_finished_by_another_process_and_only_once(fresh: Database) -> None:
    with fresh.transaction() as tx:
        release_programmes(tx, OFFICER, [PROGRAMME], NOW)
        run = start(tx, CLERK, command(line(1), line(2)), NOW)
        assert run.result is None
    with fresh.transaction() as tx:
        assert unfinished(tx) == [run.id]
        with pytest.raises(Refusal, match="not_finished"):
            pre_approvals(tx, run.id)
        with pytest.raises(Refusal, match="not_finished"):
            replay(tx, run.id)
        assert start(tx, CLERK, command(line(1), line(2)), NOW) == run
        done = finish(tx, run.id, NOW)
    with fresh.transaction() as tx:
        assert finish(tx, run.id, NOW + timedelta(hours=1)) == done
        assert acquire(tx, CLERK, command(line(1), line(2)), NOW) == done
        assert unfinished(tx) == []
        assert replay(tx, run.id).identical


def test_a_list_started_and_sent_again_is_finished(bank: Tx) -> None:
    run = start(bank, CLERK, command(line(1)), NOW)
    assert acquire(bank, CLERK, command(line(1)), NOW) == find(bank, run.id)
    assert find(bank, run.id).result is not None


def test_of_two_that_start_one_list_at_once_the_second_finds_the_firsts_run(
    fresh: Database,
) -> None:
    with fresh.transaction() as tx:
        release_programmes(tx, OFFICER, [PROGRAMME], NOW)

    def second() -> Run:
        with fresh.transaction() as other:
            return start(other, OFFICER, command(line(1)), NOW)

    with ThreadPoolExecutor(1) as pool:
        with fresh.transaction() as tx:
            first = start(tx, CLERK, command(line(1)), NOW)
            waiting = pool.submit(second)
            # The second waits on the first one's row, which only a look at the locks can tell.
            with fresh.transaction() as watch:
                while not watch.row("SELECT 1 FROM pg_locks WHERE NOT granted"):
                    pass
        assert waiting.result() == first


def test_progress_is_told_stage_by_stage(bank: Tx) -> None:
    told: list[tuple[str, int, int]] = []
    acquire(bank, CLERK, command(line(1), line(2)), NOW, lambda *step: told.append(step))
    assert told == [(stage, 2, 2) for stage in ("read", "screen", "judge", "store")]


def test_an_unknown_run_and_a_programme_not_in_force_are_refused(bank: Tx) -> None:
    with pytest.raises(Refusal, match="unknown_run"):
        find(bank, derived_id("none"))
    with pytest.raises(Refusal, match="no_programme"):
        acquire(bank, CLERK, replace(command(line(1)), programme="nobody"), NOW)
    with pytest.raises(Refusal, match="no_programme"):
        early = PROGRAMME.effective_from - timedelta(1)
        acquire(bank, CLERK, replace(command(line(1)), on=early), NOW)


def test_a_release_of_the_banks_own_decides_if_it_fits_a_list(bank: Tx) -> None:
    packaged = packaged_release("scf-preapproval-1")
    assert packaged is not None
    own = packaged.replace(b"release: scf-preapproval-1", b"release: our-preapproval")
    run = acquire(bank, CLERK, replace(command(line(1)), release=own), NOW)
    assert run.release == "our-preapproval"
    assert replay(bank, run.id).identical
    receivable = packaged_release("scf-receivable-1")
    with pytest.raises(Refusal, match="release_unfit"):
        acquire(bank, CLERK, replace(command(line(2)), release=receivable), NOW)


def test_the_enrolled_stand_in_a_proposal_that_a_second_person_releases(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2, SMALL), line(3, YOUNG)), NOW)
    done = enrol(bank, CLERK, Enrol(run.id, ON), NOW)
    assert done.added == (code(1), code(2))
    assert (done.programme.version, done.programme.effective_from) == (2, ON)
    first = pre_approvals(bank, run.id)[0]
    supplier = done.programme.supplier(code(1))
    assert supplier is not None
    assert (supplier.limit, supplier.account) == (first.limit, "ACC-0001")
    assert in_force(bank, [PROGRAMME.code], ON)[PROGRAMME.code].version == 1
    with pytest.raises(Refusal, match="same_person"):
        release_programme(bank, CLERK, PROGRAMME.code, 2, NOW)
    release_programme(bank, OFFICER, PROGRAMME.code, 2, NOW)
    assert in_force(bank, [PROGRAMME.code], ON)[PROGRAMME.code] == done.programme


def test_enrolling_again_answers_with_the_waiting_proposal(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2)), NOW)
    first = enrol(bank, CLERK, Enrol(run.id, ON), NOW)
    assert enrol(bank, OFFICER, Enrol(run.id, ON), NOW) == first
    assert enrol(bank, OFFICER, Enrol(run.id, ON, top=1), NOW).programme.version == 3


def test_only_the_named_or_the_first_are_enrolled(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2, SMALL), line(3)), NOW)
    assert enrol(bank, CLERK, Enrol(run.id, ON, top=2), NOW).added == (code(1), code(3))
    named = Enrol(run.id, ON, only=frozenset({code(2)}))
    assert enrol(bank, CLERK, named, NOW).added == (code(2),)


def test_who_has_no_account_or_is_enrolled_since_is_left_out_with_the_reason(bank: Tx) -> None:
    bare = line(2).replace("ACC-0002", "")
    run = acquire(bank, CLERK, command(line(1), bare, line(3)), NOW)
    enrol(bank, CLERK, Enrol(run.id, ON, only=frozenset({code(1)})), NOW)
    release_programme(bank, OFFICER, PROGRAMME.code, 2, NOW)
    done = enrol(bank, CLERK, Enrol(run.id, ON), NOW)
    assert done.added == (code(3),)
    assert {left.uscc: left.reason.en for left in done.left_out} == {
        code(1): "enrolled already",
        code(2): "the list gives no account",
    }
    with pytest.raises(Refusal, match="nobody_to_enrol"):
        enrol(bank, CLERK, Enrol(run.id, ON, only=frozenset({code(2)})), NOW)


def test_a_pre_approval_ends_after_its_days(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1)), NOW)
    with pytest.raises(Refusal, match="expired"):
        enrol(bank, CLERK, Enrol(run.id, run.valid_until), NOW)
    assert enrol(bank, CLERK, Enrol(run.id, run.valid_until - timedelta(1)), NOW).added


def test_what_a_run_was_judged_by_can_be_read(bank: Tx) -> None:
    run = acquire(bank, CLERK, command(line(1), line(2)), NOW)
    assert list_of(bank, run.id).column("name").to_pylist() == ["供应商1", "供应商2"]
