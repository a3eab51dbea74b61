"""The folder's story: the samples financed and told, then every claim of the books proven."""

import json
import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from rich.panel import Panel

from heliu.app.bank import Bank, open_bank
from heliu.app.finance.report import report
from heliu.app.finance.run import Progress, documents_of_outcomes, finance
from heliu.app.finance.story import tell
from heliu.app.finance.walk import choose, tell_walk
from heliu.app.laws import examine_laws
from heliu.app.say import out, plain, two, word
from heliu.books.evidence.api import prove_inclusion
from heliu.credit.products.api import read_programme
from heliu.decisions.verdicts.api import replay

VERIFIER = files("heliu") / "books" / "evidence" / "verify_proof.py"
SAMPLES = Path(str(files("heliu") / "samples" / "trade"))


def folder_story(shown: Progress, *, walk: bool, as_json: bool) -> dict[str, Any]:
    """Finance the samples up to their last day; tell the story, or one trade of it."""
    on = date.fromisoformat(json.loads((SAMPLES / "stories.json").read_bytes())["last_day"])
    programmes = [read_programme(path) for path in sorted((SAMPLES / "programmes").glob("*.yaml"))]
    with open_bank() as bank:
        if not (as_json or walk):
            _introduce(on)
        run = finance(bank, [SAMPLES / "documents"], programmes, on, shown)
        documents = documents_of_outcomes(bank.database, run.outcomes)
        with bank.database.transaction() as tx:
            told = report(tx, run, documents, programmes, on)
        if walk:
            tell_walk(bank, told, choose(told))
        elif not as_json:
            tell(told)
            _prove(bank, told)
    return told


def _introduce(on: date) -> None:
    zh = (
        "三家核心企业、约二十家供应商、三百多份真实格式的单据（企业与数字均为虚构）。"
        f"每份单据在它自己的业务日到来，一直走到 {on}。"
    )
    en = (
        "Three core enterprises, some twenty suppliers, more than three hundred documents in real "
        f"formats (all invented). Each comes on its own business day, up to {on}."
    )
    out.print(Panel(two(zh, en), title="Heliu 合流", expand=False))


def _prove(bank: Bank, told: dict[str, Any]) -> None:
    out.rule(two("五、账与证", "5. The books, proven"))
    verdicts = [r["decision"]["verdict"] for r in told["receivables"] if "verdict" in r["decision"]]
    with bank.database.transaction() as tx:
        for law in examine_laws(tx):
            mark = "[red]✗[/]" if law.broken else "[green]✓[/]"
            out.print(f"{mark} {word(law.name)} {plain(' '.join(law.broken))}")
        replays = replay(tx, verdicts)
        proof = json.dumps(prove_inclusion(tx, verdicts[0]).to_json())
    same = sum(one.identical for one in replays)
    mark = "[green]✓[/]" if same == len(replays) else "[red]✗[/]"
    said = two("个裁决逐位重放一致", "verdicts replayed bit for bit")
    out.print(f"{mark} {same}/{len(replays)} {said}")
    # A program that imports nothing of Heliu checks the proof.
    checked = subprocess.run(  # noqa: S603 - our own file, no shell
        [sys.executable, "-I", str(VERIFIER)],
        input=proof,
        text=True,
        capture_output=True,
        check=False,
    )
    mark = "[red]✗[/]" if checked.returncode else "[green]✓[/]"
    said = two("独立验证程序接受包含证明", "the independent verifier accepts the inclusion proof")
    out.print(f"{mark} {said}: {plain(checked.stdout.strip() or checked.stderr.strip())}")
    hints = two(
        "接下来: `heliu demo --walk` 看一笔交易的全程; `heliu finance 目录` 处理你自己的单据",
        "Next: `heliu demo --walk` follows one trade; `heliu finance DIR` takes your own documents",
    )
    out.print(f"\n[dim]{hints}[/]")
