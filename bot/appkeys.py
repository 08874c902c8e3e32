"""Typed keys under which server.py puts what the edge needs into the application."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.hints import Hints
from bot.intake import Intake
from bot.settings import ChatSettings, LineSettings, TalkSettings
from bot.store import Store
from faq.library import Library

STORE = web.AppKey("store", Store)
INTAKE = web.AppKey("intake", Intake)
HINTS = web.AppKey("hints", Hints)
LIBRARY = web.AppKey("library", Library)
LINE = web.AppKey("line", LineSettings)
CHAT = web.AppKey("chat", ChatSettings)
TALK = web.AppKey("talk", TalkSettings)
#: ms since the epoch
CLOCK: web.AppKey[Callable[[], int]] = web.AppKey("clock")
#: the calendar by which entries begin and end
ZONE = web.AppKey("zone", ZoneInfo)
#: where uploads and fetched media lie
DATA_DIR = web.AppKey("data_dir", Path)
#: address customers reach us at, without a slash at the end; empty when unknown
PUBLIC_URL = web.AppKey("public_url", str)
#: key of all signatures this server gives out
SECRET = web.AppKey("secret", bytes)
