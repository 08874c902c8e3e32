"""What people in several stories do."""

from playwright.async_api import Locator, Page, expect
from stage import Stage


async def say(page: Page, text: str) -> None:
    """Write in the web chat."""
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


def said(page: Page, text: str) -> Locator:
    """What the web chat shows of a message that has arrived."""
    return page.locator("#log li.message:not(.pending)", has_text=text)


async def come_in(stage: Stage, text: str, *, name: str = "", **more: object) -> Page:
    """A customer who asks for a person, with a question to be known by."""
    chat = await stage.chat(**more)
    await say(chat, "担当者")
    await expect(chat.locator("#log")).to_contain_text("お名前を教えて")
    if name:
        await say(chat, name)
    else:
        await chat.get_by_role("button", name="スキップ").click()
    await expect(chat.locator("#log")).to_contain_text("ご注文番号がお分かりでしたら")
    await chat.get_by_role("button", name="スキップ").click()
    await expect(chat.locator("#quick button")).to_have_text("自動応答に戻る")
    await say(chat, text)
    await expect(said(chat, text)).to_have_count(1)
    return chat


async def take(desk: Page, text: str) -> None:
    """Open the conversation whose preview has these words, and claim it."""
    await desk.locator("#filters button", has_text="待ち").click()
    await desk.locator("#list li", has_text=text).click()
    await desk.get_by_role("button", name="担当する", exact=True).click()
    await expect(desk.get_by_role("button", name="解決にする")).to_be_visible()


async def reply(desk: Page, text: str) -> None:
    """Answer in the conversation that is open."""
    await desk.locator("#field").fill(text)
    await desk.locator("#send").click()
    await expect(desk.locator("#talk")).to_contain_text(text.strip())


async def leave_note(desk: Page, text: str) -> None:
    """Keep a note in the conversation that is open."""
    await desk.locator("#mode-note").click()
    await desk.locator("#field").fill(text)
    await desk.locator("#send").click()
    await expect(desk.locator("#talk .note").last).to_contain_text(text.strip())


async def resolve(desk: Page) -> None:
    """Declare the open conversation solved."""
    await desk.get_by_role("button", name="解決にする").click()
    await desk.locator("#ask[open] .primary").click()
    await expect(desk.locator("#ask")).to_be_hidden()
