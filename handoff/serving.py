"""Serves a house until it is told to stop."""

import asyncio
import gc
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
import typer
from aiohttp import web

from handoff.composition import open_house
from handoff.configuration import BadSettings, Settings
from handoff.logs import set_up_logs
from handoff.machine import check_sqlite
from handoff.unreadable import Runner

log = structlog.get_logger("handoff.serving")

#: Requests in flight get this long at shutdown.
SHUTDOWN_SECONDS = 10
KEEPALIVE_SECONDS = 15
#: The writer's thread waits this long at most for a busy loop, at each of its statements.
SWITCH_SECONDS = 0.0005


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a site listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """As one types it into a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[Address]:
    """Listen while the block runs; the port that was taken when `port` is 0."""
    runner = Runner(
        app,
        access_log=None,
        keepalive_timeout=KEEPALIVE_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            raise BadSettings(
                f"Cannot listen on {host}:{port}: {error.strerror}. "
                "Choose another port with --port, or 0 for a free one."
            ) from None
        taken = runner.addresses[0]
        yield Address(host=host, port=taken[1])
    finally:
        await runner.cleanup()


async def serve_forever(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what is in flight is finished."""
    set_up_logs(settings.log_level)
    sys.setswitchinterval(SWITCH_SECONDS)
    async with (
        open_house(settings) as house,
        listening(house.app, settings.host, settings.port) as address,
    ):
        # what was loaded stays: the collector need not walk through it again and again
        gc.freeze()
        if check_sqlite(sqlite3.sqlite_version).warn:
            log.warning("old SQLite", version=sqlite3.sqlite_version, advice="madoguchi doctor")
        typer.echo(f"Madoguchi serves on {address.url}")
        await until_told()
        # calls to LINE end while the last requests do, and not after them
        draining = asyncio.create_task(house.drain())
    await draining


async def until_told() -> None:
    """Wait for the signal to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def free_port(host: str) -> int:
    """A port that nobody listens on right now."""
    import socket

    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
