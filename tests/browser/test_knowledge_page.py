"""An admin at work on the knowledge in a browser: write, try, publish, contradict, take back."""

import re
from pathlib import Path

from playwright.async_api import Page, expect
from stage import PHONE, Stage, shoot
from steps import said, say

#: The check and the replay build the knowledge anew: seconds on a busy machine.
PATIENCE = 60_000


async def edit(stage: Stage, entry_id: str, login: str = "admin", **more: object) -> Page:
    page = await stage.desk(login, **more)
    await page.goto(f"{stage.url}/knowledge/e/{entry_id}")
    return page


async def kept(page: Page) -> None:
    await expect(page.locator("#saved")).to_contain_text("下書きを保存しました", timeout=PATIENCE)


async def publish(page: Page) -> None:
    await page.locator("#publish").click()
    go = page.get_by_role("button", name="この内容で公開する")
    await expect(go).to_be_visible(timeout=PATIENCE)
    await shoot(page, "knowledge-replay")
    await go.click()
    await expect(page.locator(".said").first).to_contain_text("公開しました", timeout=PATIENCE)


async def test_from_a_new_entry_to_the_customers_answer(stage: Stage) -> None:
    page = await stage.desk("admin")
    await page.get_by_role("link", name="ナレッジ").click()
    await page.get_by_role("link", name="項目を追加する").click()
    await page.locator("#f-id").fill("gift-noshi-name")
    await page.locator("#f-question").fill("のし紙に名前は入れられますか")
    await page.locator("#f-variants").fill("のしの名入れ\n熨斗に名前を書いてほしい")
    await page.locator("#f-answer").fill("はい、**無料**でお入れします。")
    await page.locator("#f-answer").blur()
    await kept(page)
    assert page.url.endswith("/knowledge/e/gift-noshi-name")
    await expect(page.locator("#preview-line")).to_have_text("はい、無料でお入れします。")
    await expect(page.locator("#preview-web strong")).to_have_text("無料")
    await page.locator("#f-reviewed").fill("2020-01-01")
    await page.locator("#try-question").fill("のしに名前を入れたい")
    await page.keyboard.press("Enter")
    result = page.locator("#try-result")
    await expect(result).to_contain_text("はい、無料でお入れします。", timeout=PATIENCE)
    await expect(result.locator("li").first).to_be_visible()
    await shoot(page, "knowledge-new")
    await publish(page)
    chat = await stage.chat()
    await say(chat, "のしの名入れ")
    await expect(said(chat, "無料でお入れします")).to_have_count(1)


async def test_problems_stand_beside_their_field_while_one_writes(scene: Stage) -> None:
    page = await edit(scene, "return-deadline")
    address = page.locator("[data-button=target]").first
    await address.fill("http://shop.example/x")
    box = page.locator('[data-field="buttons"]')
    await expect(box.locator(".findings .error").first).to_be_visible(timeout=PATIENCE)
    await expect(address).to_be_visible()
    await shoot(page, "knowledge-problem")
    await page.locator("#mode-yaml").click()
    await expect(page.locator("#text")).to_have_value(re.compile("http://shop.example/x"))
    text = await page.locator("#text").input_value()
    await page.locator("#text").fill(text.replace("http://", "https://") + "owner: [\n")
    await expect(page.locator("#yaml-findings .error").first).to_be_visible(timeout=PATIENCE)
    await page.locator("#mode-form").click()
    await expect(page.locator("#trouble")).to_be_visible()
    await page.locator("#text").fill(text.replace("http://", "https://"))
    await page.locator("#mode-form").click()
    await expect(address).to_have_value("https://shop.example/x")
    await expect(box.locator(".findings .error")).to_have_count(0, timeout=PATIENCE)
    page.once("dialog", lambda dialog: dialog.accept())
    await kept(page)
    await page.locator("#discard").click()
    await expect(page.locator(".said").first).to_contain_text("破棄しました", timeout=PATIENCE)


async def test_two_admins_at_once_lose_nothing(scene: Stage) -> None:
    first = await edit(scene, "refund-when")
    second = await edit(scene, "refund-when")
    await first.locator("#f-answer").fill("返金は**5日以内**です。")
    await first.locator("#f-owner").fill("経理チーム")
    await kept(first)
    await second.locator("#f-answer").fill("返金は**一週間以内**です。")
    await second.get_by_text("公開の条件").click()
    await second.locator("#f-priority").fill("5")
    dialog = second.locator("#merge-dialog")
    await expect(dialog).to_be_visible(timeout=PATIENCE)
    await expect(dialog).to_contain_text("返金は**5日以内**です。")
    await expect(dialog).to_contain_text("返金は**一週間以内**です。")
    await expect(dialog.locator("input:checked").first).to_be_focused()
    await shoot(second, "knowledge-merge")
    await dialog.get_by_text("相手の変更").click()
    await dialog.get_by_role("button", name="この内容にする").click()
    await expect(second.locator("#saved")).to_contain_text("取り込みました", timeout=PATIENCE)
    await expect(second.locator("#f-answer")).to_have_value("返金は**5日以内**です。")
    await expect(second.locator("#f-owner")).to_have_value("経理チーム")
    await expect(second.locator("#f-priority")).to_have_value("5")
    page = second
    page.once("dialog", lambda one: one.accept())
    await page.locator("#discard").click()
    await expect(page.locator(".said").first).to_contain_text("破棄しました", timeout=PATIENCE)


