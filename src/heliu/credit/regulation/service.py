"""Use cases of the regulation desk: the rules in force on a date, and all there ever were."""

from datetime import date
from functools import cache
from importlib import resources

from heliu.credit.regulation.domain import Rule, Rules
from heliu.credit.regulation.rule_file import parse, without_overlap
from heliu.decisions.verdicts.api import Profile


def in_force(on: date, profile: Profile) -> Rules:
    """The rules in force on business date `on`, read under `profile`."""
    return Rules(on, profile, {rule.id: rule for rule in catalogue() if rule.holds(on)})


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule of every time, by id and then by date. Raises Fault if the files contradict."""
    files = resources.files("heliu.credit.regulation") / "rules"
    found = [
        rule
        for file in sorted(files.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
        for rule in parse(file.name, file.read_text(encoding="utf-8"))
    ]
    return without_overlap(found)
