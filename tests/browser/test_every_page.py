"""Every page in every look: accessible, never wider than the screen, and a picture to look at."""

import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect
from stage import PHONE, PICTURES, WIDE, Stage, shoot
from steps import come_in, leave_note, reply, resolve, said, say, take

from handoff.accounts import list_agents
from handoff.appkeys import KEEPING
from handoff.demo import PASSWORD
from handoff.keeping_values import Edit

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": TAGS, "resultTypes": ["violations"]}
LOOKS = list(itertools.product(("phone", "desktop"), ("ja", "en")))
SMALL = {"width": 320, "height": 640}
#: Pixels that a page is wider than the screen, and which elements stand out; once it has settled.
OVERFLOW = """async () => {
  for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
  const width = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - width;
  const out = [...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > width + 1);
  return over > 0 ? `${over} px: ${out.slice(0, 6).map((one) =>
    `${one.tagName}#${one.id}.${one.className}`).join(" ")}` : "";
}"""
#: On a phone a row is a card: a figure in it that nothing names says nothing.
NAMELESS = """() => [...document.querySelectorAll(".stacks td:not([data-label])")]
  .map((one) => one.innerText.trim()).filter((text) => /^[\\d–.%]+$/.test(text)).join(" ")"""
STAFF_PAGES = (
    "callbacks",
    "results",
    "staff",
    "troubles",
    "ledger",
    "ledger/sent",
    "audit",
    "account",
    "desk",
    "nowhere",
)
KNOWLEDGE_PAGES = (
    "knowledge",
    "knowledge/e/return-deadline",
    "knowledge/e/return-deadline/uses",
    "knowledge/new",
    "knowledge/history",
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def lived_in(hall: Stage) -> AsyncIterator[Stage]:
    """A house in which things have happened, so that no page is empty."""
    desk = await hall.desk("sato")
    happy = await come_in(hall, "届いたお皿が割れていました", name="山田")
    await take(desk, "届いたお皿が割れていました")
    await reply(desk, "申し訳ございません。すぐに代わりをお送りいたします。")
    await resolve(desk)
    await happy.get_by_role("button", name="2 不満").click()
    await say(happy, "時間がかかりました")
    await expect(happy.locator("#log")).to_contain_text("ありがとうございました")
    called = await come_in(hall, "のし紙の名入れについて", name="高橋")
    await called.locator("#log").get_by_role("button", name="折り返し電話を希望").click()
    await called.locator("#quick button").first.click()
    await say(called, "090-1234-5678")
    await expect(called.locator("#log")).to_contain_text("お電話いたします")
    await come_in(hall, "領収書の宛名を変えたいです")
    phone = await hall.phone()
    await phone.locator("#words").fill("返品期限")
    await phone.locator("#send").click()
    await expect(phone.locator("#lines")).to_contain_text("8日以内")
    await change_knowledge(hall)
    open_one = await come_in(hall, "包装は何色から選べますか", name="伊藤")
    await take(desk, "包装は何色から選べますか")
    await leave_note(desk, "在庫は白と生成り。")
    await reply(desk, "白と生成りからお選びいただけます。")
    await expect(said(open_one, "生成り")).to_have_count(1)
    yield hall
    for context in hall.contexts:
        await context.close()


async def change_knowledge(hall: Stage) -> None:
    """One published change, for the history."""
    keeping, agents = hall.house.app[KEEPING], await hall.house.store.read(list_agents)
    admin = next(one for one in agents if one.login == "admin")
    values = (await keeping.get_entry(admin, "delivery-days")).values
    edit = Edit(entry_id="delivery-days", values={**values, "owner": "発送チーム"})
    draft = await keeping.save_draft(admin, edit, seen=0)
    await keeping.publish(admin, "delivery-days", seen=draft.version)


async def judge(page: Page, name: str) -> list[str]:
    """What is wrong with a page as it stands, in light and dark; and its pictures."""
    wrong = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await shoot(page, f"{name}-{scheme}")
        found = (await Axe().run(page, options=RULES)).response["violations"]
        wrong += [
            f"{name}-{scheme}: {one['id']} {node['target']} {node['failureSummary'][-160:]}"
            for one in found
            for node in one["nodes"]
        ]
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size(SMALL)
    if over := await page.evaluate(OVERFLOW):
        wrong.append(f"{name}: wider than a screen of 320: {over}")
        await shoot(page, f"{name}-320")
    if nameless := await page.evaluate(NAMELESS):
        wrong.append(f"{name}: figures without a name: {nameless}")
    await page.set_viewport_size(size)
    return wrong


async def test_the_judge_sees_what_is_wrong(scene: Stage) -> None:
    page = await scene.page()
    await page.set_content(
        """<html lang="ja"><title>x</title><main><h1>x</h1><button></button>
        <p style="color:#ccc;width:400px">薄い</p></main>"""
    )
    found = [one.split(": ", 1)[1].split(" ")[0] for one in await judge(page, "page-bad")]
    assert found == ["button-name", "color-contrast"] * 2 + ["wider"]


def look_of(device: str, lang: str) -> dict[str, object]:
    size = PHONE if device == "phone" else WIDE
    return {
        "size": size,
        "lang": "ja-JP" if lang == "ja" else "en-US",
        "reduced_motion": "reduce",
        # the shop's and our own policy stay as they are for visitors; axe must get in
        "bypass_csp": True,
    }


@pytest.mark.parametrize(("device", "lang"), LOOKS)
async def test_the_pages_of_customers(lived_in: Stage, device: str, lang: str) -> None:
    look, tail = look_of(device, lang), f"{device}-{lang}"
    question = "返品期限" if lang == "ja" else "How long can I return an item?"
    chat = await lived_in.chat(**look)
    await say(chat, question)
    await expect(chat.locator("#quick button").first).to_be_visible()
    await expect(chat.locator(".pending")).to_have_count(0)
    wrong = await judge(chat, f"page-chat-{tail}")
    shop = await lived_in.page(**look)
    await shop.goto(f"{lived_in.shop_url}/{'' if lang == 'ja' else 'en'}")
    await shop.locator("[data-madoguchi] .launcher").click()
    inside = shop.frame_locator("[data-madoguchi] iframe")
    await expect(inside.locator("#log li").first).to_be_visible()
    wrong += await judge(shop, f"page-shop-{tail}")
    phone = await lived_in.phone(**look)
    await expect(phone.locator("#lines")).to_contain_text("8日以内")
    wrong += await judge(phone, f"page-line-{tail}")
    await leave(lived_in, chat.context, shop.context, phone.context)
    assert wrong == []


@pytest.mark.parametrize(("device", "lang"), LOOKS)
async def test_the_pages_of_staff(lived_in: Stage, device: str, lang: str) -> None:
    look, tail = look_of(device, lang), f"{device}-{lang}"
    page = await lived_in.page(**look)
    await page.goto(f"{lived_in.url}/login")
    wrong = await judge(page, f"page-login-{tail}")
    await page.context.close()
    lived_in.contexts.remove(page.context)
    page = await lived_in.desk("admin", **look)
    for name in (*STAFF_PAGES, *KNOWLEDGE_PAGES):
        await page.goto(f"{lived_in.url}/{name}")
        if name == "desk":
            await expect(page.locator("#list li").first).to_be_visible()
        if name.endswith("return-deadline"):
            await expect(page.locator("#preview-web .bubble")).to_be_visible()
        wrong += await judge(page, f"page-{name.replace('/', '-')}-{tail}")
    await page.goto(f"{lived_in.url}/desk")
    await page.locator("#filters button").nth(2).click()
    await page.locator("#list li", has_text="包装は何色").click()
    await expect(page.locator("#talk")).to_contain_text("生成り")
    wrong += await judge(page, f"page-talk-{tail}")
    if more := await page.evaluate("document.documentElement.scrollHeight - innerHeight"):
        wrong.append(f"the desk goes on below the screen: {more} px")
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    wrong += await judge(page, f"page-keys-{tail}")
    await leave(lived_in, page.context)
    assert wrong == []


async def test_an_agent_needs_no_mouse(stage: Stage) -> None:
    chat = await come_in(stage, "マウスなしでお願いします")
    desk = await stage.page()
    await desk.goto(f"{stage.url}/login")
    keys = desk.keyboard
    await expect(desk.locator("input[name=login]")).to_be_focused()
    await keys.type("sato")
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await desk.wait_for_url("**/desk**")
    await expect(desk.locator("#list li")).to_have_count(1)
    await keys.press("Tab")
    await expect(desk.locator(".skip")).to_be_focused()
    await reach(desk, "#take-next")
    await keys.press("Enter")
    await expect(said(chat, "担当の佐藤がお答えします")).to_have_count(1)
    await expect(desk.locator("#talk")).to_contain_text("マウスなしで")
    await keys.press("Alt+L")
    await expect(desk.locator("#field")).to_be_focused()
    await keys.type("かしこまりました。")
    await reach(desk, "#send")
    await keys.press("Enter")
    await expect(said(chat, "かしこまりました。")).to_have_count(1)
    await keys.press("Alt+E")
    await expect(desk.locator("#ask")).to_be_visible()
    await reach(desk, "#ask .primary")
    await keys.press("Enter")
    await expect(chat.locator("#quick")).to_contain_text("5 とても満足")
    # the customer's keys: back from the field to what is offered
    await chat.locator("#text").focus()
    await reach(chat, "#quick button:last-child", key="Shift+Tab")
    await chat.keyboard.press("Enter")
    await expect(chat.locator("#log")).to_contain_text("責任者")


async def reach(page: Page, selector: str, *, key: str = "Tab") -> None:
    """Go there by one key, seeing at every stop where one is."""
    wanted = page.locator(selector)
    for _ in range(40):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press(key)
        seen = await page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            " || document.activeElement === document.body"
        )
        assert seen, await page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"{selector} cannot be reached by {key}")


