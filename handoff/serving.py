"""Serves a house until it is told to stop, and the demo with its shop and LINE stand-in."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from aiohttp import web

from bot.clock import now_ms
from bot.demo.shop import create_shop
from bot.standin.phone import add_demo_customers
from bot.standin.platform import Platform
from bot.standin.web import create_standin
from handoff.composition import open_house
from handoff.configuration import BadSettings, Settings, load_settings
from handoff.demo import PASSWORD, STAFF, add_staff, demo_settings, make_folder
from handoff.logs import set_up_logs

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
    runner = web.AppRunner(
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
        typer.echo(f"Madoguchi serves on {address.url}")
        await until_told()


async def until_told() -> None:
    """Wait for the signal to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


async def serve_demo(folder: Path, *, host: str, port: int) -> None:
    """The whole product on one machine: server, shop with the widget, LINE stand-in."""
    set_up_logs("warning")
    typer.echo("Setting up the demo …")
    line = await asyncio.to_thread(make_folder, folder)
    platform = Platform(channel_secret=line.channel_secret, access_token=line.access_token)
    add_demo_customers(platform)
    ports = [0, 0] if port == 0 else [port + 1, port + 2]
    async with listening(
        await asyncio.to_thread(create_standin, platform), host, ports[0]
    ) as phone:
        # the shop's address is part of our settings, and ours of the shop's page
        shop_port = ports[1] or free_port(host)
        shop_url = Address(host=host, port=shop_port).url
        own_port = port or free_port(host)
        settings = await asyncio.to_thread(
            load_settings,
            None,
            **demo_settings(
                folder, line, host=host, port=own_port, line_base=phone.url, shop=shop_url
            ),
        )
        async with open_house(settings) as house, listening(house.app, host, own_port) as own:
            await add_staff(house.store, now_ms)
            platform.webhook_url = f"{own.url}/line/webhook"
            shop_app = await asyncio.to_thread(create_shop, own.url)
            async with listening(shop_app, host, shop_port) as shop:
                typer.echo(_welcome(own, shop, phone))
                await until_told()


def free_port(host: str) -> int:
    """A port that nobody listens on right now."""
    import socket

    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _welcome(own: Address, shop: Address, phone: Address) -> str:
    people = "\n".join(f"    {p.login:<8} {p.name}（{p.role.value}）" for p in STAFF)
    return f"""
Madoguchi runs. Open these in a browser:

  お客様として / as a customer
    {shop.url}/        a shop with the chat widget（日本語）
    {shop.url}/en      the same in English
    {own.url}/chat     the chat as a page of its own
    {phone.url}/        LINE: a phone that needs no account

  担当者として / as staff    password: {PASSWORD}
    {own.url}/desk
{people}

The demo keeps everything in its own folder; remove it to begin anew. Ctrl+C stops.
"""
