"""The demo command: a simulated ecosystem around a real bank, or the sample folder as a story."""

from typing import Annotated

import typer

from heliu.app.demo import folder_story
from heliu.app.options import AsJson
from heliu.app.say import json_document, out, stages

PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Port of the bank; 0 or taken: a free one.")
]
SecondsOption = Annotated[
    float, typer.Option("--seconds", min=0, max=3600, help="The five months take so long at least.")
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("demo")(show_demo)


def show_demo(  # noqa: PLR0913 - each an option of the command line
    *,
    folder: Annotated[
        bool, typer.Option("--folder", help="Finance the sample folder instead.")
    ] = False,
    walk: Annotated[bool, typer.Option("--walk", help="Follow one trade of that folder.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End after the summary.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same story.")] = 1,
    seconds: SecondsOption = 45.0,
    port: PortOption = 8080,
    as_json: AsJson = False,
) -> None:
    """Live through five months of a simulated ecosystem in a minute, then keep the bank open.

    Three core enterprises, sixty suppliers, a rail with faults, frauds and bad payers send real
    formats over HTTP and a drop folder to a bank of the demo's own.
    """
    if folder or walk:
        with stages(quiet=as_json) as shown:
            told = folder_story(shown, walk=walk, as_json=as_json)
        if as_json:
            json_document(told)
        return
    # The web framework takes a second to load: only who serves waits for it.
    from heliu.app.ecosystem.show import Showing, show  # noqa: PLC0415

    alone = once or as_json or not out.is_terminal
    if not show(Showing(seed, seconds, port, as_json=as_json, once=alone)):
        raise typer.Exit(1)
