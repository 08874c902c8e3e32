"""When nobody is there: what customers are told and offered on both doors."""

import datetime as dt
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from stage import Stage, open_stage, shoot
from steps import said, say

from bot.clock import from_ms, now_ms

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = {"week": {"mon-sun": "0:00-24:00"}, "holidays": "as usual"}


def opening_day() -> dt.date:
    """The day after tomorrow in Tokyo: whatever the clock does meanwhile, today is closed."""
    return (from_ms(now_ms(), ZoneInfo("Asia/Tokyo")) + dt.timedelta(days=2)).date()


def closed_today() -> dict[str, object]:
    return {"week": {DAYS[opening_day().weekday()]: "9:00-18:00"}, "holidays": "as usual"}


def opening(lang: str = "ja") -> str:
    """When the door opens, as customers read it."""
    day = opening_day()
    if lang == "en":
        return f"We open again on {day:%a}, {day:%b} {day.day} at 9:00."
    return f"次は{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]}) 9:00からです。"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def closed(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    hours = {"chat": closed_today(), "phone": closed_today()}
    folder = tmp_path_factory.mktemp("closed")
    async with open_stage(browser, folder, people={"hours": hours}) as opened:
        yield opened
        assert opened.complaints == []
        assert opened.platform.violations == []


async def say_line(page: Page, text: str) -> None:
    await page.locator("#words").fill(text)
    await page.locator("#send").click()


async def test_the_closed_chat_names_the_opening_and_takes_a_message(closed: Stage) -> None:
    chat = await closed.chat()
    await say(chat, "返品期限")
    await expect(chat.locator("#log")).to_contain_text("8日以内")  # the bot never closes
    await say(chat, "担当者")
    log = chat.locator("#log")
    await expect(log).to_contain_text(opening())
    await expect(chat.locator("#who")).to_have_text("受付時間外です")
    await expect(chat.locator("body")).not_to_contain_text("番目")
    last = log.locator(".buttons").last
    await expect(last.locator("> *")).to_have_text(
        ["このまま待つ", "折り返し電話を希望", "伝言を残す"]
    )
    await expect(chat.locator("a[href^='tel:']")).to_have_count(0)
    await shoot(chat, "closed-chat")
    await last.get_by_role("button", name="伝言を残す").click()
    await expect(log).to_contain_text("担当者へのご伝言をお送りください。")
    await say(chat, "取り置きをお願いします")
    await expect(log).to_contain_text("ご伝言をお預かりしました")
    desk = await closed.desk("sato")
    row = desk.locator("#list li", has_text="取り置きをお願いします")
    await expect(row).to_contain_text("伝言")
    await row.click()
    await expect(desk.locator("#talk")).to_contain_text("取り置きをお願いします")
    await shoot(desk, "closed-desk")


async def test_a_call_is_promised_for_when_somebody_is_there(closed: Stage) -> None:
    chat = await closed.chat()
    await say(chat, "担当者")
    await chat.locator("#log").get_by_role("button", name="折り返し電話を希望").click()
    slot = chat.locator("#quick button").first
    day = opening_day()
    await expect(slot).to_contain_text(f"{day.month}/{day.day}")
    await expect(slot).to_contain_text("9:00")


async def test_waiting_is_answered_kindly_and_the_bot_can_be_had_back(closed: Stage) -> None:
    chat = await closed.chat(lang="en-US")
    await say(chat, "operator")
    await expect(chat.locator("#log")).to_contain_text(opening("en"))
    await chat.locator("#log").get_by_role("button", name="I will wait").click()
    await expect(said(chat, "once we are open")).to_have_count(1)
    await chat.get_by_role("button", name="Automatic replies").last.click()
    await say(chat, "How long can I return an item?")
    await expect(chat.locator("#log")).to_contain_text("Did that solve it?")


async def test_line_says_the_same(closed: Stage) -> None:
    phone = await closed.phone()
    await say_line(phone, "オペレーター")
    lines = phone.locator("#lines")
    await expect(lines).to_contain_text(opening())
    await expect(lines).to_contain_text("伝言を残す")
    await expect(lines).to_contain_text("折り返し電話を希望")
    await expect(lines).not_to_contain_text("電話する")
    await lines.get_by_text("伝言を残す", exact=True).last.click()
    await expect(lines).to_contain_text("担当者へのご伝言をお送りください。")
    await say_line(phone, "入荷したら教えてください")
    await expect(lines).to_contain_text("ご伝言をお預かりしました")
    await shoot(phone, "closed-line")
    desk = await closed.desk("suzuki")
    await expect(desk.locator("#list li", has_text="入荷したら教えて")).to_contain_text("LINE")


async def test_the_phone_is_offered_while_only_the_chat_is_closed(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hours = {"chat": closed_today(), "phone": ALWAYS}
    folder = tmp_path_factory.mktemp("phone")
    async with open_stage(browser, folder, people={"hours": hours}) as stage:
        chat = await stage.chat()
        await say(chat, "担当者")
        call = chat.locator("#log").get_by_role("link", name="電話する")
        await expect(call).to_have_attribute("href", "tel:0120000000")
        await expect(chat.locator("#log")).to_contain_text(opening())
        phone = await stage.phone()
        await say_line(phone, "オペレーター")
        await expect(phone.locator("#lines")).to_contain_text("電話する")
        assert stage.complaints == []


async def test_a_quiet_talk_ends_kindly_on_the_web_and_silently_on_line(closed: Stage) -> None:
    chat = await closed.chat()
    await say(chat, "送料はいくらですか")
    await expect(chat.locator("#quick button").first).to_have_text("解決した")
    phone = await closed.phone()
    await phone.locator(".person").nth(1).click()
    await say_line(phone, "返品期限")
    await expect(phone.locator("#lines")).to_contain_text("解決しましたか")
    heard = await phone.locator("#lines .line").count()
    quiet = "UPDATE conversation SET due_at = 1 WHERE state = 'bot'"
    await closed.house.store.write(lambda tx: tx.run(quiet))
    await expect(chat.locator("#log")).to_contain_text("いったん終了いたします", timeout=60_000)
    await expect(chat.locator("#quick")).to_be_hidden()
    assert await phone.locator("#lines .line").count() == heard
    await say(chat, "返品期限")  # a new matter, at once
    await expect(chat.locator("#log")).to_contain_text("8日以内")
