"""What stands at the top of the staff pages while something does not work, and to whom."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.clock import HOUR_MS, MINUTE_MS
from bot.delivery import ChannelHealth
from bot.hints import DESK, Hint
from bot.speaking import close
from faq.announcement import Announcement
from faq.problem import Problem
from handoff.access import Role
from handoff.announced import FRESH_MS
from tests.factories import KNOWLEDGE
from tests.handoff.pages.house import Browser, build, staff
from tests.handoff.people_world import MORNING, World

playwright = pytest.importorskip("playwright.async_api")

CHROMIUM = Path(os.environ.get("MADOGUCHI_CHROMIUM") or shutil.which("chromium") or "no chromium")
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
WRONG = (
    Problem(file="returns.yaml", line=12, column=3, what="no answer", how="write one"),
    Problem(file="shipping.yaml", line=4, column=1, what="no id", how="write one"),
)


@pytest.fixture
def health() -> ChannelHealth:
    return ChannelHealth(quota_floor=20)


@pytest.fixture
def library() -> Any:
    return SimpleNamespace(problems=(), current=None)


@pytest.fixture
async def server(
    world: World, tmp_path: Path, health: ChannelHealth, library: Any
) -> AsyncIterator[TestServer]:
    app = await asyncio.to_thread(build, world, tmp_path, channel=health, library=library)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def texts(browser: Browser) -> list[str]:
    """The same from both addresses and on the page."""
    found = (await browser.json("/desk/api/banners"))["banners"]
    assert (await browser.json("/desk/api/conversations"))["banners"] == found
    page = await (await browser.get("/callbacks")).text()
    assert page.count('class="banner"') == len(found)
    return [one["text"] for one in found]


async def test_where_all_is_well_nothing_stands_there(agent: Browser) -> None:
    assert await texts(agent) == []


async def test_problems_of_the_knowledge_are_told_to_those_who_lead(
    browsers: dict[Role, Browser], library: Any
) -> None:
    library.problems = WRONG
    told = {role: await texts(browser) for role, browser in browsers.items()}
    words = (
        "ナレッジのファイルに直すところが2件あります（returns.yaml:12）。"
        "直るまでは、最後に正しく読めた内容でお答えします。"
    )
    assert told == {Role.AGENT: [], Role.SUPERVISOR: [words], Role.ADMIN: [words]}


SNOW = Announcement(
    id="snow",
    text="大雪のため、**北海道**への\nお届けが遅れています。",
    topics=("配送",),
    starts=datetime(2026, 11, 24, 9),
    ends=datetime(2026, 11, 24, 18),
    pause=("shipping-days", "gone"),
    channels=("line",),
    translations={"en": "Heavy snow: " + "parcels are late. " * 9},
)
WEB = Announcement(id="web", text="サイト停止中", channels=("web",))


async def test_what_is_announced_stands_below_with_what_it_did(
    agent: Browser, world: World, health: ChannelHealth, library: Any
) -> None:
    library.current = replace(KNOWLEDGE, announcements=(SNOW, WEB))
    health.quota_used_up = True
    told = await world.open("届きません")
    await world.bot_says(told.id, "お知らせ", announcement="snow")
    found = (await agent.json("/desk/api/banners"))["banners"]
    assert [one["kind"] for one in found] == ["quota", "announcement", "announcement"]
    assert found[1:] == [
        {
            "kind": "announcement",
            "text": "お知らせ配信中：大雪のため、北海道への お届けが遅れています。",
            "detail": "11/24 18:00まで · 回答を休止中：何日で届きますか？ · 1件に案内",
        },
        {"kind": "announcement", "text": "お知らせ配信中：サイト停止中", "detail": "0件に案内"},
    ]
    # a moment later somebody more, and one who needed nobody
    again = await world.open("まだですか")
    await world.bot_says(again.id, "お知らせ", announcement="snow")
    await world.store.write(close, told.id, how="lapsed", now=world.clock())
    world.clock.now += FRESH_MS
    (_, snow, _) = (await agent.json("/desk/api/conversations"))["banners"]
    assert snow["detail"].split(" · ")[2:] == ["2件に案内", "うち1件は担当者なしで終了"]
    assert len(await texts(agent)) == 3


async def test_it_comes_and_goes_with_the_clock(
    agent: Browser, world: World, library: Any
) -> None:
    until = datetime(2026, 11, 24, 10, 10)
    short = replace(SNOW, starts=datetime(2026, 11, 24, 10, 5), ends=until)
    library.current = replace(KNOWLEDGE, announcements=(short,))
    there = []
    for minutes in (4, 5, 9, 10):
        world.clock.now = MORNING + minutes * MINUTE_MS
        there.append(len((await agent.json("/desk/api/banners"))["banners"]))
    assert there == [0, 1, 1, 0]


async def test_it_is_told_in_english_and_clipped(
    browsers: dict[Role, Browser], library: Any
) -> None:
    library.current = replace(KNOWLEDGE, announcements=(SNOW,))
    page = browsers[Role.SUPERVISOR]
    answer = await page.client.get(
        "/desk/api/banners", headers={"Accept": "application/json", "Accept-Language": "en"}
    )
    (told,) = (await answer.json())["banners"]
    assert told["text"].startswith("Announced now: Heavy snow: parcels are late.")
    assert len(told["text"]) == len("Announced now: ") + 60
    assert told["detail"].split(" · ") == [
        "until 11/24 18:00",
        "not answered meanwhile: 何日で届きますか？",
        "told in conversations: 0",
    ]


async def test_a_long_failure_is_told_with_its_date(
    agent: Browser, world: World, health: ChannelHealth
) -> None:
    health.failing_since = world.clock() - 3 * MINUTE_MS
    (short,) = await texts(agent)
    health.failing_since = world.clock() - 30 * HOUR_MS
    (long,) = await texts(agent)
    assert ("（9:57から）" in short, "（11/23 4:00から）" in long) == (True, True), (short, long)


async def test_several_troubles_stand_below_each_other(
    agent: Browser, world: World, health: ChannelHealth
) -> None:
    health.failing_since = world.clock() - MINUTE_MS
    health.token_refused = health.quota_used_up = True
    kinds = (await agent.json("/desk/api/banners"))["banners"]
    assert [one["kind"] for one in kinds] == ["token", "quota"]


@pytest.mark.browser
@NEEDS_CHROMIUM
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
async def test_an_open_desk_shows_it_and_lets_it_go(  # noqa: PLR0917 - fixtures come by name
    server: TestServer, world: World, health: ChannelHealth, library: Any, scheme: str, width: int
) -> None:
    sato = await staff(world, "sato", Role.ADMIN)
    line = await world.open("届きません", channel="line")
    await world.desk.claim(sato, line.id)
    hint = Hint(topic=DESK, kind="channel")
    expect = playwright.expect
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM))
        context = await browser.new_context(
            locale="ja-JP", color_scheme=scheme, viewport={"width": width, "height": 800}
        )
        page = await context.new_page()
        base = f"http://{server.host}:{server.port}"
        await page.goto(f"{base}/login?next=/desk%3Fc={line.id}")
        await page.fill("[name=login]", "sato")
        await page.fill("[name=password]", "seven green bicycles")
        await page.click("main button")
        await expect(page.locator("#head-chips")).to_have_text("担当：sato")
        await expect(page.locator("#card dd", has_text="通")).to_have_text("0通")
        await expect(page.locator("#compose-left")).to_have_text("")
        # it breaks while the page is open
        health.failing_since = world.clock() - 3 * MINUTE_MS
        health.pushes_left = 12
        library.problems = WRONG
        world.hints.publish([hint])
        await expect(page.locator("#banners .banner")).to_have_count(2)
        await expect(page.locator("#banners .banner").first).to_contain_text("（9:57から）")
        await expect(page.locator("#compose-left")).to_have_text("今月の配信はあと12通です。")
        if shots := os.environ.get("MADOGUCHI_SHOTS"):
            await page.screenshot(path=Path(shots) / f"banners-{scheme}.png")
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        higher = await page.evaluate("document.documentElement.scrollHeight - innerHeight")
        assert (wider <= 0, higher <= 0) == (True, True)
        await page.click("#mode-note")
        await expect(page.locator("#compose-left")).to_have_text("")
        # and works again
        health.failing_since = None
        library.problems = ()
        world.hints.publish([hint])
        await expect(page.locator("#banners .banner")).to_have_count(0)
        await browser.close()


@pytest.mark.browser
@NEEDS_CHROMIUM
async def test_a_page_that_follows_nothing_asks_now_and_then(
    server: TestServer, world: World, health: ChannelHealth
) -> None:
    await staff(world, "sato")
    expect = playwright.expect
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM))
        page = await (await browser.new_context(locale="ja-JP")).new_page()
        await page.clock.install()
        base = f"http://{server.host}:{server.port}"
        await page.goto(f"{base}/login?next=/callbacks")
        await page.fill("[name=login]", "sato")
        await page.fill("[name=password]", "seven green bicycles")
        await page.click("main button")
        await expect(page.locator("h1")).to_be_visible()
        health.quota_used_up = True
        await page.clock.run_for(21_000)
        await expect(page.locator("#banners .banner")).to_have_count(1)
        if shots := os.environ.get("MADOGUCHI_SHOTS"):
            await page.screenshot(path=Path(shots) / "banners-callbacks.png")
        health.quota_used_up = False
        await page.clock.run_for(21_000)
        await expect(page.locator("#banners .banner")).to_have_count(0)
        await browser.close()
