"""Two questions in one message, on the web and on LINE: one answer, the other one tap away."""

import pytest
from playwright.async_api import expect
from stage import Stage, shoot
from steps import say

BOTH = "返品期限は？あとポイントの有効期限を教えてください"


@pytest.mark.parametrize("lang", ["ja-JP", "en-US"])
async def test_the_other_question_is_one_tap_away(scene: Stage, lang: str) -> None:
    text = (
        BOTH if lang == "ja-JP" else "How long can I return an item? Also when do points expire?"
    )
    asked = "もう一つのご質問は" if lang == "ja-JP" else "Is this your other question?"
    solved = "解決しましたか" if lang == "ja-JP" else "Did that solve it?"
    chat = await scene.chat(lang=lang)
    await say(chat, text)
    log = chat.locator("#log")
    await expect(log).to_contain_text(asked, timeout=60_000)
    await shoot(chat, f"chat-second-question-{lang[:2]}")
    other = await chat.locator("#quick button").first.inner_text()
    await chat.locator("#quick button").first.click()
    await expect(log.locator("li.message", has_text=other).last).to_be_visible()
    await expect(log).to_contain_text(solved)


async def test_what_nobody_answers_is_told(scene: Stage) -> None:
    chat = await scene.chat()
    await say(chat, "返品期限は？あと株主総会はどこで開かれますか？")
    await expect(chat.locator("#log")).to_contain_text("ほかのご質問にはまだお答えできていません")
    await expect(chat.locator("#quick button").first).to_have_text("解決した")
    await shoot(chat, "chat-rest-unmet-ja")
