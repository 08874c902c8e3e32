"""What the stand-in's application carries."""

import asyncio

from aiohttp import web

from bot.standin.platform import Platform
from bot.standin.sender import WebhookSender

PLATFORM = web.AppKey("standin_platform", Platform)
SENDER = web.AppKey("standin_sender", WebhookSender)
#: deliveries under way; held so that they are not collected, cancelled at the end
TASKS: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("standin_tasks", set)
#: set when the server stops, so that no fault keeps it waiting
STOPPING = web.AppKey("standin_stopping", asyncio.Event)
