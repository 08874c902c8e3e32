"""GET /chat/faq…: the knowledge to read, by category, for people and search engines."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.answer_html import render_answer, to_summary
from bot.appkeys import CLOCK, LIBRARY, PUBLIC_URL, TALK, ZONE
from bot.assets import render, templates
from bot.channels.webchat.pages import ASSETS
from bot.channels.webchat.protocol import CHANNEL
from bot.clock import from_ms
from bot.errors import NotFound
from bot.web import choose_lang
from faq.announcement import Announcement, find_concerning
from faq.entry import Entry
from faq.knowledge import Knowledge

#: Questions on one page of a category; the rest stand on the following pages.
PAGE: Final = 100
#: Questions of a category on the overview.
FIRST: Final = 5
LANGS: Final = ("ja", "en")
#: Longer numbers of pages are none: endless ones cannot even be read.
_PAGE_DIGITS: Final = 6
#: Characters of an answer that a search engine shows below the question.
_SUMMARY: Final = 150
_PAGES: Final = templates("bot")
#: Pages at hand, those asked for last; a large one takes 100 KB.
_MOST_KEPT: Final = 200
KEPT = web.AppKey("faq_pages", OrderedDict[tuple[object, ...], tuple[bytes, str]])
_CACHE: Final = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}


def add_faq_routes(app: web.Application) -> None:
    """Open the pages in an application that has the keys of bot.appkeys and the chat's assets."""
    app[KEPT] = OrderedDict()
    app.router.add_get("/chat/faq", kept(get_overview))
    app.router.add_get("/chat/faq/sitemap.xml", kept(get_sitemap))
    app.router.add_get("/chat/faq/c/{category:.{1,300}}", kept(get_category))
    app.router.add_get("/chat/faq/{id:[a-z0-9-]{1,64}}", kept(get_entry))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One request's view of the knowledge."""

    request: web.Request
    knowledge: Knowledge
    lang: str
    today: date
    #: what is announced on the web at this time
    announcements: tuple[Announcement, ...] = ()

    def shows(self, entry: Entry) -> bool:
        """Whether this entry is served here and written in the reader's language."""
        served = self.knowledge.served(entry, CHANNEL, self.today)
        return served and self.lang in entry.languages()

    def answer(self, entry: Entry) -> str:
        """What an entry says now: what is announced of it first, and alone while it is paused."""
        among = [
            each
            for each in find_concerning(entry, self.announcements)
            if each.topics or entry.id in each.pause
        ]
        head = "お知らせ" if self.lang == "ja" else "Please note"
        told = [f"**{head}**\n{each.text_in(self.lang)}" for each in among]
        if any(entry.id in each.pause for each in among):
            return "\n\n".join(told)
        return "\n\n".join((*told, entry.answer_in(self.lang)))

    def by_category(self) -> dict[str, list[Entry]]:
        """The entries under the categories' names, in the order of the files."""
        found: dict[str, list[Entry]] = {}
        for entry in self.knowledge.order:
            if self.shows(entry):
                found.setdefault(entry.category_in(self.lang), []).append(entry)
        return found

    def url(self, path: str, lang: str = "") -> str:
        """The one address of a page in a language, whole where our own address is known."""
        base = self.request.app.get(PUBLIC_URL, "")
        return f"{base}{path}?{urlencode({'lang': lang or self.lang})}"

    def page(self, template: str, path: str, **values: Any) -> web.Response:
        """The page with what every page has."""
        request = self.request
        shelf = request.app[ASSETS]
        names = request.app[TALK].account_name
        return render(
            _PAGES,
            template,
            lang=self.lang,
            ja=self.lang == "ja",
            account=names.get(self.lang) or next(iter(names.values()), "FAQ"),
            canonical=self.url(path),
            languages={lang: self.url(path, lang) for lang in LANGS},
            sheets=[shelf.url(name) for name in ("tokens.css", "theme.css", "chat/faq.css")],
            icon=shelf.url("icon.svg"),
            href=lambda path: f"{path}?lang={self.lang}",
            category_path=category_path,
            **values,
        )


