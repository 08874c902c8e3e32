"""An announcement from one YAML item: in the talk, above the chat, on LINE and on the desk."""

import asyncio

from playwright.async_api import FrameLocator, Locator, Page, expect
from stage import PHONE, Stage, shoot
from steps import said, say

from bot.hints import Hint, customer_topic

JA = "大雪のため、**北海道**へのお届けが2〜3日遅れています。"
EN = "Heavy snow: parcels to **Hokkaido** arrive 2 to 3 days late."
PLAIN_JA, PLAIN_EN = JA.replace("*", ""), EN.replace("*", "")
SNOW = f"""\
entries:
  - id: snow-delay
    announce: {JA}
    topics: [配送]
    from: 2026-01-01
    until: 2099-12-31T18:00
    pause: [delivery-days]
    translations: {{en: {{announce: "{EN}"}}}}
"""


async def switch(stage: Stage, text: str) -> None:
    """What an admin's edit does, without waiting for the watcher and the pages' next look."""
    file = stage.house.settings.knowledge / "announcements.yaml"
    await asyncio.to_thread(file.write_text, text, "utf-8")
    result = await stage.house.library.reload()
    assert result.problems == ()
    pages = range(1, 50)
    stage.house.hints.publish([Hint(topic=customer_topic(one), kind="look") for one in pages])


def above(page: Page | FrameLocator) -> Locator:
    """What is announced above the transcript."""
    return page.locator("#announcements li")


async def test_it_stands_above_the_chat_until_it_is_over_or_closed(stage: Stage) -> None:
    ja = await stage.chat()
    en = await stage.chat(lang="en-US", color_scheme="dark", size={"width": 320, "height": 640})
    await expect(above(ja)).to_have_count(0)
    await switch(stage, SNOW)
    await expect(above(ja)).to_have_text([f"お知らせ{PLAIN_JA}×"])
    await expect(above(en)).to_have_text([f"Please note{PLAIN_EN}×"])
    await expect(above(ja).locator("strong").nth(1)).to_have_text("北海道")
    await expect(ja.locator("#announcements")).to_have_attribute("aria-live", "polite")
    await shoot(ja, "announcement-chat-ja")
    await shoot(en, "announcement-chat-en-dark")
    for page in (ja, en):
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0
        box = await above(page).get_by_role("button").bounding_box()
        assert box is not None
        assert (box["width"] >= 44, box["height"] >= 44) == (True, True)
    # closed for good, whatever the page does
    await en.get_by_role("button", name="Close this announcement").press("Enter")
    await expect(above(en)).to_have_count(0)
    await expect(en.locator("#scroll")).to_be_focused()
    await en.reload()
    await en.locator("#log li").first.wait_for()
    await expect(en.locator("#who")).to_have_text("Replies are automatic")
    await expect(above(en)).to_have_count(0)
    # until it says something else
    await switch(stage, SNOW.replace("2 to 3 days", "a week").replace("2〜3日", "一週間"))
    await expect(above(ja)).to_contain_text(["一週間遅れています"])
    await expect(above(en)).to_contain_text(["arrive a week late"])
    await switch(stage, "entries: []\n")
    await expect(above(ja)).to_have_count(0)
    await expect(above(en)).to_have_count(0)


async def test_the_widget_shows_it_on_a_phone(stage: Stage) -> None:
    await switch(stage, SNOW)
    shop = await stage.page(size=PHONE)
    await shop.goto(stage.shop_url)
    await shop.locator("[data-madoguchi] .launcher").click()
    frame = shop.frame_locator("[data-madoguchi] iframe")
    await expect(above(frame)).to_have_text([f"お知らせ{PLAIN_JA}×"])
    await frame.locator("#text").fill("送料")
    await frame.locator("#text").press("Enter")
    await expect(frame.locator("#log")).to_contain_text("解決しましたか？")
    await shoot(shop, "announcement-widget")
    await frame.get_by_role("button", name="お知らせを閉じる").click()
    await expect(above(frame)).to_have_count(0)
    # the shop's page keeps it for our frame
    await shop.reload()
    await shop.locator("[data-madoguchi] .launcher").click()
    await expect(frame.locator("#log")).to_contain_text("解決しましたか？")
    await expect(above(frame)).to_have_count(0)


async def test_it_leads_the_talk_and_the_desk_sees_what_it_does(stage: Stage) -> None:
    await switch(stage, SNOW)
    chat, phone = await stage.chat(), await stage.phone()
    await say(chat, "送料")
    await expect(said(chat, "解決しましたか？")).to_have_count(1)
    await say(chat, "何日で届きますか")
    await expect(said(chat, "いまご案内できるのは以上です。")).to_have_count(1)
    await expect(said(chat, f"【お知らせ】{PLAIN_JA}")).to_have_count(2)
    await expect(chat.locator("#quick button")).to_have_text(
        ["担当者につなぐ", "ほかの質問をする"]
    )
    await shoot(chat, "announcement-talk")
    await phone.locator("#words").fill("送料")
    await phone.locator("#send").click()
    await expect(phone.locator("#lines")).to_contain_text("解決しましたか？")
    await expect(phone.locator("#lines")).to_contain_text("【お知らせ】")
    await phone.locator("#chips button", has_text="解決した").click()
    await expect(phone.locator("#lines")).to_contain_text("解決してよかったです")
    await shoot(phone, "announcement-line")
    desk = await stage.desk("suzuki")
    banner = desk.locator("#banners .banner")
    await expect(banner).to_have_count(1)
    await expect(banner.locator("span").first).to_have_text(f"お知らせ配信中：{PLAIN_JA}")
    await expect(banner.locator(".detail")).to_contain_text(
        "2件に案内 · うち1件は担当者なしで終了"
    )
    await shoot(desk, "announcement-desk-ja")
    small = await stage.desk("suzuki", lang="en-US", size=PHONE, color_scheme="dark")
    await expect(small.locator("#banners .banner")).to_contain_text("Announced now: Heavy snow")
    wider = await small.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    await shoot(small, "announcement-desk-en-phone")
    # it leaves an open desk by itself
    await switch(stage, "entries: []\n")
    await expect(banner).to_have_count(0)
