"""Commands of proof: prove, verify, replay."""

from typing import Annotated
from uuid import UUID

import typer

from heliu.app.bank import open_database
from heliu.app.laws import examine_laws
from heliu.app.options import AsJson
from heliu.app.say import err, json_document, out, plain, two, word
from heliu.books.evidence.api import prove_consistency, prove_inclusion, root
from heliu.decisions.verdicts.api import replay
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

Id = Annotated[str, typer.Argument(help="A document, verdict, loan or payment id, or leaf number.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("prove")(prove)
    app.command("verify")(verify)
    app.command("replay")(replay_verdict)


def prove(
    of: Id,
    *,
    kind: Annotated[str | None, typer.Option(help="document, verdict, loan or payment.")] = None,
    size: Annotated[int | None, typer.Option(help="Prove against the log at this size.")] = None,
    since: Annotated[
        int | None, typer.Option(help="Also prove that the log only grew since this size.")
    ] = None,
) -> None:
    """Print an RFC 9162 inclusion proof as JSON; `verify_proof.py` checks it without Heliu."""
    with open_database() as database, database.transaction() as tx:
        proof = prove_inclusion(tx, _subject(of), kind=kind, size=size)
        if since is None:
            json_document(proof.to_json())
            return
        consistency = prove_consistency(tx, since, size)
        json_document({"inclusion": proof.to_json(), "consistency": consistency.to_json()})


def verify(*, as_json: AsJson = False) -> None:
    """Prove every law on the live database; names what is broken, and exits 1 if anything is."""
    with open_database() as database, database.transaction() as tx:
        tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        laws = examine_laws(tx)
        size, digest = root(tx)
    broken = sum(len(law.broken) for law in laws)
    if as_json:
        json_document(
            {
                "well": not broken,
                "laws": [{"law": law.code, "broken": law.broken} for law in laws],
                "evidence": {"size": size, "root": digest.hex()},
            }
        )
        raise typer.Exit(int(broken > 0))
    for law in laws:
        mark = "[red]✗[/]" if law.broken else "[green]✓[/]"
        out.print(f"{mark} {word(law.name)}")
        for line in law.broken:
            out.print(f"    [red]{plain(line)}[/]")
    out.print(
        f"[dim]{two('证据', 'evidence')}: {size} {two('叶', 'leaves')}, root {digest.hex()}[/]"
    )
    raise typer.Exit(int(broken > 0))


def replay_verdict(
    verdicts: Annotated[list[str], typer.Argument(help="Verdict ids.")], *, as_json: AsJson = False
) -> None:
    """Decide again from the stored inputs and release; exit 1 unless identical bit for bit."""
    ids = [_uuid(verdict) for verdict in verdicts]
    with open_database() as database, database.transaction() as tx:
        replays = replay(tx, ids)
    for one in replays:
        if as_json:
            json_document(
                {
                    "verdict": one.verdict_id,
                    "identical": one.identical,
                    "outcome": one.stored.decode(),
                    "recomputed": one.recomputed.decode(),
                    "differences": one.differences,
                }
            )
        elif one.identical:
            out.print(f"[green]✓[/] {one.verdict_id} {two('逐位一致', 'identical bit for bit')}")
            out.print(plain(one.stored.decode()), soft_wrap=True)
        else:
            err.print(f"[red]✗[/] {one.verdict_id} {plain(', '.join(one.differences))}")
    raise typer.Exit(int(not all(one.identical for one in replays)))


def _subject(text: str) -> UUID | int:
    return int(text) if text.isdigit() else _uuid(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal(
            "proof.not_an_id",
            Text(f"{text} 不是编号", f"{text} is not an id"),
            Text(
                "使用 finance --json 输出中的编号", "use an id as printed by `heliu finance --json`"
            ),
        ) from None
