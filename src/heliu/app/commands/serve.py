"""`heliu serve`: the bank behind HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from heliu.app.bank import open_database
from heliu.app.options import cli_actor
from heliu.app.say import out, plain
from heliu.app.settings import settings
from heliu.credit.products.api import read_programme, release_programmes
from heliu.ground.clock import SystemClock

HostOption = Annotated[str, typer.Option("--host", help="Address to listen on.")]
PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]
InboxOption = Annotated[
    Path | None, typer.Option("--inbox", help="A drop folder (SFTP) whose files are taken in.")
]
RailOption = Annotated[
    Path | None, typer.Option("--rail", help="The folder of the payment rail's direct link.")
]
ProgrammeOption = Annotated[
    list[Path] | None, typer.Option("--programme", help="Programme file (YAML) to release first.")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow-webhook", help="A host in a private network that webhooks may reach."),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("serve")(serve_bank)


def serve_bank(
    *,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8080,
    inbox: InboxOption = None,
    rail: RailOption = None,
    programme: ProgrammeOption = None,
    allow: AllowOption = None,
) -> None:
    """Serve the bank over HTTP: pages for people, the instant acts, documents and webhooks.

    A second process on the same database stands by and takes over when the first one dies.
    """
    # The web framework takes a second to load: only who serves waits for it.
    from heliu.app.serve.front import Web  # noqa: PLC0415
    from heliu.app.serve.loops import Around  # noqa: PLC0415
    from heliu.app.serve.running import running  # noqa: PLC0415
    from heliu.channels.web.api import serve  # noqa: PLC0415
    from heliu.channels.webhooks.api import Ways  # noqa: PLC0415

    clock = SystemClock()
    with open_database() as database:
        if programmes := [read_programme(path) for path in programme or []]:
            with database.transaction() as tx:
                release_programmes(tx, cli_actor(), programmes, clock.now())
        around = Around(inbox, rail, Ways(frozenset(allow or ())))
        place = settings().origin or f"http://localhost:{port}"
        with running(database, clock, around, web=Web(place)) as (_, app):
            out.print(f"Heliu 合流 {plain(place)}  API: /docs", soft_wrap=True)
            serve(app, host, port)
