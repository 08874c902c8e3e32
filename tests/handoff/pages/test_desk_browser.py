"""The desk in a real browser: what an agent sees, with two desks open at once."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.hints import DESK, Hint
from tests.handoff.pages.house import PASSWORD, build, staff
from tests.handoff.people_world import World

playwright = pytest.importorskip("playwright.async_api")
axe = pytest.importorskip("axe_playwright_python.async_playwright")

CHROMIUM = Path(os.environ.get("MADOGUCHI_CHROMIUM") or shutil.which("chromium") or "no chromium")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"),
]


class Desks:
    """Opens desks of different people; notes everything that goes wrong in them."""

    def __init__(self, browser: Any, address: str) -> None:
        self._browser = browser
        self.address = address
        self.errors: list[str] = []

    async def open(self, login: str, path: str = "/desk", **context: Any) -> Any:
        page = await (await self._browser.new_context(locale="ja-JP", **context)).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note)
        await page.goto(f"{self.address}/login?next={path.replace('?', '%3F')}")
        await page.fill("[name=login]", login)
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button")
        await playwright.expect(page.locator("#filters button")).not_to_have_count(0)
        return page

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.address, self.address.replace("http", "ws"))):
            self.errors.append(f"foreign request: {request.url}")


@pytest.fixture
async def desks(world: World, tmp_path: Path) -> AsyncIterator[Desks]:
    server = TestServer(await asyncio.to_thread(build, world, tmp_path))
    await server.start_server()
    for login in ("sato", "suzuki"):
        await staff(world, login)
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM))
        found = Desks(browser, f"http://{server.host}:{server.port}")
        yield found
        await browser.close()
    await server.close()
    assert found.errors == []


async def arrives(world: World, conversation_id: int, text: str) -> None:
    await world.says(conversation_id, text)
    world.hints.publish([Hint(topic=DESK, kind="conversation", conversation_id=conversation_id)])


async def test_a_reply_waits_until_the_news_is_read(desks: Desks, world: World) -> None:
    waits = await world.waiting("届きません", name="山田")
    mine = await desks.open("sato", f"/desk?c={waits.id}")
    theirs = await desks.open("suzuki", f"/desk?c={waits.id}")
    expect = playwright.expect
    await expect(mine.locator("#viewers")).to_have_text("◉ suzukiも見ています")
    await mine.click("[data-act=claim]")
    await expect(theirs.locator("#head-chips")).to_have_text("担当：sato")
    await expect(theirs.locator("#acts button")).to_have_count(0)

    await mine.fill("#field", "発送しました。")
    await expect(theirs.locator("#viewers")).to_have_text("✎ satoが入力中です")
    await arrives(world, waits.id, "やっぱりキャンセルします")
    await mine.keyboard.press("Control+Enter")
    await expect(mine.locator("#send")).to_have_text("確認して送信")
    await expect(mine.locator(".fresh .text")).to_have_text("やっぱりキャンセルします")
    await expect(mine.locator("#field")).to_have_value("発送しました。")

    await mine.fill("#field", "キャンセルを承りました。")
    await mine.dblclick("#send")
    await expect(mine.locator("#field")).to_have_value("")
    await expect(theirs.locator(".message.agent .text")).to_have_text("キャンセルを承りました。")
    replies = [text for sender, text in await world.texts(waits.id) if sender == "agent"]
    assert replies == ["キャンセルを承りました。"]


async def test_a_draft_survives_a_reload_and_another_conversation(
    desks: Desks, world: World
) -> None:
    first, second = await world.waiting(name="山田"), await world.waiting(name="田中")
    await world.bot_says(first.id, "**8日**以内です。[手順](https://shop.example/how)**へ")
    page = await desks.open("sato", f"/desk?c={first.id}")
    answer = page.locator(".message.bot .text")
    await playwright.expect(answer).to_have_text("8日以内です。手順**へ")
    await playwright.expect(answer.locator("strong, a")).to_have_text(["8日", "手順"])
    await page.click("[data-act=claim]")
    await page.fill("#field", "書きかけです")
    await page.keyboard.press("Control+k")
    await page.goto(f"{desks.address}/desk?c={second.id}")
    await playwright.expect(page.locator("#head-name")).to_have_text("田中")
    await playwright.expect(page.locator("#field")).to_have_value("")
    await page.goto(f"{desks.address}/desk?c={first.id}")
    await playwright.expect(page.locator("#field")).to_have_value("書きかけです")


async def test_texts_of_customers_stay_texts(desks: Desks, world: World) -> None:
    waits = await world.waiting(HOSTILE, name=HOSTILE)
    page = await desks.open("sato", f"/desk?c={waits.id}")
    await playwright.expect(page.locator(".theirs .text")).to_have_text(HOSTILE)
    await playwright.expect(page.locator("#head-name")).to_have_text(HOSTILE)
    assert "hacked" not in await page.title()


async def test_the_number_in_the_title_counts_who_waits(desks: Desks, world: World) -> None:
    await world.waiting()
    page = await desks.open("sato")
    await playwright.expect(page).to_have_title("(1) 対応 – こもれび雑貨店")
    other = await world.waiting()
    world.hints.publish([Hint(topic=DESK, kind="conversation", conversation_id=other.id)])
    await playwright.expect(page).to_have_title("(2) 対応 – こもれび雑貨店")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
async def test_everybody_can_use_it(desks: Desks, world: World, scheme: str, width: int) -> None:
    waits = await world.waiting(urgent=True)
    page = await desks.open(
        "sato",
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
    )
    found = []
    for path in (f"/desk?c={waits.id}", "/desk", "/callbacks", "/results", "/account"):
        await page.goto(f"{desks.address}{path}")
        await page.wait_for_load_state("networkidle")
        result = await axe.Axe().run(page, options={"runOnly": TAGS})
        found += [(path, one["id"]) for one in result.response["violations"]]
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [(path, "wider than the screen")] if wider > 0 else []
    assert found == []