async def test_the_pictures_of_the_readme(stage: Stage) -> None:
    shop = await stage.page(color_scheme="light", timezone_id="Asia/Tokyo")
    await shop.goto(stage.shop_url)
    await shop.locator("[data-madoguchi] .launcher").click()
    inside = shop.frame_locator("[data-madoguchi] iframe")
    await inside.locator("#text").fill("返品期限")
    await inside.locator("#text").press("Enter")
    await expect(inside.locator("#quick button").first).to_have_text("解決した")
    await expect(inside.locator(".pending")).to_have_count(0)
    await shoot(shop, "widget", folder=PICTURES)
    await shop.context.close()
    stage.contexts.remove(shop.context)
    chats = [
        await come_in(stage, text, name=name)
        for text, name in (
            ("届いたマグカップの取っ手が欠けていました", "山田"),
            ("のし紙に名前を入れてもらえますか", "高橋"),
            ("実店舗でも同じ器を見られますか", "伊藤"),
        )
    ]
    phone = await stage.phone()
    await phone.locator("#words").fill("オペレーター")
    await phone.locator("#send").click()
    await expect(phone.locator("#lines")).to_contain_text("番目")
    desk = await stage.desk("sato", color_scheme="light", timezone_id="Asia/Tokyo")
    await take(desk, "取っ手が欠けて")
    await leave_note(desk, "同じ色の在庫あり。今日の便で代わりを出せます。")
    await reply(desk, "ご不便をおかけして申し訳ございません。代わりの品を本日お送りいたします。")
    await say(chats[0], "ありがとうございます。安心しました。")
    await expect(desk.locator("#talk")).to_contain_text("安心しました")
    await desk.locator("#filters button", has_text="待ち").click()
    await expect(desk.locator("#list li")).to_have_count(3)
    await expect(desk.locator("#toast")).to_be_empty(timeout=60_000)
    await expect(desk.locator("#viewers")).to_be_empty()
    await shoot(desk, "desk", folder=PICTURES)
    for name in ("widget", "desk"):
        assert (PICTURES / f"{name}.png").stat().st_size < 300_000


async def leave(stage: Stage, *contexts: BrowserContext) -> None:
    for context in contexts:
        await context.close()
        stage.contexts.remove(context)
    assert stage.complaints == []
