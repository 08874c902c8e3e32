"""Serves the demo: the server, a shop with the widget, and a stand-in for LINE."""

import asyncio
from pathlib import Path

import typer

from bot.clock import now_ms
from bot.demo.shop import create_shop
from bot.standin.phone import add_demo_customers
from bot.standin.platform import Platform
from bot.standin.web import create_standin
from handoff.composition import open_house
from handoff.configuration import load_settings
from handoff.demo import PASSWORD, SHOP_NAME, STAFF, add_staff, demo_settings, make_folder
from handoff.logs import set_up_logs
from handoff.serving import Address, free_port, listening, until_told


async def serve_demo(folder: Path, *, host: str, port: int) -> None:
    """The whole product on one machine: server, shop with the widget, LINE stand-in."""
    set_up_logs("warning")
    typer.echo("Setting up the demo …")
    line = await asyncio.to_thread(make_folder, folder)
    platform = Platform(
        channel_secret=line.channel_secret,
        access_token=line.access_token,
        account_name=SHOP_NAME["ja"],
    )
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
