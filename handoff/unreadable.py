"""Answers what is no HTTP: with our headers, without an echo of what came, with a quiet log."""

from typing import Any

import structlog
from aiohttp import web

from bot.web import protect

log = structlog.get_logger("handoff.unreadable")


class Connection(web.RequestHandler):
    """One connection; only its errors differ from the library's."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read gets its status and nothing of what it said, here or in the log."""
        log.warning("unreadable_request", status=status, error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer has begun already.")
        response = web.Response(status=status, text=f"{status}\n")
        protect(response)
        # the library would name itself and its version
        response.headers["Server"] = "Madoguchi"
        response.force_close()
        return response


class Server(web.Server):
    """Makes such connections."""

    def __call__(self) -> Connection:
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Serves an application through such connections."""

    __slots__ = ()

    async def _make_server(self) -> Any:
        # the application makes the library's own server; the class alone decides what it makes
        server = await super()._make_server()
        server.__class__ = Server
        return server
