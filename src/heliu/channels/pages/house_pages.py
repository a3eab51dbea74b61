"""The pages every area shares: long work, wishes, the manifest, what shows without a network."""

import json
from dataclasses import replace
from typing import Final
from uuid import UUID

from heliu.channels.pages import errors
from heliu.channels.pages.answers import Answer, content, inside, page, see_other
from heliu.channels.pages.people import OF_THE_DESK
from heliu.channels.pages.routing import PUBLIC, Pages
from heliu.channels.pages.visit import Visit
from heliu.channels.pages.wishes import SIZES
from heliu.channels.web.api import Language
from heliu.parties.identity.api import Right, Session, Settings, change_settings

pages: Final = Pages("pages")

_DAY: Final = ("cache-control", "public, max-age=86400")
_ICON: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512"'
    b' fill="#06474F"/><path d="M96 190c80-60 120 60 200 0s80-40 120-20M96 270c80-60 120 60 200 0'
    b's80-40 120-20M96 350c80-60 120 60 200 0s80-40 120-20" fill="none" stroke="#9FE5DC" '
    b'stroke-width="34" stroke-linecap="round"/></svg>'
)
_LANGUAGES: Final = {"en": Language.EN, "zh": Language.ZH, Language.ZH.value: Language.ZH}
_SHELL_OF: Final = {
    "std": "pages/mobile.html",
    "care": "pages/care.html",
    "desk": "pages/desk.html",
}
_ICON_ENTRY: Final = {
    "src": "/icon.svg",
    "sizes": "any",
    "type": "image/svg+xml",
    "purpose": "any maskable",
}
_MANIFEST: Final = {
    "name": "合流银行",
    "short_name": "合流",
    "start_url": "/m",
    "display": "standalone",
    "background_color": "#F3F6F5",
    "theme_color": "#06474F",
    "lang": "zh-CN",
    "icons": [_ICON_ENTRY],
}


@pages.get("/jobs/{id}", Right.SELF)
def job(visit: Visit, id: UUID) -> Answer:
    """Long work of the visitor's own: its step and how far it is, or its end."""
    found = visit.house.jobs.find(id, visit.person.id)
    if found is None:
        raise errors.unknown()
    area = "desk" if visit.here.membership and visit.role in OF_THE_DESK else visit.edition
    return page("pages/job.html", job=found, shell=_SHELL_OF[area])


@pages.get("/live", Right.SELF)
def live(visit: Visit) -> Answer:
    """Server-sent events; the application streams them before a handler is asked."""
    del visit
    raise errors.unknown()


@pages.get("/offline", PUBLIC)
def offline(visit: Visit) -> Answer:
    """What shows when there is no network and nothing was seen before."""
    del visit
    return page("pages/offline.html")


@pages.post("/me/preferences", PUBLIC)
def preferences(visit: Visit) -> Answer:
    """Language, edition, theme or size of type, as chosen; back to where the chooser was."""
    form, known = visit.form, visit.wishes
    if form.shown("language") in _LANGUAGES:
        known = replace(known, language=_LANGUAGES[form.shown("language")])
    if form.shown("edition") in {"std", "care"}:
        known = replace(known, edition=form.shown("edition"))
    if form.shown("theme") in {"light", "dark", "auto"}:
        known = replace(known, theme=form.shown("theme").replace("auto", ""))
    if (size := form.shown("size")).isdigit() and int(size) < SIZES:
        known = replace(known, size=int(size))
    visit.wishes = known
    if visit.session is not None:
        _remember(visit, visit.session)
    if form.given.get("edition"):
        return see_other("/care" if known.edition == "care" else "/m")
    return see_other(inside(form.shown("back")) or "/")


def _remember(visit: Visit, session: Session) -> None:
    """Whoever is known is served alike on his next device."""
    wanted = visit.wishes
    settings = Settings(
        "en" if wanted.language is Language.EN else "zh",
        "care" if wanted.edition == "care" else "std",
        "light" if wanted.theme == "light" else "dark" if wanted.theme else "auto",
        wanted.size,
    )
    with visit.transaction() as tx:
        change_settings(tx, session, settings)


@pages.get("/manifest.webmanifest", PUBLIC)
def manifest(visit: Visit) -> Answer:
    """The manifest of the installed mobile bank."""
    del visit
    body = json.dumps(_MANIFEST, ensure_ascii=False).encode()
    return content("application/manifest+json", body, _DAY)


@pages.get("/icon.svg", PUBLIC)
def icon(visit: Visit) -> Answer:
    """The house's mark: three flows."""
    del visit
    return content("image/svg+xml", _ICON, _DAY)


@pages.get("/favicon.ico", PUBLIC)
def favicon(visit: Visit) -> Answer:
    """The same mark, where browsers look for it unasked."""
    return icon(visit)
