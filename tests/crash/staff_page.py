"""A browser at the desk that asks again until it is told, over however many lives."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.crash.world import World
from tests.journeys.kill_server import DeskPage


@dataclass(frozen=True, slots=True)
class Told:
    """What an act came to: 200, or 409 and why."""

    status: int
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        return self.status == 200


class StaffPage:
    """A browser whose login outlives the server's process."""

    def __init__(self, world: World, login: str) -> None:
        self.world = world
        self.login = login
        self.id = 0
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._token = ""

    async def open(self) -> None:
        await DeskPage(self.world.server, self._client).log_in(self.login)  # type: ignore[arg-type]
        self.id = self.world.server.rows("SELECT id FROM agent WHERE login = :l", l=self.login)[0][
            0
        ]

    async def close(self) -> None:
        await self._client.close()

    async def act(self, conversation: int, act: str, **body: Any) -> Told:
        """The same request until it is taken or refused."""
        return await self.post(f"/desk/api/conversations/{conversation}/{act}", act, body)

    async def post(self, path: str, act: str, body: dict[str, Any]) -> Told:
        history, server = self.world.history, self.world.server
        history.note("invoke", self.login, act, path=path)
        while True:
            await server.up.wait()
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                told = await self._try(path, body)
                if told.status in (200, 409):
                    history.note("ok" if told.ok else "fail", self.login, act, path=path)
                    return told
                if told.status != 503:
                    history.broken("I11", f"{path} answered {told.status}: {told.body}")
            history.note("info", self.login, act, path=path)
            await asyncio.sleep(0.05)

    async def _try(self, path: str, body: dict[str, Any]) -> Told:
        url = self.world.server.url
        if not self._token:
            self._token = _csrf(await self._get("/account"))
        headers = {"Origin": url, "X-Madoguchi-Token": self._token}
        timeout = aiohttp.ClientTimeout(total=10)
        async with self._client.post(
            url + path, json=body, headers=headers, timeout=timeout
        ) as answer:
            return Told(answer.status, await answer.json())

    async def _get(self, path: str) -> str:
        async with self._client.get(self.world.server.url + path) as answer:
            text = await answer.text()
            if answer.status != 200:
                raise aiohttp.ClientError(f"{path}: {answer.status}")
            return text

    async def retry_parked(self) -> None:
        """Have everything tried again that waits on the page of troubles."""
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            page = await self._get("/troubles")
            url = self.world.server.url
            form = {"csrf": _hidden(page)}
            for number in re.findall(r"/troubles/events/(\d+)/retry", page):
                path = f"{url}/troubles/events/{number}/retry"
                headers = {"Origin": url}
                async with self._client.post(
                    path, data=form, headers=headers, allow_redirects=False
                ) as answer:
                    self.world.history.note("info", self.login, "retry", status=answer.status)


def _csrf(page: str) -> str:
    return page.split('name="csrf" content="')[1].split('"', maxsplit=1)[0]


def _hidden(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    return found[1] if found else ""
