"""The folder link and the simulated rail behind it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from heliu.ground.clock import FixedClock
from heliu.ground.errors import Outage, Refusal
from heliu.ground.money import Money
from heliu.payments.rails.api import (
    Faults,
    FileRail,
    Incoming,
    Instruction,
    Outgoing,
    Pace,
    PartyOnRail,
    Profile,
    Simulator,
    Verdict,
    read_answers,
    read_faults,
    write_instruction,
    write_query,
)

AT = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)
PACE = Pace(timedelta(seconds=1), timedelta(seconds=100))
V = Verdict


def instruction(name: str) -> Instruction:
    parties = PartyOnRail("Debtor", "1"), PartyOnRail("Creditor", "2")
    return Instruction(f"HM{name}", f"HE{name}", Money(500), date(2026, 7, 20), *parties, "x")


def message(name: str) -> Outgoing:
    return Outgoing(f"HM{name}", write_instruction(instruction(name), Profile(), AT))


def question(name: str) -> Outgoing:
    return Outgoing(f"HQ{name}", write_query(f"HQ{name}", instruction(name), Profile(), AT))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


def heard(rail: FileRail) -> list[tuple[str, Verdict | None]]:
    came = rail.receive(100)
    rail.acknowledge(came)
    return [(a.reference, a.verdict) for m in came for a in read_answers(m.body)]


def played(
    folder: Path, clock: FixedClock, faults: Faults, *messages: Outgoing, seconds: int = 200
) -> tuple[Simulator, list[tuple[str, Verdict | None]]]:
    rail = FileRail(folder)
    simulator = Simulator(folder, clock, faults=faults, pace=PACE)
    rail.send(messages)
    for _ in range(seconds // 20):
        simulator.step()
        clock.advance(timedelta(seconds=20))
    simulator.step()
    return simulator, heard(rail)


def test_a_message_is_seen_whole_and_stays_until_it_is_acknowledged(tmp_path: Path) -> None:
    rail = FileRail(tmp_path)
    rail.send([message("1")])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["HM1.xml"]
    (tmp_path / "in" / "b.xml").write_bytes(b"second")
    (tmp_path / "in" / "a.xml").write_bytes(b"first")
    (tmp_path / "in" / ".half.tmp").write_bytes(b"not whole")
    (tmp_path / "in" / "link.xml").symlink_to(tmp_path / "in" / "a.xml")
    (tmp_path / "in" / "folder.xml").mkdir()
    came = rail.receive(10)
    assert came == [Incoming("a.xml", b"first"), Incoming("b.xml", b"second")]
    assert rail.receive(1) == came[:1]
    rail.acknowledge(came)
    rail.acknowledge(came)
    assert rail.receive(10) == []
    assert (tmp_path / "done" / "a.xml").read_bytes() == b"first"


def test_a_folder_that_cannot_be_used_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Outage):
        FileRail(tmp_path / "file")
    rail = FileRail(tmp_path)
    (tmp_path / "in").rmdir()
    (tmp_path / "done").rmdir()
    with pytest.raises(Outage):
        rail.receive(1)
    with pytest.raises(Outage):
        rail.send([Outgoing("no/such", b"")])


def test_a_sound_rail_accepts_settles_and_notifies(tmp_path: Path, clock: FixedClock) -> None:
    simulator, said = played(tmp_path, clock, Faults(), message("1"))
    assert said == [("HE1", V.ACCEPTED), ("HE1", V.SETTLED), ("HE1", V.SETTLED)]
    assert simulator.paid("HE1") == [Money(500)]


def test_the_same_message_twice_is_paid_once_even_by_a_restarted_rail(
    tmp_path: Path, clock: FixedClock
) -> None:
    played(tmp_path, clock, Faults(), message("1"))
    simulator, said = played(tmp_path, clock, Faults(), message("1"))
    assert simulator.paid("HE1") == [Money(500)]
    assert said == [("HE1", V.SETTLED), ("HE1", V.SETTLED)]


def test_a_payment_sent_as_another_message_would_be_paid_again(
    tmp_path: Path, clock: FixedClock
) -> None:
    again = Outgoing("HM9", message("1").body.replace(b"HM1", b"HM9"))
    simulator, _ = played(tmp_path, clock, Faults(), message("1"), again)
    assert simulator.paid("HE1") == [Money(500), Money(500)]


def test_a_question_is_answered_with_what_the_rail_knows(tmp_path: Path, clock: FixedClock) -> None:
    _, said = played(tmp_path, clock, Faults(), question("1"))
    assert said == [("HE1", V.NOT_RECEIVED)]
    played(tmp_path, clock, Faults(reject=1), message("1"))
    _, said = played(tmp_path, clock, Faults(), question("1"))
    assert said == [("HE1", V.REJECTED)]


@pytest.mark.parametrize(
    ("faults", "paid", "said"),
    [
        (Faults(lose_instruction=1), 0, []),
        (Faults(lose_answer=1), 1, []),
        (Faults(reject=1), 0, [V.REJECTED]),
        (Faults(silent=1), 0, []),
        (Faults(delay=1), 1, [V.ACCEPTED, V.SETTLED, V.SETTLED]),
        (Faults(give_back=1), 1, [V.ACCEPTED, V.SETTLED, V.SETTLED, V.RETURNED]),
    ],
)
def test_each_fault_does_what_it_is_called(
    tmp_path: Path, clock: FixedClock, faults: Faults, paid: int, said: list[Verdict]
) -> None:
    simulator, heard_ = played(tmp_path, clock, faults, message("1"))
    assert len(simulator.paid("HE1")) == paid
    assert [verdict for _, verdict in heard_] == said


def test_answers_come_twice_or_late_or_with_a_wrong_amount(
    tmp_path: Path, clock: FixedClock
) -> None:
    faults = Faults(duplicate=1, late=1, wrong_amount=1)
    simulator, said = played(tmp_path, clock, faults, message("1"))
    assert len(said) == 6
    assert simulator.paid("HE1") == [Money(500)]
    done = [path.read_bytes() for path in (tmp_path / "done").iterdir()]
    assert any(b"5.01" in body for body in done)


def test_garbage_in_the_out_folder_stops_no_rail(tmp_path: Path, clock: FixedClock) -> None:
    bad = message("2").body.replace(b">5.00<", b">five<")
    garbage = Outgoing("G", b"garbage"), Outgoing("B", bad), Outgoing("O", b"<Document/>")
    simulator, said = played(tmp_path, clock, Faults(), *garbage, message("1"))
    assert [reference for reference, _ in said] == ["HE1"] * 3
    assert list(simulator.entries) == ["HM1"]


def test_the_same_seed_gives_the_same_rail(tmp_path: Path) -> None:
    faults = Faults(reject=0.5, lose_answer=0.3)
    messages = [message(str(n)) for n in range(20)]
    runs = [
        played(tmp_path / name, FixedClock(AT), faults, *messages)[1] for name in ("one", "two")
    ]
    assert runs[0] == runs[1]


def test_faults_are_read_from_words() -> None:
    assert read_faults(["lose-answer=0.5", "reject=1"]) == Faults(lose_answer=0.5, reject=1)


@pytest.mark.parametrize("word", ["reject", "reject=2", "reject=x", "nonsense=0.5", "reject=nan"])
def test_a_word_that_is_no_fault_is_refused(word: str) -> None:
    with pytest.raises(Refusal, match=r"rail\.fault_unknown"):
        read_faults([word])
