"""What a command's digest covers: all it says, and the same for ever."""

import hashlib
from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

import msgspec

from heliu.credit.engine.api import EventKind
from heliu.credit.lending.api import Act
from heliu.credit.lending.encoding import digest
from heliu.ground.money import Money

ACT = Act(UUID(int=1), UUID(int=2), EventKind.REPAY, date(2026, 1, 5), Money(100))


def test_an_act_that_names_no_lots_keeps_the_digest_of_acts_that_could_name_none() -> None:
    before = {name: value for name, value in asdict(ACT).items() if name != "lots"}
    text = msgspec.json.encode(before, order="sorted")
    assert digest(ACT) == hashlib.sha256(text).digest()


def test_lots_that_are_named_count() -> None:
    named = replace(ACT, lots=(UUID(int=3),))
    assert len({digest(ACT), digest(named), digest(replace(named, lots=(UUID(int=4),)))}) == 3
