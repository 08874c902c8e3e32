"""GET /desk and the files that came with messages."""

import re
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.appkeys import DATA_DIR, STORE
from bot.attachments import Attachment, open_attachment
from bot.shelf import MediaShelf
from bot.web import POLICY
from handoff.access import Verb
from handoff.auth import require_agent
from handoff.pages.message_view import IMAGES
from handoff.pages.shell import render_page

#: Whatever a file holds, it can do nothing when somebody opens it in a tab.
FILE_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


async def get_desk(request: web.Request) -> web.Response:
    """The page; its scripts fetch everything else."""
    require_agent(request, Verb.VIEW_DESK)
    return render_page(request, "desk.html")


async def get_file(request: web.Request) -> web.StreamResponse:
    """A file of a customer. Only pictures are shown; the rest is saved under its name."""
    require_agent(request, Verb.VIEW_DESK)
    held = await request.app[STORE].read(open_attachment, request.match_info["key"])
    request[POLICY] = FILE_POLICY
    shelf = MediaShelf(request.app[DATA_DIR])
    return web.FileResponse(shelf.path(held.key), headers=file_headers(held))


def file_headers(held: Attachment) -> dict[str, str]:
    """Headers that let nothing run and name the file as its sender called it."""
    shown = held.content_type in IMAGES
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", held.name) or "file"
    exact = quote(held.name or "file", safe="")
    manner = "inline" if shown else "attachment"
    return {
        "Content-Type": held.content_type if shown else "application/octet-stream",
        "Content-Disposition": f"{manner}; filename=\"{plain}\"; filename*=UTF-8''{exact}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
