"""Templates rendered: one environment a language, everything escaped, figures as people write them.

One environment for each language, made once: a template is compiled once, not for every visit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

from heliu.channels.pages import assets, catalogues
from heliu.channels.web.api import Language, said
from heliu.ground.text import Text

MINUS: Final = "\N{MINUS SIGN}"
_LOCALES: Final = {Language.ZH: "zh_CN", Language.EN: "en"}
_FEN: Final = 100


def amount(fen: int) -> str:
    """Fen as yuan, in groups of three: `28,640.52`; below zero with a true minus."""
    yuan, cents = divmod(abs(fen), _FEN)
    return f"{MINUS if fen < 0 else ''}{yuan:,}.{cents:02d}"


def yuan(fen: int) -> str:
    """Fen with the sign of the currency: `¥28,640.52`."""
    return f"{MINUS if fen < 0 else ''}¥{amount(abs(fen))}"


def percent(rate: Decimal, digits: int = 2) -> str:
    """A rate as a percentage: Decimal('0.0435') is `4.35%`."""
    place = Decimal(1).scaleb(-digits)
    return f"{(rate * _FEN).quantize(place, ROUND_HALF_EVEN)}%".replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders the templates of `desks`, in either language."""

    environments: Mapping[Language, Environment]

    @classmethod
    def of(cls, desks: Sequence[str]) -> "Renderer":
        """The renderer of these desks' templates, each under its desk's name."""
        names = ["pages", *(desk for desk in desks if desk != "pages")]
        return cls({language: _environment(names, language) for language in Language})

    def render(self, template: str, language: Language, model: Mapping[str, Any]) -> bytes:
        """The page as bytes."""
        return self.environments[language].get_template(template).render(model).encode()


def _environment(desks: list[str], language: Language) -> Environment:
    loaders = {desk: PackageLoader(f"heliu.channels.{desk}") for desk in desks}
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    texts = catalogues.translations(desks, language)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals |= _figures(language)
    return environment


def _figures(language: Language) -> dict[str, Any]:
    locale = _LOCALES[language]

    def say(text: Text) -> str:
        return said(text, language)

    def day(on: date, form: str = "medium") -> str:
        """A date: 2026年3月31日 / Mar 31, 2026."""
        return format_date(on, form, locale=locale)

    def moment(at: datetime) -> str:
        """An instant to the minute, in the zone it is given in."""
        return f"{day(at.date())} {at:%H:%M}"

    return {
        "say": say,
        "day": day,
        "moment": moment,
        "amount": amount,
        "yuan": yuan,
        "percent": percent,
        "url": assets.url,
        "lang": language.value,
    }