async def test_a_draft_that_the_file_has_left_behind_is_told_before_publishing(
    stage: Stage, tmp_path: Path
) -> None:
    page = await edit(stage, "return-deadline")
    await page.locator("#f-owner").fill("経理チーム")
    await kept(page)
    file = next(tmp_path.rglob("knowledge/returns.yaml"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("return window", "time to return"), encoding="utf-8")
    await page.locator("#publish").click()
    dialog = page.locator("#publish-dialog")
    await expect(dialog.locator("#publish-stale")).to_be_visible(timeout=PATIENCE)
    await shoot(page, "knowledge-publish-stale")
    await dialog.get_by_role("button", name="やめる").click()
    await expect(page.locator("#stale")).to_be_visible()
    await publish(page)
    now = file.read_text(encoding="utf-8")
    assert ("time to return" in now, "経理チーム" in now) == (True, True)


async def test_a_published_change_is_taken_back(stage: Stage) -> None:
    page = await edit(stage, "return-deadline")
    await page.locator("#f-answer").fill("商品到着後**20日以内**でしたら返品できます。")
    await kept(page)
    await publish(page)
    chat = await stage.chat()
    await say(chat, "返品期限")
    await expect(said(chat, "20日以内")).to_have_count(1)
    await page.get_by_role("link", name="変更履歴").last.click()
    await expect(page.locator(".diff ins").first).to_contain_text("20日以内")
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="この変更を取り消す").first.click()
    await expect(page.locator(".said").first).to_contain_text("取り消しました", timeout=PATIENCE)
    again = await stage.chat()
    await say(again, "返品期限")
    await expect(said(again, "8日以内")).to_have_count(1)


async def test_an_agent_looks_and_changes_nothing(scene: Stage) -> None:
    page = await edit(scene, "return-deadline", "sato", size=PHONE)
    await expect(page.locator("#preview-web strong").first).to_be_visible()
    await expect(page.locator(".read")).to_contain_text("返品期限")
    await expect(page.locator("#publish, textarea, main form")).to_have_count(0)


async def test_leaving_with_unsaved_words_asks_first(scene: Stage) -> None:
    page = await edit(scene, "return-deadline")
    await page.route("**/knowledge/api/draft", lambda route: route.abort())
    await page.locator("#f-answer").fill("まだ保存していません。")
    asked = []

    async def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # playwright's own type
        await dialog.accept()  # type: ignore[attr-defined]  # as above

    page.on("dialog", stay)
    await expect(page.locator("#trouble")).to_be_visible(timeout=PATIENCE)
    await page.goto(f"{scene.url}/knowledge")
    assert asked == ["beforeunload"]


async def test_everything_can_be_read_without_scripts(scene: Stage) -> None:
    page = await scene.desk("admin")
    state = await page.context.storage_state()
    bare = await scene.page(storage_state=state, java_script_enabled=False)
    await bare.goto(f"{scene.url}/knowledge?q=返品期限")
    await bare.get_by_role("link", name="返品はいつまでできますか").click()
    await expect(bare.locator("#f-answer")).to_have_value(re.compile("8日以内"))
    assert "編集にはJavaScriptが必要です" in await bare.content()


async def test_an_entry_goes_only_when_nothing_needs_it(scene: Stage) -> None:
    page = await edit(scene, "gift-noshi")
    dialog = page.locator("#publish-dialog")
    await page.locator("#delete").click()
    await expect(dialog).to_contain_text("次の点を直すと削除できます", timeout=PATIENCE)
    await expect(dialog.get_by_role("link")).to_have_attribute("href", "/knowledge/e/gift-wrap")
    await expect(dialog.get_by_role("button", name="削除して公開する")).to_have_count(0)
    await dialog.get_by_role("button", name="やめる").click()
    await page.goto(f"{scene.url}/knowledge/e/order-bulk")
    await page.locator("#delete").click()
    await dialog.get_by_role("button", name="削除して公開する").click(timeout=PATIENCE)
    await expect(page.locator(".said").first).to_contain_text("削除しました", timeout=PATIENCE)
    await page.goto(f"{scene.url}/knowledge/history")
    page.once("dialog", lambda one: one.accept())
    await page.get_by_role("button", name="この変更を取り消す").first.click()
    await expect(page.locator(".said").first).to_contain_text("取り消しました", timeout=PATIENCE)
    await page.goto(f"{scene.url}/knowledge/e/order-bulk")
    await expect(page.locator("#f-question")).not_to_have_value("")


async def test_a_new_entry_is_renamed_before_it_is_published(scene: Stage) -> None:
    page = await scene.desk("admin")
    await page.goto(f"{scene.url}/knowledge/new?question=名入れはできますか&variant=名前を彫る")
    await page.locator("#f-answer").fill("無料でお入れします。")
    await kept(page)
    await page.locator("#f-id").fill("engraving")
    await page.locator("#f-id").blur()
    await page.wait_for_url("**/knowledge/e/engraving")
    await page.goto(f"{scene.url}/knowledge?state=draft")
    drafts = page.locator(".entries .entry")
    await expect(drafts).to_have_text(["名入れはできますか"])
    await expect(drafts).to_have_attribute("href", "/knowledge/e/engraving")
