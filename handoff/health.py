"""GET /healthz: the process lives. GET /readyz: it can take messages, or says what is missing."""

from collections.abc import Callable

from aiohttp import web

from bot.appkeys import LIBRARY, STORE
from bot.errors import StoreError
from bot.store import Tx

#: names of what does not work right now, e.g. "line: not reachable since 10:02"
TROUBLE: web.AppKey[Callable[[], list[str]]] = web.AppKey("trouble")


def add_health(app: web.Application) -> None:
    """Open both addresses. They tell operators nothing that a customer may not know."""
    app.router.add_get("/healthz", get_healthz)
    app.router.add_get("/readyz", get_readyz)


async def get_healthz(_request: web.Request) -> web.Response:
    """The event loop answers."""
    return web.json_response({"alive": True})


async def get_readyz(request: web.Request) -> web.Response:
    """Database and knowledge answer; trouble beside them is told and does not make us unready."""
    missing = []
    try:
        await request.app[STORE].write(_touch)
    except StoreError:
        missing.append("database")
    # a bad edit leaves the last good version serving: worth a look, no reason to be unready
    notes = ["knowledge"] if request.app[LIBRARY].problems else []
    notes += request.app[TROUBLE]()
    body = {"ready": not missing, "missing": missing, "notes": notes}
    return web.json_response(body, status=503 if missing else 200)


def _touch(tx: Tx) -> None:
    """A transaction that changes nothing, through the whole way of a write."""
    tx.one("SELECT 1 AS one")
