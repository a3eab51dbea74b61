"""Filing: once per content, in order, bad ones beside good ones, nothing on a replay."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from heliu.flows.intake.api import (
    Blob,
    Complaint,
    Filed,
    Head,
    Kind,
    Outcome,
    PartyRef,
    Reading,
    Status,
    TradeDocument,
    Unreadable,
    content_for,
    document_id,
    documents_since,
    file_blobs,
    file_reads,
    kept,
    load_documents,
    papers_addressed_to,
    read_blobs,
    refusal,
)
from heliu.flows.intake.store import content, facts
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.db import Database, Tx
from heliu.ground.outbox import facts_after
from heliu.ground.text import Text

NOW = datetime(2026, 6, 1, 17, 0, tzinfo=UTC)  # already 2 June in Beijing
LATER = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
TABLES = ("flows.blob", "flows.outcome", "flows.delivery", "flows.document", "ground.fact")


class Slips:
    """A connector of these tests: lines of "NUMBER SELLER BUYER"; a line "BAD" refuses the slip."""

    name = "slips"

    def recognises(self, head: Head) -> bool:
        return head.name.endswith(".slip")

    def read(self, blob: Blob, head: Head) -> Reading:
        assert head.root is None
        lines = blob.data.decode(errors="replace").split("\n")
        complaints = [
            Complaint("slip.bad", f"line {n}", Text("坏行", "a bad line"))
            for n, line in enumerate(lines, 1)
            if line == "BAD"
        ]
        documents = [
            TradeDocument(
                Kind.INVOICE,
                line.split()[0],
                f"line {n}",
                date(2026, 5, 20),
                seller=PartyRef(tax_id=line.split()[1]),
                buyer=PartyRef(tax_id=line.split()[2]),
            )
            for n, line in enumerate(lines, 1)
            if len(line.split()) == 3
        ]
        return kept({"lines": len(lines), "text": lines[0]}, documents, complaints)


def slip(text: str, file: str = "a.slip", source: str = "folder") -> Blob:
    data = text.encode()
    return Blob(source, file, hashlib.sha256(data).hexdigest(), data)


def file(tx: Tx, *blobs: Blob | Unreadable, now: datetime = NOW) -> list[Outcome]:
    return file_blobs(tx, SYSTEM, [Slips()], blobs, now)


def counts(tx: Tx) -> list[int]:
    return [tx.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]  # noqa: S608 - a name of TABLES


GOOD = slip("1 S B\n2 S B", "good.slip")
BAD = slip("BAD\n9 S B", "bad.slip")
BROKEN = Unreadable("folder", "x.zip", refusal("archive.encrypted", "/", "加密", "x").complaints[0])


def test_each_blob_gets_its_outcome_in_order_and_a_bad_one_hides_nothing(tx: Tx) -> None:
    unknown = slip("?", "who.knows")
    outcomes = file(tx, BAD, GOOD, BROKEN, unknown)
    assert [(o.file, o.status, o.refusal and o.refusal.code) for o in outcomes] == [
        ("bad.slip", Status.REFUSED, "slip.bad"),
        ("good.slip", Status.ACCEPTED, None),
        ("x.zip", Status.REFUSED, "archive.encrypted"),
        ("who.knows", Status.REFUSED, "document.unknown_kind"),
    ]
    assert [len(o.documents) for o in outcomes] == [0, 2, 0, 0]


def test_a_refusal_says_where_and_why_in_both_languages(tx: Tx) -> None:
    (outcome,) = file(tx, BAD)
    (again,) = file(tx, BAD)
    assert outcome.refusal == Complaint("slip.bad", "line 1", Text("坏行", "a bad line"))
    assert (again.refusal, again.status, again.repeated) == (outcome.refusal, Status.REFUSED, True)


def test_a_replay_answers_with_the_first_documents_and_changes_nothing(tx: Tx) -> None:
    first = file(tx, GOOD, BAD)
    before = counts(tx)
    again = file(tx, GOOD, BAD, now=LATER)
    assert counts(tx) == before
    assert again[0].status is Status.DUPLICATE
    assert [o.documents for o in again] == [o.documents for o in first]


def test_the_same_bytes_twice_in_one_batch_are_one_content(tx: Tx) -> None:
    outcomes = file(tx, GOOD, slip("1 S B\n2 S B", "copy.slip"), BAD, BAD)
    assert [o.status.value for o in outcomes] == ["accepted", "duplicate", "refused", "refused"]
    assert outcomes[0].documents == outcomes[1].documents
    assert counts(tx)[:4] == [2, 2, 3, 2]


def test_another_name_for_known_bytes_is_one_more_delivery_and_no_more_documents(tx: Tx) -> None:
    file(tx, GOOD)
    file(tx, slip("1 S B\n2 S B", "renamed.slip", "inbox"))
    assert counts(tx) == [1, 1, 2, 2, 1]


def test_documents_are_found_again_by_id_and_by_position(tx: Tx) -> None:
    (outcome,) = file(tx, GOOD)
    loaded = load_documents(tx, outcome.documents)
    assert [(f.document.number, f.document.place, f.file) for f in loaded] == [
        ("1", "line 1", "good.slip"),
        ("2", "line 2", "good.slip"),
    ]
    assert loaded[1] == Filed(
        document_id(GOOD.sha256, "line 2"), GOOD.sha256, "good.slip", loaded[1].document
    )
    since = documents_since(tx, 0)
    assert [filed for _, filed in since] == loaded
    assert documents_since(tx, since[0][0]) == since[1:]
    assert documents_since(tx, 0, limit=1) == since[:1]


def test_an_unknown_document_is_not_invented(tx: Tx) -> None:
    with pytest.raises(KeyError):
        load_documents(tx, [document_id(GOOD.sha256, "line 1")])


def test_the_bytes_are_kept_and_what_was_understood_where_no_document_tells_it(tx: Tx) -> None:
    file(tx, GOOD, BAD)
    assert facts(tx, [GOOD.sha256]) == {GOOD.sha256: "{}"}
    assert content(tx, GOOD.sha256) == GOOD.data
    assert content(tx, "0" * 64) is None
    assert facts(tx, [BAD.sha256]) == {BAD.sha256: '{"text": "BAD", "lines": 2}'}


def test_the_business_date_is_beijings_and_the_actor_is_named(tx: Tx) -> None:
    file_blobs(tx, Actor("clerk-7"), [Slips()], [GOOD], NOW)
    assert tx.row("SELECT business_date, documents FROM flows.outcome") == (date(2026, 6, 2), 2)
    assert tx.row("SELECT received_by, received_at FROM flows.delivery") == ("clerk-7", NOW)


def test_documents_filed_together_are_told_once_and_refused_ones_never(tx: Tx) -> None:
    accepted, _ = file(tx, GOOD, BAD)
    file(tx, GOOD)
    file(tx, slip("BAD\nBAD"))
    (told,) = facts_after(tx, 0, 10)
    assert told.kind == "flows.documents_accepted.v1"
    assert told.body == {"documents": 2, "first": str(accepted.documents[0])}


def test_every_column_holds_what_the_document_says(tx: Tx) -> None:
    (outcome,) = file(tx, slip("1\\t\u6c49 S B", "a\tb.slip", "inbox"))
    columns = "id, place, file, source, kind, flow, number, code, issued_on, seller_tax_id"
    more = "buyer_tax_id, void, business_date, received_at"
    assert tx.row(f"SELECT {columns}, {more} FROM flows.document") == (  # noqa: S608 - own names
        *(outcome.documents[0], "line 1", "a\tb.slip", "inbox", "invoice", "commercial"),
        *("1\\t\u6c49", None, date(2026, 5, 20), "S", "B", False, date(2026, 6, 2), NOW),
    )


def test_a_nul_character_in_a_document_does_not_stop_the_batch(tx: Tx) -> None:
    nul = slip("1\0 S B", "nul.slip")
    outcomes = file(tx, nul, GOOD)
    assert [o.status for o in outcomes] == [Status.ACCEPTED, Status.ACCEPTED]
    (filed,) = load_documents(tx, outcomes[0].documents)
    assert filed.document.number == "1\u2400"


def test_blobs_read_elsewhere_are_filed_the_same(tx: Tx) -> None:
    reads = read_blobs([Slips()], [GOOD, BAD])
    outcomes = file_reads(tx, SYSTEM, [*reads, BROKEN, GOOD], NOW)
    assert [o.status.value for o in outcomes] == ["accepted", "refused", "refused", "duplicate"]
    with pytest.raises(KeyError):
        file_reads(tx, SYSTEM, [slip("never read")], NOW)


def test_a_content_filed_by_a_twin_meanwhile_is_a_duplicate(fresh: Database) -> None:
    reads = read_blobs([Slips()], [GOOD])
    with fresh.transaction() as twin:
        (first,) = file_reads(twin, SYSTEM, reads, NOW)
    with fresh.transaction() as late:
        (second,) = file_reads(late, SYSTEM, reads, LATER)
    assert (second.status, second.documents) == (Status.DUPLICATE, first.documents)


def test_nothing_is_filed_unless_the_whole_transaction_commits(fresh: Database) -> None:
    reads = read_blobs([Slips()], [GOOD])
    with pytest.raises(ZeroDivisionError), fresh.transaction() as failing:
        file_reads(failing, SYSTEM, reads, NOW)
        raise ZeroDivisionError
    with fresh.transaction() as after:
        assert counts(after) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("table", TABLES[:4])
def test_what_was_filed_cannot_be_changed(tx: Tx, table: str) -> None:
    file(tx, GOOD)
    with pytest.raises(Exception, match="append-only"):
        tx.run(f"DELETE FROM {table}")  # noqa: S608 - a name of TABLES


def test_a_buyer_sees_what_is_addressed_to_him_the_youngest_first(tx: Tx) -> None:
    file(tx, slip("F1 S1 B1\nF2 S1 B2"))
    file(tx, slip("F3 S2 B1", source="http:hk_a"), now=LATER)
    found = papers_addressed_to(tx, "B1")
    assert [(one.document.number, source, at) for one, source, at in found] == [
        ("F3", "http:hk_a", LATER),
        ("F1", "folder", NOW),
    ]
    assert papers_addressed_to(tx, "B1", skip=1, limit=1) == found[1:]
    assert papers_addressed_to(tx, "B3") == []


def test_a_file_is_given_only_to_whom_all_of_it_concerns(tx: Tx) -> None:
    own, shared = slip("F1 S1 B1"), slip("F1 S1 B1\nF2 S2 B2")
    file(tx, own, shared)
    assert content_for(tx, own.sha256, "B1") == content_for(tx, own.sha256, "S1") == own.data
    assert content_for(tx, shared.sha256, "B1") is None
    assert content_for(tx, own.sha256, "B2") is None
