"""A second factor from the first password to the code, and the provider's button."""

import base64
from typing import Any

import pytest
from playwright.async_api import Page, expect
from stage import Stage
from test_every_page import judge, look_of

from bot.clock import now_ms
from handoff.access import Role
from handoff.appkeys import LOGINS, OUTSIDE
from handoff.outside import OutsideLogins
from handoff.settings import OidcSettings
from handoff.staff import add_agent
from handoff.totp import code_of, step_at

PASSWORD = "seven green bicycles"
#: two of the four looks: every page comes in each size and each language
LOOKS = [("phone", "ja"), ("desktop", "en")]


class NoProvider:
    """Leads back at once: its page is not ours to judge."""

    async def authorize_url(self, **_: str) -> str:
        return "/login"

    async def exchange(self, code: str, **_: str) -> Any:
        raise AssertionError("nobody comes back with a code here")


def add_provider(hall: Stage) -> None:
    settings = OidcSettings(issuer="https://id.example", client_id="desk")
    hall.house.app._state[OUTSIDE] = OutsideLogins(
        hall.house.store, hall.house.app[LOGINS], settings, now_ms, NoProvider(), b"k" * 32
    )


async def log_in(hall: Stage, login: str, **look: Any) -> Page:
    page = await hall.page(**look)
    await page.goto(f"{hall.url}/login")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    return page


async def enrol(page: Page, url: str) -> bytes:
    """Through the pages, with the secret typed into an app by hand."""
    await page.goto(f"{url}/account/second-factor")
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    picture = page.locator(".qr img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth > 100)")
    shown = (await page.locator(".once").inner_text()).replace(" ", "")
    return base64.b32decode(shown)


async def confirm(page: Page, secret: bytes) -> list[str]:
    await page.locator("input[name=code]").fill(code_of(secret, step_at(now_ms())))
    await page.keyboard.press("Enter")
    await expect(page.locator(".codes li")).to_have_count(10)
    return await page.locator(".codes li").all_inner_texts()


@pytest.mark.parametrize(("device", "lang"), LOOKS)
async def test_a_second_factor_from_beginning_to_end(scene: Stage, device: str, lang: str) -> None:
    add_provider(scene)
    look, tail = look_of(device, lang), f"{device}-{lang}"
    login = f"two-{tail}"
    await add_agent(
        scene.house.store, now_ms, login=login, name="二段", role=Role.ADMIN, password=PASSWORD
    )
    page = await log_in(scene, login, **look)
    await page.wait_for_url("**/desk**")
    await page.goto(f"{scene.url}/account/second-factor")
    wrong = await judge(page, f"second-begin-{tail}")
    secret = await enrol(page, scene.url)
    wrong += await judge(page, f"second-qr-{tail}")
    codes = await confirm(page, secret)
    wrong += await judge(page, f"second-codes-{tail}")
    await page.locator("main a.button").click()
    await page.wait_for_url("**/second-factor")
    wrong += await judge(page, f"second-on-{tail}")
    await page.goto(f"{scene.url}/account")
    wrong += await judge(page, f"second-account-{tail}")
    await page.goto(f"{scene.url}/staff")
    wrong += await judge(page, f"second-staff-{tail}")
    other = await log_in(scene, login, **look)
    await other.wait_for_url("**/login/code**")
    await expect(other.locator("input[name=code]")).to_be_focused()
    await other.locator("input[name=code]").fill("000000")
    await other.keyboard.press("Enter")
    await expect(other.locator(".said.bad")).to_be_visible()
    wrong += await judge(other, f"second-ask-{tail}")
    await other.locator("input[name=code]").fill(codes[0].lower())
    await other.keyboard.press("Enter")
    await other.wait_for_url("**/desk**")
    assert wrong == []


async def test_the_picture_is_shown_under_our_own_policy(scene: Stage) -> None:
    await add_agent(
        scene.house.store, now_ms, login="strict", name="厳格", role=Role.AGENT, password=PASSWORD
    )
    page = await log_in(scene, "strict")
    await page.wait_for_url("**/desk**")
    secret = await enrol(page, scene.url)
    assert len(secret) == 20


@pytest.mark.parametrize(("device", "lang"), LOOKS)
async def test_the_login_page_with_a_provider(scene: Stage, device: str, lang: str) -> None:
    add_provider(scene)
    page = await scene.page(**look_of(device, lang))
    await page.goto(f"{scene.url}/login?said=login.outside.unknown")
    await expect(page.locator("a[href^='/login/outside']")).to_be_visible()
    assert await judge(page, f"login-outside-{device}-{lang}") == []


async def test_what_was_written_outlives_the_login(scene: Stage) -> None:
    await add_agent(
        scene.house.store, now_ms, login="late", name="遅番", role=Role.ADMIN, password=PASSWORD
    )
    page = await log_in(scene, "late")
    await page.wait_for_url("**/desk**")
    # a form: sent after the login had ended
    await page.goto(f"{scene.url}/staff")
    await page.locator("main > details").last.locator("summary").click()
    field = page.locator("details[open] input[name=name]")
    await field.fill("途中の名前")
    await page.context.clear_cookies()
    await page.keyboard.press("Enter")
    await come_back(page, "**/staff")
    await expect(page.locator("#brought-back")).to_contain_text("まだ送信されていません")
    await expect(field).to_have_value("途中の名前")
    # an entry: another tab logs in anew, and this one goes on writing without a question
    await page.goto(f"{scene.url}/knowledge/e/return-how")
    token = await page.locator("meta[name=csrf]").get_attribute("content")
    await page.context.clear_cookies()
    tab = await page.context.new_page()
    await tab.goto(f"{scene.url}/login")
    await come_back(tab, "**/desk**")
    await page.locator("#f-answer").fill("途中の回答です。")
    await expect(page.locator(f'meta[name=csrf]:not([content="{token}"])')).to_have_count(1)
    await expect(page.locator("#f-answer")).to_have_value("途中の回答です。")
    await expect(page.locator("#saved")).to_contain_text("下書きを保存しました")


async def come_back(page: Page, address: str) -> None:
    await page.wait_for_url("**/login**")
    await page.locator("input[name=login]").fill("late")
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(address)
