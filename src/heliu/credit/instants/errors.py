"""Refusals of the instants desk. Those in `PASSING` may be cured by time and are not kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from heliu.decisions.verdicts.api import Verdict
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

# An answer of these kinds is not bound to its key: what is not there yet may come.
PASSING: Final = frozenset(
    {"act.unknown_subject", "act.not_yours", "idempotency.other_body", "programme.not_in_force"}
)
_NOUNS: Final = {
    "receivable": Text("应收账款", "receivable"),
    "credit_decision": Text("授信决定", "credit decision"),
    "drawdown": Text("放款", "drawdown"),
}


def unknown_subject(noun: str, subject: UUID) -> Refusal:
    """There is no such receivable, credit decision or drawdown."""
    named = _NOUNS[noun]
    return Refusal(
        "act.unknown_subject",
        Text(f"没有此{named.zh}", f"there is no such {named.en}"),
        Text(
            "核对编号；单据核验完成后才有应收账款",
            "check the id; a receivable exists once its documents were verified",
        ),
        {noun: str(subject)},
    )


def not_yours(noun: str, subject: UUID) -> Refusal:
    """It belongs to another party."""
    named = _NOUNS[noun]
    return Refusal(
        "act.not_yours",
        Text(f"该{named.zh}属于其他企业", f"this {named.en} belongs to another party"),
        Text("用该企业自己的接入密钥", "use the connection of the party it belongs to"),
        {noun: str(subject)},
    )


def other_body(key: UUID) -> Refusal:
    """The idempotency key was used for another request."""
    return Refusal(
        "idempotency.other_body",
        Text("该幂等键已用于不同的请求", "this idempotency key was used for another request"),
        Text("新的请求用新的幂等键", "use a new key for a new request"),
        {"act": str(key)},
    )


def programme_not_in_force(code: str) -> Refusal:
    """No released version of the programme counts on this business day."""
    return Refusal(
        "programme.not_in_force",
        Text(f"方案 {code} 当前未生效", f"programme {code} is not in force today"),
        Text("等待新版本发布并生效", "wait until a version is released and takes effect"),
        {"programme": code},
    )


def amount_invalid(available: Money) -> Refusal:
    """The amount asked for is not money, nothing, or more than there is."""
    return Refusal(
        "act.amount_invalid",
        Text(
            f"金额必须大于零、不超过 {available} 且不细于最小货币单位",
            f"the amount must be above zero, at most {available}, and no finer than its minor unit",
        ),
        Text("改正金额，或不填以取全部", "correct it, or leave it out to take all there is"),
        {"available": available.minor, "currency": available.currency},
    )


def already_financed(receivable: UUID, loan: UUID) -> Refusal:
    """One receivable is financed once."""
    return Refusal(
        "receivable.already_financed",
        Text("该应收账款已经融资", "this receivable is financed already"),
        Text("查询已有放款；一笔应收只融资一次", "read its drawdown; it is financed once"),
        {"receivable": str(receivable), "drawdown": str(loan)},
    )


def decision_refused(verdict: Verdict, findings: Sequence[Mapping[str, Any]]) -> Refusal:
    """The verdict says no; its first reason speaks, all of them and what was found are named."""
    first = verdict.reasons[0]
    return Refusal(
        "decision.refused",
        first.text,
        first.cure,
        {
            "verdict": str(verdict.id),
            "score": verdict.score,
            "grade": verdict.grade,
            "reasons": [
                {
                    "code": reason.code,
                    "text": reason.text.plain(),
                    "cure": reason.cure.plain(),
                }
                for reason in verdict.reasons
            ],
            "findings": list(findings),
        },
    )


def decision_spent(decision: UUID, why: str, until: datetime | None) -> Refusal:
    """A drawdown rests on a credit decision that no longer (or never) holds anything."""
    reasons = {
        "refused": Text("该授信决定为拒绝", "this credit decision was a refusal"),
        "expired": Text("该授信决定已过期", "this credit decision has expired"),
        "drawn": Text("该授信决定已用完", "this credit decision was drawn already"),
    }
    facts: dict[str, object] = {"credit_decision": str(decision)}
    return Refusal(
        f"credit_decision.{why}",
        reasons[why],
        Text("重新申请授信", "ask for a new credit decision"),
        facts | ({"expired_at": until.isoformat()} if until else {}),
    )
