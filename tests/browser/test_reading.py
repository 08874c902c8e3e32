"""Customers who would rather read, and questions offered while somebody writes."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from stage import PHONE, WIDE, Stage, shoot

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


async def look_over(page: Page, name: str) -> None:
    """A picture; nothing inaccessible, nothing wider than the screen."""
    await shoot(page, name)
    found = await Axe().run(page, options=RULES)
    assert found.response["violations"] == [], found.generate_report()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0


@pytest.mark.parametrize(("lang", "locale"), [("ja", "ja-JP"), ("en", "en-GB")])
@pytest.mark.parametrize(("size", "width"), [("phone", PHONE), ("desktop", WIDE)])
async def test_the_questions_can_be_read_without_asking(
    scene: Stage, lang: str, locale: str, size: str, width: dict[str, int]
) -> None:
    page = await scene.page(lang=locale, size=width, java_script_enabled=False)
    await page.goto(f"{scene.url}/chat/faq")
    ja = lang == "ja"
    await expect(page.locator("h1")).to_have_text(
        "よくあるご質問" if ja else "Frequently asked questions"
    )
    # axe needs scripts, which the page does not
    scripted = await scene.page(lang=locale, size=width)
    await scripted.goto(f"{scene.url}/chat/faq")
    await look_over(scripted, f"faq-{size}-{lang}")
    more = page.locator("a.more").first
    await more.click()
    question = page.locator("details").first
    await question.locator("summary").click()
    await expect(question.locator(".answer")).to_be_visible()
    await scripted.goto(page.url)
    await scripted.locator("details summary").first.click()
    await look_over(scripted, f"faq-category-{size}-{lang}")
    await question.locator("a.more").click()
    await expect(page.locator("article .answer")).to_be_visible()
    await scripted.goto(page.url)
    await look_over(scripted, f"faq-entry-{size}-{lang}")


async def test_a_reader_finds_the_way_to_the_chat_and_back(scene: Stage) -> None:
    page = await scene.page(size=PHONE)
    await page.goto(f"{scene.url}/chat/faq")
    await page.get_by_role("link", name="チャットで質問する").click()
    await page.locator("#log li").first.wait_for()
    link = page.get_by_role("link", name="よくあるご質問")
    assert await link.get_attribute("href") == "/chat/faq?lang=ja"


@pytest.mark.parametrize(
    ("locale", "written", "first"),
    [
        ("ja-JP", "返品 いつまで", "返品はいつまでできますか？"),
        ("en-GB", "how long return", "How long can I return an item?"),
    ],
)
async def test_questions_are_offered_while_writing(
    scene: Stage, locale: str, written: str, first: str
) -> None:
    page = await scene.chat(lang=locale)
    offered = page.locator("#suggestions button")
    await page.locator("#text").press_sequentially(written, delay=20)
    await expect(offered.first).to_have_text(first)
    await look_over(page, f"suggestions-{locale[:2]}")
    await page.keyboard.press("Escape")
    await expect(offered).to_have_count(0)
    await page.locator("#text").press_sequentially(" ", delay=20)
    await page.locator("#text").press_sequentially("?", delay=20)
    await expect(offered.first).to_have_text(first)
    for _ in range(await offered.count()):
        await page.keyboard.press("ArrowUp")
    await expect(offered.first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#log")).to_contain_text("8")
    await expect(page.locator("#log li").filter(has_text=first).first).to_be_visible()
    assert await page.locator("#text").input_value() == ""
    await expect(offered).to_have_count(0)


async def test_sending_puts_the_offers_away(scene: Stage) -> None:
    page = await scene.chat()
    await page.locator("#text").press_sequentially("返品", delay=20)
    await expect(page.locator("#suggestions button").first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator("#suggestions button")).to_have_count(0)
    await expect(page.locator("#log li").filter(has_text="返品").first).to_be_visible()


async def test_nothing_is_offered_while_people_answer(scene: Stage) -> None:
    page = await scene.chat()
    await page.locator("#human").click()
    await expect(page.locator("#human")).to_be_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.locator("#text").press_sequentially("返品 いつまで", delay=20)
    await page.wait_for_timeout(700)
    assert [url for url in asked if url.endswith("/chat/suggest")] == []
