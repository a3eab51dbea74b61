"""The texts of templates: Chinese stands in the template, English in the desk's `i18n/en.po`.

python -m heliu.channels.pages.catalogues update mobile    adds what is missing, drops what went
"""

import sys
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import NullTranslations, Translations

from heliu.channels.web.api import Language

_METHODS: Final = [("**.html", "jinja2.ext:babel_extract"), ("**.js", "javascript")]
_OPTIONS: Final = {
    "**.html": {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "extensions": "jinja2.ext.do",
        "silent": "false",
    }
}


def folder(desk: str) -> Path:
    """The folder of the desk's package."""
    return Path(str(files(f"heliu.channels.{desk}")))


def catalogue(desk: str) -> Catalog:
    """The desk's English texts as they stand; empty if it has none yet."""
    path = folder(desk) / "i18n" / "en.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def extracted(desk: str) -> Catalog:
    """Every text of the desk's templates, without its translation."""
    found = Catalog(locale="en", project="heliu", fuzzy=False)
    root = folder(desk) / "templates"
    for name, line, text, comments, context in extract_from_dir(root, _METHODS, _OPTIONS):
        del line, comments  # they move with every edit of a template
        found.add(text, locations=[(name, 0)], context=context)
    return found


def translations(desks: list[str], language: Language) -> NullTranslations:
    """What `_` says in one language over the texts of all `desks`."""
    if language is Language.ZH:
        return NullTranslations()
    merged = Catalog(locale="en")
    for desk in desks:
        for message in catalogue(desk):
            if message.id and message.string:
                merged.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def update(desk: str) -> int:
    """Write the desk's catalogue anew with what its templates say; returns how many are empty."""
    known, wanted = catalogue(desk), extracted(desk)
    for message in wanted:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    path = folder(desk) / "i18n" / "en.po"
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, wanted, width=100, sort_output=True, omit_header=True, include_lineno=False)
    return sum(1 for message in wanted if message.id and not message.string)


if __name__ == "__main__":
    for desk_name in sys.argv[2:]:
        sys.stdout.write(f"{desk_name}: {update(desk_name)} without English\n")
