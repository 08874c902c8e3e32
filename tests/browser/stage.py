"""A real browser before the whole product: server, LINE stand-in and shop, all on loopback."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from bot.clock import now_ms
from bot.demo.shop import create_shop
from bot.standin.phone import add_demo_customers
from bot.standin.platform import Platform
from bot.standin.web import create_standin
from handoff.composition import open_house
from handoff.configuration import Settings, load_settings
from handoff.demo import PASSWORD, add_staff, demo_settings, make_folder
from handoff.house import House
from handoff.serving import free_port, listening

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
#: Pictures of every page, for people to look at.
SHOTS = Path(__file__).parent / "shots"
#: Where `./dev shots` wants the pictures of the README; None when nobody asked for them.
PICTURES = Path(os.environ.get("MADOGUCHI_SHOTS", SHOTS / "readme"))


def find_chromium() -> str | None:
    """The browser that `./dev test` found, or the system's."""
    named = os.environ.get("MADOGUCHI_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("google-chrome")


@dataclass(kw_only=True)
class Stage:
    """Everything a story needs: addresses, the platform, pages of people."""

    browser: Browser
    house: House
    platform: Platform
    url: str
    phone_url: str
    shop_url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    #: whatever a page complained about; a story ends with none
    complaints: list[str] = field(default_factory=list)

    async def page(self, *, lang: str = "ja-JP", size: dict[str, int] = WIDE, **more: Any) -> Page:
        """A fresh browser person; foreign requests are refused and noted."""
        context = await self.browser.new_context(locale=lang, viewport=size, **more)
        self.contexts.append(context)
        page = await context.new_page()
        own = (self.url, self.phone_url, self.shop_url, "data:", "blob:")
        self._watch(page, own)
        return page

    def _watch(self, page: Page, own: tuple[str, ...]) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(own)
                else self.complaints.append(f"foreign request {request.url}")
            ),
        )

    async def chat(self, **more: Any) -> Page:
        """A customer on the chat page, greeted."""
        more.setdefault("size", PHONE)
        page = await self.page(**more)
        await page.goto(f"{self.url}/chat")
        await page.locator("#log li").first.wait_for()
        return page

    async def desk(self, login: str, **more: Any) -> Page:
        """Somebody of the staff at the desk, present."""
        page = await self.page(**more)
        await page.goto(f"{self.url}/login")
        await page.locator("input[name=login]").fill(login)
        await page.locator("input[type=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/desk**")
        await page.locator("#presence").select_option("available")
        return page

    async def phone(self, **more: Any) -> Page:
        """A customer's phone on LINE."""
        more.setdefault("size", PHONE)
        page = await self.page(**more)
        await page.goto(self.phone_url)
        await page.locator("#words").wait_for()
        return page


@asynccontextmanager
async def open_stage(browser: Browser, folder: Path, **changes: Any) -> AsyncIterator[Stage]:
    """The demo's parts on free ports; `changes` are settings laid over the demo's."""
    async with AsyncExitStack() as stack:
        line = await asyncio.to_thread(make_folder, folder)
        platform = Platform(channel_secret=line.channel_secret, access_token=line.access_token)
        add_demo_customers(platform)
        phone = await stack.enter_async_context(
            listening(await asyncio.to_thread(create_standin, platform), "127.0.0.1", 0)
        )
        ports = [await asyncio.to_thread(free_port, "127.0.0.1") for _ in range(2)]
        shop_url = f"http://127.0.0.1:{ports[1]}"
        given = demo_settings(
            folder, line, host="127.0.0.1", port=ports[0], line_base=phone.url, shop=shop_url
        )
        house = await stack.enter_async_context(
            open_house(await asyncio.to_thread(_settings, given, changes))
        )
        own = await stack.enter_async_context(listening(house.app, "127.0.0.1", ports[0]))
        platform.webhook_url = f"{own.url}/line/webhook"
        shop = await asyncio.to_thread(create_shop, own.url)
        await stack.enter_async_context(listening(shop, "127.0.0.1", ports[1]))
        await add_staff(house.store, now_ms)
        stage = Stage(
            browser=browser,
            house=house,
            platform=platform,
            url=own.url,
            phone_url=phone.url,
            shop_url=shop_url,
        )
        yield stage
        for context in stage.contexts:
            await context.close()


def _settings(given: dict[str, Any], changes: dict[str, Any]) -> Settings:
    for name, value in changes.items():
        given[name] = {**given[name], **value} if isinstance(value, dict) else value
    return load_settings(None, **given)


async def shoot(page: Page, name: str, *, folder: Path = SHOTS) -> None:
    """Keep a picture for people to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=folder / f"{name}.png")
