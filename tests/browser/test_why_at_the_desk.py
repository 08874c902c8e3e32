"""「なぜこの回答？」 at the desk, on a phone and a wide screen, in both languages."""

from typing import Any

import pytest
from playwright.async_api import expect
from stage import PHONE, WIDE, Stage, shoot
from steps import say

QUESTION = "解約するとﾎﾟｲﾝﾄはどうなりますか？"


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("wide", WIDE)])
async def test_an_agent_sees_why(scene: Stage, lang: str, name: str, size: dict[str, int]) -> None:
    chat = await scene.chat()
    await say(chat, QUESTION)
    await expect(chat.locator("#quick button").first).to_be_visible(timeout=60_000)
    locale: dict[str, Any] = {"lang": "ja-JP" if lang == "ja" else "en-US", "size": size}
    desk = await scene.desk("sato", **locale)
    await desk.goto(f"{scene.url}/desk?lang={lang}")
    await desk.locator("#filters button").nth(2).click()
    await desk.locator("#list li", has_text="解約").first.click()
    why = desk.locator("#talk .why").first
    await why.locator("summary").click()
    told = why.locator(".reasons li")
    word = "文字の種類や表記をそろえました" if lang == "ja" else "Written alike before comparing"
    await expect(told.filter(has_text=word)).to_have_count(1)
    await why.scroll_into_view_if_needed()
    await shoot(desk, f"desk-why-{name}-{lang}")
    # nothing of it is wider than the talk
    fits = await why.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    assert fits
