"""Admins hand out everything about a customer, or erase it, from a conversation at the desk."""

import asyncio
import tempfile
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CLOCK, DATA_DIR, HINTS, LIBRARY, STORE
from bot.errors import NotFound
from bot.shelf import MediaShelf
from bot.web import read_json
from handoff import customer_rows
from handoff.access import Agent, Verb
from handoff.appkeys import CUSTOMERS, PEOPLE
from handoff.auth import require_agent
from handoff.customer_rows import Person
from handoff.customers import Customers
from handoff.pages.desk_bodies import BODY_LIMIT, Nothing
from handoff.pages.shell import parse_id

_PIECE: Final = 256 * 1024
#: Larger exports lie in a nameless file until they are sent.
_IN_MEMORY: Final = 4 * 1024 * 1024


def add_routes(app: web.Application) -> None:
    """Open the export; the erase is an act of the desk."""
    library = app[LIBRARY]
    app[CUSTOMERS] = Customers(
        app[STORE],
        app[HINTS],
        MediaShelf(app[DATA_DIR]),
        app[CLOCK],
        lambda: library.current,
        zone=ZoneInfo(app[PEOPLE].timezone),
    )
    app.router.add_get(r"/desk/conversations/{id:\d{1,12}}/customer.zip", get_export)


async def get_export(request: web.Request) -> web.StreamResponse:
    """Everything we hold about whoever has this conversation, in one file."""
    agent = require_agent(request, Verb.EXPORT_CUSTOMER)
    person = await _person(request, parse_id(request))
    if request.method == "HEAD":
        # a body after it would be read as the next answer of this connection
        return web.Response(content_type="application/zip")
    customers = request.app[CUSTOMERS]
    export = await customers.export(person, agent=agent)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as archive:
        await customers.write_zip(export, archive)
        size = archive.tell()
        archive.seek(0)
        name = f"customer_{person.reference}.zip"
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/zip",
                "Content-Disposition": f'attachment; filename="{name}"',
                "Content-Length": str(size),
                "Cache-Control": "private, no-store",
            }
        )
        await response.prepare(request)
        while piece := await asyncio.to_thread(archive.read, _PIECE):
            await response.write(piece)
        await response.write_eof()
    return response


async def erase_customer(
    request: web.Request, agent: Agent, conversation_id: int
) -> dict[str, Any]:
    """Erase whoever has this conversation; entries that hold the same words are told."""
    await read_json(request, BODY_LIMIT, Nothing)
    person = await _person(request, conversation_id)
    erased = await request.app[CUSTOMERS].erase(person, agent=agent)
    return {"entries": list(erased.entries)}


async def _person(request: web.Request, conversation_id: int) -> Person:
    person = await request.app[STORE].read(customer_rows.find_by_conversation, conversation_id)
    if person is None:
        raise NotFound("There is no such conversation.")
    return person
