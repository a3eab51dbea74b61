"""`heliu regulation`: the rules in force on a date, their source, and which nobody verified."""

from collections import Counter
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Column, Table

from heliu.app.options import AsJson
from heliu.app.say import json_document, out, plain, two, word
from heliu.app.settings import settings
from heliu.credit.regulation.api import Profile, Rule, Rules, Unit, in_force
from heliu.ground.clock import SystemClock

_DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("regulation")(regulation)


def regulation(
    on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Business date; default: today.")
    ] = None,
    *,
    profile: Annotated[
        Profile | None, typer.Option(help="Profile to show; default: the one of the settings.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The dated rules of law and policy: value, source, and whether the text was checked."""
    day = on.date() if on else SystemClock().today()
    rules = in_force(day, profile or Profile(settings().profile))
    if as_json:
        json_document(
            {
                "on": day,
                "profile": rules.profile.value,
                "rules": [rule.plain() | {"blocked": rules.blocks(rule)} for rule in rules],
            }
        )
        return
    short = [Column(name, no_wrap=True) for name in ("id", "value", "since", "status")]
    drawn = Table(
        *short, Column("source", no_wrap=True, max_width=40), title=f"{day}, {rules.profile.value}"
    )
    for rule in rules:
        source = _short(word(rule.source), rule.article)
        told = (rule.id, _value(rule), str(rule.effective_from))
        drawn.add_row(*told, _status(rules, rule), plain(source))
    out.print(drawn)
    counted = Counter(rule.verified for rule in rules)
    out.print(
        two(f"已核实 {counted[True]} 条, 未核实 {counted[False]} 条; 生产模式拒绝使用未核实的规则",
            f"{counted[True]} verified, {counted[False]} unverified; "
            "whatever reads an unverified one is refused in the production profile"),
        soft_wrap=True,
    )  # fmt: skip


def _short(source: str, article: str | None) -> str:
    # What stands in brackets at the end is what people cite; the rest is in the JSON.
    opened = max(source.rfind("("), source.rfind("（"))
    cited = source[opened + 1 : -1] if opened > 0 and source[-1] in ")）" else source
    return f"{cited}, {article}" if article else cited


def _value(rule: Rule) -> str:
    return str(rule.value) if rule.unit is Unit.WORD else f"{rule.value} {rule.unit.value}"


def _status(rules: Rules, rule: Rule) -> str:
    if rule.verified:
        return two("已核实", "verified")
    if rules.blocks(rule):
        return f"[red]{two('未核实, 禁用', 'unverified, blocked')}[/]"
    return f"[yellow]{two('未核实', 'unverified')}[/]"
