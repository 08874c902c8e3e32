"""Questions without an answer in a real browser: seen and decided, without scripts too."""

import itertools
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from stage import PHONE, WIDE, Stage, shoot

from bot.clock import now_ms
from bot.events import EventKind, Inbound
from handoff.demo import PASSWORD

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS = list(itertools.product((("phone", PHONE), ("desktop", WIDE)), ("ja", "en")))
ASKED = (
    "中古品の買い取りはしていますか",
    "使わなくなった食器の買い取りをお願いしたい",
    "買い取りの査定は無料ですか？",
    "工場見学に参加したいのですが",
    "工場見学の予約",
)
#: the bot asks what some of these mean
PICKED = ("届いた日と違う色だった", "色の違う箱", "包んで送る日")


async def tell(stage: Stage, customer: str, **fields: object) -> None:
    now = now_ms()
    key = f"{customer}-{now}-{len(str(fields))}"
    event = Inbound(
        **{
            "channel": "web",
            "event_key": key,
            "source_key": key,
            "customer_key": customer,
            "occurred_at": now,
            "kind": EventKind.CHOICE if "choice" in fields else EventKind.MESSAGE,
            **fields,
        }
    )
    await stage.house.intake.receive([event])


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def asked(hall: Stage) -> AsyncIterator[Stage]:
    """Customers have asked what nobody wrote down."""
    for number, text in enumerate(ASKED):
        await tell(hall, f"c{number}", text=f"{text}。")
        if number < 2:
            await tell(hall, f"c{number}", choice="human")
    for number, text in enumerate(PICKED):
        await tell(hall, f"p{number}", text=f"{text}。")
    rows = await hall.house.store.read(
        lambda tx: tx.all(
            "SELECT c.external_id, m.body FROM message m JOIN customer c ON c.id = m.customer_id"
            ' WHERE m.body LIKE \'%"code":"none"%\' ORDER BY m.id'
        )
    )
    offered = [row for row in rows if row["external_id"].startswith("p")]
    assert offered
    for row in offered:
        (first, *_) = re.findall(r'"code":"(entry:[a-z0-9-]+)"', row["body"])
        await tell(hall, row["external_id"], choice=first)
    yield hall
    for context in hall.contexts:
        await context.close()


async def enter(stage: Stage, path: str, **more: object) -> Page:
    page = await stage.page(**more)
    await page.goto(f"{stage.url}/login")
    await page.locator("input[name=login]").fill("admin")
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk**")
    await page.goto(f"{stage.url}{path}")
    return page


async def judge(page: Page, name: str) -> list[str]:
    wrong = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await shoot(page, f"{name}-{scheme}")
        found = (await Axe().run(page, options=RULES)).response["violations"]
        wrong += [
            f"{name}: {one['id']} {node['target']}" for one in found for node in one["nodes"]
        ]
    await page.set_viewport_size({"width": 320, "height": 640})
    over = await page.evaluate(OVERFLOW)
    return [*wrong, *([f"{name}: {over} px too wide"] if over > 0 else [])]


@pytest.mark.parametrize(("size", "lang"), LOOKS)
async def test_every_look_is_accessible_and_fits(
    asked: Stage, size: tuple[str, dict[str, int]], lang: str
) -> None:
    locale = "ja-JP" if lang == "ja" else "en-GB"
    wrong = []
    for name, path in (
        ("list", "/knowledge/gaps"),
        ("one", "/knowledge/gaps/1"),
        ("decided", "/knowledge/gaps?show=decided"),
        ("picks", "/knowledge/gaps/picks"),
        ("words", "/knowledge/gaps/words"),
    ):
        # axe must get in
        page = await enter(asked, path, lang=locale, size=size[1], bypass_csp=True)
        wrong += await judge(page, f"gaps-{name}-{size[0]}-{lang}")
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_group_is_decided_and_opened_again(asked: Stage, scripts: bool) -> None:  # noqa: FBT001 - the case
    page = await (enter(asked, "/knowledge/gaps") if scripts else _without_scripts(asked))
    await page.get_by_role("link", name="工場見学").click()
    await page.get_by_label("理由").fill("見学は受け付けていません")
    await page.get_by_role("button", name="対象外にする").click()
    await expect(page.locator(".said")).to_have_text("対象外にしました。")
    await expect(page.locator("main")).not_to_contain_text("工場見学")
    await page.get_by_role("link", name="対応済み").click()
    await page.get_by_role("link", name="工場見学").click()
    await expect(page.locator("main")).to_contain_text("見学は受け付けていません")
    await page.get_by_role("button", name="未対応に戻す").click()
    await expect(page.locator(".said")).to_have_text("未対応に戻しました。")


async def _without_scripts(stage: Stage) -> Page:
    page = await stage.page(java_script_enabled=False)
    await page.goto(f"{stage.url}/login")
    await page.locator("input[name=login]").fill("admin")
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.locator("button").last.click()
    await page.goto(f"{stage.url}/knowledge/gaps")
    return page


async def test_a_group_becomes_the_draft_of_an_entry(asked: Stage) -> None:
    page = await enter(asked, "/knowledge/gaps")
    await page.get_by_role("link", name="買い取り").first.click()
    await page.get_by_role("button", name="下書きを作る").click()
    await page.wait_for_url("**/knowledge/e/**")
    await expect(page.locator(".said").first).to_contain_text("下書きに入れました")
    await shoot(page, "gaps-draft-desktop-ja")
