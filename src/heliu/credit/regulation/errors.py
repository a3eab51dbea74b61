"""Refusals of the regulation desk."""

from datetime import date

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def unverified(rule_id: str, source: Text, article: str | None) -> Refusal:
    """The production profile rests on no rule that nobody has read in the official text."""
    place = f" {article}" if article else ""
    return Refusal(
        "regulation.unverified",
        Text(
            f"规则 {rule_id}（{source.zh}{place}）未经原文核实, 生产模式不得使用",
            f"rule {rule_id} ({source.en}{place}) was not checked against the official text; "
            "the production profile does not use it",
        ),
        Text(
            "核对官方文本后在规则文件中填写 checked, 经复核发布",
            "read it in the official text, say where under `checked` in its rule file, "
            "and release that after review",
        ),
        {"rule": rule_id},
    )


def not_in_force(rule_id: str, on: date) -> Refusal:
    """No rule of that id holds on that date."""
    return Refusal(
        "regulation.not_in_force",
        Text(f"{on} 没有生效的规则 {rule_id}", f"no rule {rule_id} is in force on {on}"),
        Text(
            "用 heliu regulation --on 日期 查看生效的规则; 缺少的规则应先录入",
            "`heliu regulation --on DATE` lists what is in force; record the missing rule first",
        ),
        {"rule": rule_id, "on": on.isoformat()},
    )
