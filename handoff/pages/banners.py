"""What every staff page says at its top: what does not work, and what is announced."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY
from bot.clock import DAY_MS, from_ms
from faq.announcement import Announcement
from faq.lint_sentences import plain_text
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import ANNOUNCED, CHANNEL, PEOPLE
from handoff.auth import lang_of, require_agent
from handoff.page_words import text


class Banner(TypedDict):
    """One line at the top of the page."""

    kind: str
    text: str
    #: goes on changing, and is not read out each time
    detail: NotRequired[str]


#: Of an announcement so much stands there; the whole is read in the chat.
_CLIPPED = 60
_SHOWN_TITLES = 3


async def get_banners(request: web.Request) -> web.Response:
    """For pages that ask for nothing else."""
    agent = require_agent(request, Verb.VIEW_DESK)
    return web.json_response({"banners": await read_banners(request, agent)})


async def read_banners(request: web.Request, agent: Agent) -> list[Banner]:
    """The same with fresh figures."""
    if _announcements(request):
        await request.app[ANNOUNCED].refresh()
    return list_banners(request, agent)


def list_banners(request: web.Request, agent: Agent) -> list[Banner]:
    """What does not work right now, as far as this person can mend it, and what is announced."""
    return [
        *_list_channel(request),
        *_list_knowledge(request, agent),
        *(_announcement(request, each) for each in _announcements(request)),
    ]


def _list_channel(request: web.Request) -> list[Banner]:
    health = request.app.get(CHANNEL)
    if health is None:
        return []
    now, lang = request.app[CLOCK](), lang_of(request)
    since = _since(request, health.failing_since or now, now)
    return [
        Banner(kind=kind, text=text(lang, f"banner.{kind}", since=since))
        for kind in health.troubles(now)
    ]


def _since(request: web.Request, at: int, now: int) -> str:
    """The time of day, with the date once that is not clear."""
    began = _local(request, at)
    date = f"{began.month}/{began.day} " if now - at >= DAY_MS // 2 else ""
    return f"{date}{began.hour}:{began.minute:02}"


def _local(request: web.Request, at: int) -> datetime:
    return from_ms(at, ZoneInfo(request.app[PEOPLE].timezone))


def _announcements(request: web.Request) -> tuple[Announcement, ...]:
    library = request.app.get(LIBRARY)
    if library is None or library.current is None:
        return ()
    now = _local(request, request.app[CLOCK]())
    return library.current.announcements_on(channel=None, now=now)


def _announcement(request: web.Request, each: Announcement) -> Banner:
    """Its words, how long, what is not answered meanwhile, and what it did."""
    lang, caught = lang_of(request), request.app[ANNOUNCED].caught(each.id)
    details = []
    if each.ends:
        at = f"{each.ends.month}/{each.ends.day} {each.ends.hour}:{each.ends.minute:02}"
        details.append(text(lang, "banner.announcement.until", at=at))
    if each.pause:
        titles = _titles(request, each.pause, lang)
        details.append(text(lang, "banner.announcement.paused", titles=titles))
    details.append(text(lang, "banner.announcement.caught", told=caught.told))
    if caught.alone:
        details.append(text(lang, "banner.announcement.alone", alone=caught.alone))
    words = " ".join(plain_text(each.text_in(lang)).split())
    words = words if len(words) <= _CLIPPED else words[: _CLIPPED - 1] + "…"
    told = text(lang, "banner.announcement", text=words)
    return Banner(kind="announcement", text=told, detail=" · ".join(details))


def _titles(request: web.Request, entry_ids: Sequence[str], lang: str) -> str:
    known = request.app[LIBRARY].current.entries
    titles = [known[one].question_in(lang) for one in entry_ids[:_SHOWN_TITLES] if one in known]
    more = "…" if len(entry_ids) > _SHOWN_TITLES else ""
    return ("、" if lang == "ja" else "; ").join(titles) + more


def _list_knowledge(request: web.Request, agent: Agent) -> list[Banner]:
    library = request.app.get(LIBRARY)
    problems = library.problems if library else ()
    if not problems or not is_allowed(agent, Verb.REVIEW):
        return []
    first = problems[0]
    told = text(
        lang_of(request),
        "banner.knowledge",
        count=len(problems),
        place=f"{first.file}:{first.line}",
    )
    return [Banner(kind="knowledge", text=told)]