def category_path(name: str) -> str:
    """The path of a category's page."""
    return f"/chat/faq/c/{quote(name, safe='')}"


def _read(request: web.Request) -> Reading:
    app = request.app
    lang = request.query.get("lang", "")
    if lang not in LANGS:
        lang = choose_lang(request, app[TALK].default_lang)
    now, knowledge = from_ms(app[CLOCK](), app[ZONE]), app[LIBRARY].current
    return Reading(
        request=request,
        knowledge=knowledge,
        lang=lang,
        today=now.date(),
        announcements=knowledge.announcements_on(channel=CHANNEL, now=now),
    )


def kept(make: Callable[[Reading], web.Response]) -> Callable[..., Awaitable[web.Response]]:
    """Made once for each version, language and day: pages are many times dearer than a look-up."""

    async def handler(request: web.Request) -> web.Response:
        reading = _read(request)
        pages = request.app[KEPT]
        page = request.query.get("page", "1")[:_PAGE_DIGITS]
        key = (
            reading.knowledge.version,
            tuple(each.id for each in reading.announcements),
            reading.lang,
            reading.today,
            request.path,
            page,
        )
        body = pages.get(key)
        if body is None:
            made = make(reading)
            pages[key] = body = ((made.text or "").encode(), made.content_type)
            if len(pages) > _MOST_KEPT:
                pages.popitem(last=False)
        else:
            pages.move_to_end(key)
        content, kind = body
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=_CACHE)

    return handler


def get_overview(reading: Reading) -> web.Response:
    """Every category with its first questions."""
    categories = [
        (name, entries[:FIRST], len(entries)) for name, entries in reading.by_category().items()
    ]
    return reading.page("faq.html", "/chat/faq", categories=categories)


def get_category(reading: Reading) -> web.Response:
    """The questions and answers of one category."""
    request = reading.request
    name = request.match_info["category"]
    entries = reading.by_category().get(name)
    if not entries:
        raise NotFound
    number = request.query.get("page", "1")
    last = -(-len(entries) // PAGE)
    plain = number.isascii() and number.isdigit() and len(number) <= _PAGE_DIGITS
    if not plain or not 1 <= int(number) <= last:
        raise NotFound
    start = (int(number) - 1) * PAGE
    return reading.page(
        "faq_category.html",
        category_path(name),
        category=name,
        entries=[
            (entry, render_answer(reading.answer(entry)))
            for entry in entries[start : start + PAGE]
        ],
        number=int(number),
        last=last,
    )


def get_entry(reading: Reading) -> web.Response:
    """One question with its answer."""
    entry = reading.knowledge.find(reading.request.match_info["id"])
    if entry is None or not reading.shows(entry):
        raise NotFound
    following = (reading.knowledge.find(entry_id) for entry_id in entry.next_ids)
    answer = reading.answer(entry)
    return reading.page(
        "faq_entry.html",
        f"/chat/faq/{entry.id}",
        entry=entry,
        answer=render_answer(answer),
        summary=to_summary(answer, _SUMMARY),
        following=[one for one in following if one is not None and reading.shows(one)],
    )


def get_sitemap(reading: Reading) -> web.Response:
    """Every page's address, for search engines; only where our own address is known."""
    request = reading.request
    if not request.app.get(PUBLIC_URL, ""):
        raise NotFound
    paths = ["/chat/faq"]
    for lang in LANGS:
        view = Reading(
            request=request, knowledge=reading.knowledge, lang=lang, today=reading.today
        )
        paths += [f"/chat/faq/{entry.id}" for entry in view.knowledge.order if view.shows(entry)]
    pages = _PAGES.get_template("faq_sitemap.xml").render(
        pages=[{lang: reading.url(path, lang) for lang in LANGS} for path in dict.fromkeys(paths)]
    )
    return web.Response(text=pages, content_type="application/xml")
