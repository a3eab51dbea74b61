"""Commands on loan products: propose a version, release it as a second person, list, show."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, out, plain, two, word
from heliu.credit.products.api import (
    loan_product_history,
    loan_product_unknown,
    product_page,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.ground.clock import SystemClock

product = typer.Typer(
    help="Loan products: propose a version, have a second person release it.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(help="Product file (YAML).")]


@product.command("propose")
def propose(file: File, *, named: AsOption = None) -> None:
    """Record a product version; it counts once somebody else releases it."""
    proposed, body = read_loan_product(file)
    with open_database() as database, database.transaction() as tx:
        propose_loan_product(tx, acting(named), body, SystemClock().now())
    name = f"{proposed.code} {proposed.version}"
    said = two("由第二人发布", "a second person releases it")
    out.print(f"{said}: heliu loan product release {name}", soft_wrap=True)


@product.command("release")
def release(code: str, version: int, *, named: AsOption = None) -> None:
    """Let a proposed version count from its effective date; never by who proposed it."""
    with open_database() as database, database.transaction() as tx:
        release_loan_product(tx, acting(named), code, version, SystemClock().now())
    out.print(two(f"{code} v{version} 已发布", f"{code} v{version} is released"))


@product.command("list")
def products(*, as_json: AsJson = False) -> None:
    """Every version of every loan product: who proposed it and who released it."""
    with open_database() as database, database.transaction() as tx:
        versions = loan_product_history(tx)
    if as_json:
        json_document(
            [
                {
                    "product": v.product.code,
                    "version": v.product.version,
                    "name": v.product.name.plain(),
                    "effective_from": v.product.effective_from,
                    "sha256": v.sha256,
                    "proposed_by": v.proposed_by,
                    "released_by": v.released_by,
                }
                for v in versions
            ]
        )
        return
    drawn = Table("product", "version", "name", "effective", "released by")
    for v in versions:
        waiting = two("待发布", "waiting")
        drawn.add_row(
            *(v.product.code, str(v.product.version), word(v.product.name)),
            *(str(v.product.effective_from), plain(v.released_by or waiting)),
        )
    out.print(drawn)


@product.command("show")
def show_product(code: str, *, as_json: AsJson = False) -> None:
    """The youngest version of a product: its terms, stages and T-accounts."""
    with open_database() as database, database.transaction() as tx:
        versions = loan_product_history(tx, code)
    if not versions:
        raise loan_product_unknown(code)
    if as_json:
        json_document(versions[-1].product)
    else:
        out.print(product_page(versions[-1].product), markup=False, soft_wrap=True)
