"""A supervisor erases one message; it goes from both pages at once."""

import pytest
from playwright.async_api import expect
from stage import Stage
from steps import come_in, said

from bot.clock import now_ms
from handoff.access import Role
from handoff.demo import PASSWORD
from handoff.staff import add_agent

NUMBER = "口座番号は 7654321 です"


@pytest.mark.parametrize(
    ("lang", "label", "short", "place"),
    [
        ("ja-JP", "このメッセージを削除する", "削除", "このメッセージは削除されました"),
        ("en-US", "Erase this message", "Erase", "This message was erased"),
    ],
)
async def test_what_should_not_be_there_goes(
    scene: Stage, lang: str, label: str, short: str, place: str
) -> None:
    chat = await come_in(scene, f"{NUMBER} {lang}")
    await add_agent(
        scene.house.store,
        now_ms,
        login=f"lead-{lang}",
        name="責任者",
        role=Role.SUPERVISOR,
        password=PASSWORD,
    )
    desk = await scene.desk(f"lead-{lang}", lang=lang)
    await desk.locator("#list li", has_text=f"{NUMBER} {lang}").first.click()
    message = desk.locator("#talk .message", has_text=f"{NUMBER} {lang}")
    button = message.get_by_role("button", name=label)
    await expect(button).to_have_text(short)
    # with a mouse it shows where one points, by keyboard where one stands
    await expect(button).to_have_css("opacity", "0")
    await message.hover()
    await expect(button).to_have_css("opacity", "1")
    await button.focus()
    await button.press("Enter")
    await desk.locator("#ask[open] .danger").click()
    await expect(desk.locator("#talk")).to_contain_text(place)
    await expect(desk.locator("body")).not_to_contain_text(f"7654321 です {lang}")
    await expect(said(chat, "このメッセージは削除されました")).to_have_count(1)
    await expect(chat.locator("#log")).not_to_contain_text("7654321")
    await chat.reload()
    await expect(said(chat, "このメッセージは削除されました")).to_have_count(1)
    # what others said, and what is erased already, has no such button
    await expect(desk.locator("#talk .message.ours .erase")).to_have_count(0)
    await expect(desk.locator("#talk .message", has_text=place).locator(".erase")).to_have_count(0)


async def test_an_agent_has_no_such_button(scene: Stage) -> None:
    await come_in(scene, "住所は桜町です")
    desk = await scene.desk("sato")
    await desk.locator("#list li", has_text="桜町").first.click()
    await expect(desk.locator("#talk")).to_contain_text("桜町")
    await expect(desk.locator(".erase")).to_have_count(0)
