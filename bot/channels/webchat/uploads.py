"""POST /chat/upload and GET /chat/file/{key}: pictures and PDF documents of visitors."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote, unquote

from aiohttp import web

from bot.appkeys import CHAT, DATA_DIR
from bot.attachments import Attachment, add_upload, new_key, open_attachment
from bot.burst import Bursts
from bot.channels.webchat import protocol
from bot.channels.webchat.lobby import LOBBY, Guest, Lobby
from bot.channels.webchat.polling import answer
from bot.clock import MINUTE_MS
from bot.errors import BadInput, NotFound, StoreUnavailable, TooLarge
from bot.events import Media
from bot.masking import mask_text
from bot.plain import clean
from bot.shelf import Kept, MediaShelf
from bot.sniffing import HEAD, sniff
from bot.transcript import forget_upload
from bot.web import POLICY, require_own_origin

ACCEPTED: Final = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"}
)
#: Slow phones need their time; the bytes are counted all the while.
UPLOAD_SECONDS: Final = 120
UPLOADS_A_MINUTE: Final = 10
NAME_MAX: Final = 100
MEGABYTE: Final = 1024 * 1024
#: Whatever a file holds, it can do nothing when somebody opens it in a tab.
FILE_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]")

SHELF = web.AppKey("media_shelf", MediaShelf)
UPLOADS = web.AppKey("uploads", Bursts)


def add_upload_routes(app: web.Application) -> None:
    app[SHELF] = MediaShelf(app[DATA_DIR])
    app[UPLOADS] = Bursts(limit=UPLOADS_A_MINUTE, span_ms=MINUTE_MS)
    app.router.add_post("/chat/upload", post_upload)
    app.router.add_get("/chat/file/{key}", get_file)


async def post_upload(request: web.Request) -> web.Response:
    """Take a file and give it to the talk as a message; the answer is the frame of a send."""
    require_own_origin(request)
    lobby = request.app[LOBBY]
    guest = await lobby.recognise(request)
    client_id = request.headers.get("X-Client-Id", "")
    if not _CLIENT_ID.fullmatch(client_id):
        raise BadInput("X-Client-Id: 8 to 64 letters, digits, - or _")
    name = parse_name(request.headers.get("X-File-Name", ""))
    wait_ms = request.app[UPLOADS].take(guest.visitor.id, now=lobby.clock())
    if wait_ms:
        return answer(protocol.slow(wait_ms))
    kept = await _keep(request, most=request.app[CHAT].upload_max_mb * MEGABYTE)
    frame = await _send(lobby, guest, request.app[SHELF], kept, name=name, client_id=client_id)
    return answer(frame)


async def _keep(request: web.Request, *, most: int) -> Kept:
    """Write the body to the shelf as it comes, once its first bytes are of an accepted type."""
    if (request.content_length or 0) > most:
        raise TooLarge
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return await request.app[SHELF].keep(new_key(), _checked(request), most=most)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except OSError as error:  # the disk is full
        raise StoreUnavailable from error


async def _checked(request: web.Request) -> AsyncIterator[bytes]:
    head, known = b"", False
    async for chunk in request.content.iter_any():
        if known:
            yield chunk
            continue
        head += chunk
        if len(head) >= HEAD:
            if sniff(head) not in ACCEPTED:
                raise web.HTTPUnsupportedMediaType
            known = True
            yield head
    if not known:
        raise web.HTTPUnsupportedMediaType  # shorter than any picture


async def _send(
    lobby: Lobby, guest: Guest, shelf: MediaShelf, kept: Kept, *, name: str, client_id: str
) -> dict[str, Any]:
    await lobby.store.write(
        add_upload,
        customer_id=guest.customer_id,
        key=kept.key,
        name=name,
        content_type=kept.content_type,
        size=kept.size,
        now=lobby.clock(),
    )
    media = Media(attachment=kept.key, name=name, size=kept.size, content_type=kept.content_type)
    event = protocol.file_event(guest.visitor, client_id=client_id, media=media, now=lobby.clock())
    frame = await lobby.take_message(guest, event)
    if frame["type"] == "ack" and frame["seq"] is None:
        return frame  # parked: when an admin has it taken again, its message needs the bytes
    if await lobby.store.write(forget_upload, kept.key):
        # sent before under the same id, or not taken: nobody will ask for these bytes
        await shelf.remove([kept.key])
    return frame


async def get_file(request: web.Request) -> web.StreamResponse:
    """A file, to nobody but its owner."""
    lobby = request.app[LOBBY]
    guest = await lobby.recognise(request)
    held = await lobby.store.read(open_attachment, request.match_info["key"])
    if held.customer_id != guest.customer_id:
        raise NotFound
    request[POLICY] = FILE_POLICY
    return web.FileResponse(request.app[SHELF].path(held.key), headers=file_headers(held))


def parse_name(header: str) -> str:
    """The file's name as its sender calls it, percent-encoded; made harmless to show."""
    name = clean(unquote(header[: NAME_MAX * 12], errors="replace"))
    return mask_text(_UNPRINTABLE.sub("_", name).strip(" .")[-NAME_MAX:]).text


def file_headers(held: Attachment) -> dict[str, str]:
    """Headers of a file that is saved under its name and shown by nobody."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", held.name) or "file"
    exact = quote(held.name or "file", safe="")
    return {
        "Content-Type": held.content_type,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}",
        "Cache-Control": "private, no-store",
    }
