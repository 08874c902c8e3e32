"""GET /healthz: the process lives. GET /readyz: it can take messages; operators hear the rest."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from bot.appkeys import LIBRARY, STORE
from bot.clock import SECOND_MS, Clock
from bot.errors import StoreError
from bot.store import Tx
from handoff.configuration import Settings
from handoff.machine import DATA_FOLDER, list_machine
from handoff.operators import is_operator

#: names of what does not work right now, e.g. "line: not reachable since 10:02"
TROUBLE: web.AppKey[Callable[[], list[str]]] = web.AppKey("trouble")
#: However often somebody asks, folders and disk are looked at this often at most.
_LOOK_EVERY_MS = 5 * SECOND_MS


class Surroundings:
    """What the doctor would say about folders, disk, log and backups, in short names."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._looked_at: int | None = None
        self._found: list[str] = []

    async def list_notes(self) -> list[str]:
        """Names of what is worth a look; `madoguchi doctor` says the rest."""
        now = self._clock()
        # a clock that was put back is no reason to stop looking
        if self._looked_at is None or not 0 <= now - self._looked_at < _LOOK_EVERY_MS:
            self._looked_at = now
            self._found = await asyncio.to_thread(self._look, now)
        return self._found

    def _look(self, now: int) -> list[str]:
        # who else may read the folder is told at the command line alone
        return [
            each.name
            for each in list_machine(self._settings, now)
            if each.bad or (each.warn and each.name != DATA_FOLDER)
        ]


SURROUNDINGS = web.AppKey("surroundings", Surroundings)


def add_health(app: web.Application) -> None:
    """Open both addresses."""
    app.router.add_get("/healthz", get_healthz)
    app.router.add_get("/readyz", get_readyz)


async def get_healthz(_request: web.Request) -> web.Response:
    """The event loop answers."""
    return web.json_response({"alive": True})


async def get_readyz(request: web.Request) -> web.Response:
    """Whether a message can be stored; what is wrong besides is told to operators alone."""
    missing = []
    try:
        await request.app[STORE].write(_touch)
    except StoreError:
        missing.append("database")
    status = 503 if missing else 200
    if not is_operator(request):
        return web.json_response({"ready": not missing}, status=status)
    # a bad edit leaves the last good version serving: worth a look, no reason to be unready
    notes = ["knowledge"] if request.app[LIBRARY].problems else []
    notes += [*request.app[TROUBLE](), *await request.app[SURROUNDINGS].list_notes()]
    body = {"ready": not missing, "missing": missing, "notes": notes}
    return web.json_response(body, status=status)


def _touch(tx: Tx) -> None:
    """The smallest write there is: a disk can be too full for it while reading goes on."""
    tx.run("UPDATE alembic_version SET version_num = version_num")
