"""The main stories, told through real pages on both doors."""

import asyncio
import re

from playwright.async_api import Page, expect
from stage import Stage, shoot


async def say(page: Page, text: str) -> None:
    """Write in the web chat."""
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


async def say_line(page: Page, text: str) -> None:
    """Write on the phone."""
    await page.locator("#words").fill(text)
    await page.locator("#send").click()


def bubble(page: Page, text: str) -> object:
    return page.locator("#log li", has_text=text)


async def test_a_question_is_answered_on_the_web(stage: Stage) -> None:
    chat = await stage.chat()
    await say(chat, "返品期限")
    await expect(chat.locator("#log")).to_contain_text("8日以内")
    await expect(chat.locator("#quick button").first).to_have_text("解決した")
    await shoot(chat, "chat-answer-phone-ja")
    await chat.get_by_role("button", name="解決した").click()
    await expect(chat.locator("#quick button").first).to_have_text("5 とても満足")
    await chat.get_by_role("button", name="4 満足").click()
    await say(chat, "早くて助かりました")
    await expect(chat.locator("#log")).to_contain_text("ご回答ありがとうございました")
    row = await stage.house.store.read(
        lambda tx: tx.one("SELECT score, comment, handled_by, state, channel FROM survey")
    )
    assert row is not None
    assert tuple(row) == (4, "早くて助かりました", "bot", "answered", "web")


async def test_english_customers_are_answered_in_english(stage: Stage) -> None:
    chat = await stage.chat(lang="en-US", color_scheme="dark")
    await expect(chat.locator("#log")).to_contain_text("Hello, this is Komorebi Goods.")
    await say(chat, "How long can I return an item?")
    await expect(chat.locator("#log")).to_contain_text("Did that solve it?")
    await shoot(chat, "chat-answer-phone-en-dark")


async def test_a_question_is_answered_on_line_with_the_free_token(stage: Stage) -> None:
    phone = await stage.phone()
    await say_line(phone, "返品期限")
    await expect(phone.locator("#lines")).to_contain_text("8日以内")
    await phone.locator("#chips button", has_text="解決した").click()
    await phone.locator("#chips button", has_text="5 とても満足").click()
    await phone.locator("#chips button", has_text="スキップ").click()
    await expect(phone.locator("#lines")).to_contain_text("ご回答ありがとうございました")
    await shoot(phone, "line-answer")
    assert stage.platform.quota.used == 0


async def test_did_you_mean_offers_entries_and_a_way_out(stage: Stage) -> None:
    chat = await stage.chat()
    await say(chat, "返品したいけど、いつまで、どうやって、送料は")
    await expect(chat.locator("#log")).to_contain_text(
        "どれについてのご質問でしょうか", timeout=8000
    )
    offered = await chat.locator("#quick button").all_inner_texts()
    assert offered[-2:] == ["どれでもない", "担当者に相談"]
    assert 3 <= len(offered) <= 5
    await shoot(chat, "chat-suggest")
    await chat.locator("#quick button").first.click()
    await expect(chat.locator("#log")).to_contain_text("解決しましたか")


async def test_two_misses_lead_to_a_person_who_solves_it(stage: Stage) -> None:
    desk = await stage.desk("sato")
    chat = await stage.chat()
    await say(chat, "あああああ")
    await expect(chat.locator("#log")).to_contain_text("つかみきれませんでした", timeout=60_000)
    await say(chat, "えええええ")
    await chat.locator("#quick").get_by_role("button", name="担当者につなぐ").click()
    await expect(chat.locator("#log")).to_contain_text("1番目")
    await shoot(chat, "chat-queue")
    await say(chat, "山田です")  # the form's first question
    await chat.locator("#quick").get_by_role("button", name="スキップ").click()
    await shoot(desk, "desk-list")
    await desk.locator("#list li").first.click()
    await desk.get_by_role("button", name="担当する", exact=True).click()
    await expect(chat.locator("#log")).to_contain_text("担当の佐藤がお答えします")
    await desk.locator("#field").fill("お調べしますので、少々お待ちください。")
    await shoot(desk, "desk")
    await desk.locator("#send").click()
    await expect(chat.locator("#log")).to_contain_text("お調べしますので")
    await say(chat, "お願いします")
    await expect(desk.locator("#talk")).to_contain_text("お願いします")
    await desk.get_by_role("button", name="解決にする").click()
    await confirm(desk)
    await chat.locator("#quick button", has_text="1 とても不満").click()
    await expect(chat.locator("#log")).to_contain_text("責任者")
    row = await stage.house.store.read(
        lambda tx: tx.one(
            "SELECT s.score, s.handled_by, c.review FROM survey s"
            " JOIN conversation c ON c.id = s.conversation_id"
        )
    )
    assert row is not None
    assert tuple(row) == (1, "agent", 1)


async def confirm(page: Page) -> None:
    """Press the dialog's main button."""
    await page.locator("#ask[open] .primary").click()


