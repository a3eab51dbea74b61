"""The form over a programme's file: nothing is lost by it, and each mistake is beside its field."""

from dataclasses import replace
from decimal import Decimal

import pytest

from heliu.app.samples.programme import programmes
from heliu.channels.console.programme_form import REST, as_file, laid_out, typed
from heliu.channels.pages.api import Form
from heliu.credit.products.api import Programme, parse_programme

CURRENT: Programme = parse_programme(
    programmes()["beiling-steel.yaml"].decode(), "beiling-steel.yaml"
)


def filled(**changes: str) -> Form:
    shown = laid_out(as_file(CURRENT)) | {k.replace("__", "-"): v for k, v in changes.items()}
    return Form({name: [value] for name, value in shown.items() if value})


def test_a_form_sent_back_as_it_was_shown_is_the_same_programme() -> None:
    form = filled()
    assert typed(form, CURRENT, CURRENT.version) == CURRENT
    assert form.errors == {}


def test_what_is_typed_becomes_the_next_version() -> None:
    new = typed(filled(product__annual_rate="0.0610"), CURRENT, CURRENT.version + 1)
    assert new is not None
    assert (new.version, new.product.annual_rate) == (CURRENT.version + 1, Decimal("0.0610"))
    same = replace(new, version=CURRENT.version, product=CURRENT.product)
    assert same == CURRENT


@pytest.mark.parametrize(
    ("field", "typed_in", "beside"),
    [
        ("advance_rate", "1.7", "advance_rate"),
        ("advance_rate", "-0.1", "advance_rate"),
        ("advance_rate", "plenty", "advance_rate"),
        ("advance_rate", "", "advance_rate"),
        ("product__max_tenor_days", "soon", "product-max_tenor_days"),
        ("product__max_tenor_days", "0", "product-max_tenor_days"),
        ("effective_from", "2026-13-01", "effective_from"),
        ("limits__programme", "0", "limits-programme"),
        ("limits__supplier", "NaN", "limits-supplier"),
        ("product__kind", "gift", "product-kind"),
        (REST, "name: [", REST),
        (REST, "- a list", REST),
        (REST, "name: {zh: a, en: b}", REST),
        (REST, "!!python/object/apply:os.system [x]", REST),
    ],
)
def test_a_mistake_is_told_beside_its_field_in_both_languages(
    field: str, typed_in: str, beside: str
) -> None:
    form = filled(**{field: typed_in})
    assert typed(form, CURRENT, CURRENT.version + 1) is None
    assert beside in form.errors
    assert form.errors[beside].zh
    assert form.errors[beside].en


def test_nobody_is_a_supplier_with_a_code_that_does_not_check() -> None:
    shown = laid_out(as_file(CURRENT))
    wrong = shown[REST].replace(CURRENT.suppliers[0].uscc, "91350200MA00TRD1X0")
    form = filled(**{REST: wrong})
    assert typed(form, CURRENT, CURRENT.version + 1) is None
    assert REST in form.errors