async def test_the_same_on_line(stage: Stage) -> None:
    desk = await stage.desk("suzuki")
    phone = await stage.phone()
    await say_line(phone, "オペレーター")
    await expect(phone.locator("#lines")).to_contain_text("番目")
    await desk.locator("#take-next").click()
    await expect(phone.locator("#lines")).to_contain_text("担当の鈴木がお答えします")
    await desk.locator("#field").fill("お待たせしました。")
    await desk.locator("#send").click()
    await expect(phone.locator("#lines")).to_contain_text("お待たせしました。")
    assert [
        line["sender"]["name"]
        for line in stage.platform.sent_to(_first(stage))
        if "sender" in line
    ] == ["鈴木"]
    await desk.get_by_role("button", name="解決にする").click()
    await confirm(desk)
    await phone.locator("#chips button", has_text="5 とても満足").click()
    await phone.locator("#chips button", has_text="スキップ").click()
    await expect(phone.locator("#lines")).to_contain_text("ご回答ありがとうございました")
    await shoot(phone, "line-handoff")


def _first(stage: Stage) -> str:
    return next(iter(stage.platform.customers))


async def test_two_agents_race_for_one_conversation(stage: Stage) -> None:
    desks = [await stage.desk("sato"), await stage.desk("suzuki")]
    chat = await stage.chat()
    await say(chat, "担当者")
    for desk in desks:
        await desk.locator("#list li").first.click()
        await desk.get_by_role("button", name="担当する", exact=True).wait_for()
    # the loser's button may go the moment before it is pressed: press what is there
    press = "document.querySelector('[data-act=claim]')?.click()"
    await asyncio.gather(*(desk.evaluate(press) for desk in desks))
    await expect(chat.locator("#log")).to_contain_text("がお答えします")
    for desk in desks:
        await expect(desk.get_by_role("button", name="担当する", exact=True)).to_have_count(0)
    rows = await stage.house.store.read(lambda tx: tx.all("SELECT agent_id FROM assignment"))
    assert len(rows) == 1
    announced = await chat.locator("#log li", has_text="がお答えします").count()
    assert announced == 1


async def test_a_stale_reply_shows_what_came_meanwhile(stage: Stage) -> None:
    desk = await stage.desk("sato")
    chat = await stage.chat()
    await say(chat, "担当者")
    await desk.locator("#take-next").click()
    await expect(desk.locator("#talk")).to_contain_text("担当者")
    # the desk loses its line; the customer goes on writing
    await desk.context.set_offline(True)
    await say(chat, "やはり急ぎません")
    await expect(bubble(chat, "やはり急ぎません")).to_be_visible()
    await desk.context.set_offline(False)
    await desk.locator("#field").fill("すぐに手配します")
    await expect(desk.locator("#talk")).to_contain_text("やはり急ぎません", timeout=60_000)
    assert await desk.locator("#field").input_value() == "すぐに手配します"


async def test_a_complaint_goes_to_the_front(stage: Stage) -> None:
    desk = await stage.desk("sato")
    first, angry = await stage.chat(), await stage.chat()
    await say(first, "担当者")
    await expect(first.locator("#log")).to_contain_text("1番目")
    await say(angry, "いい加減にしてください。消費者センターに言いますよ")
    await expect(angry.locator("#log")).to_contain_text("申し訳ございません")
    await expect(angry.locator("#log")).to_contain_text("1番目")
    await expect(desk.locator("#list li")).to_have_count(2)
    await expect(desk.locator("#list li").first).to_contain_text("苦情")
    await shoot(desk, "desk-complaint")


async def test_a_callback_is_promised_and_found_by_its_reference(stage: Stage) -> None:
    desk = await stage.desk("sato")
    chat = await stage.chat()
    await say(chat, "担当者")
    await chat.locator("#log").get_by_role("button", name="折り返し電話を希望").click()
    slot = chat.locator("#quick button").first
    await slot.click()
    await say(chat, "れいきゅうまる")
    await expect(chat.locator("#log")).to_contain_text("読み取れませんでした")
    await say(chat, "０９０ー１２３４ー５６７８")
    await expect(chat.locator("#log")).to_contain_text("に 090-1234-5678 へお電話いたします")
    text = await chat.locator("#log li", has_text="へお電話いたします").inner_text()
    found = re.search(r"M-[0-9A-Z]{4,}", text)
    assert found is not None
    reference = found[0]
    await desk.goto(f"{stage.url}/callbacks")
    await expect(desk.locator("main")).to_contain_text("090-1234-5678")
    await shoot(desk, "callbacks")
    await desk.locator("input[type=search], input[name=q], input[name=reference]").first.fill(
        reference.lower()
    )
    await desk.keyboard.press("Enter")
    await expect(desk.locator("body")).to_contain_text(reference)


async def test_an_unsent_message_disappears_from_the_desk(stage: Stage) -> None:
    desk = await stage.desk("sato")
    phone = await stage.phone()
    await say_line(phone, "担当者")
    await say_line(phone, "ひみつの住所は桜町です")
    await desk.locator("#list li").first.click()
    await expect(desk.locator("#talk")).to_contain_text("桜町")
    phone_undo = phone.locator(".line", has_text="桜町").locator(".undo")
    await phone_undo.click()
    await phone.locator("#ask-yes").click()
    await expect(desk.locator("#talk")).not_to_contain_text("桜町")
    await expect(desk.locator("#talk")).to_contain_text("取り消")
