"""The second factor in a browser: added, asked for, removed, and never in an address."""

import asyncio
import base64
import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Role
from handoff.logins import Logins
from handoff.settings import PeopleSettings
from handoff.totp import STEP_MS, code_of, step_at
from tests.handoff.pages.house import PASSWORD, Browser, build, staff
from tests.handoff.people_world import World

PATH = "/account/second-factor"
ENDED = "/login?said=login.code.ended"


async def enrol(browser: Browser, world: World) -> tuple[bytes, list[str]]:
    """The secret that the page shows and its recovery codes; a new code is due."""
    answer = await browser.form(f"{PATH}/begin", current=PASSWORD)
    assert answer.headers["Location"] == PATH
    page = await (await browser.get(PATH)).text()
    shown = re.search(r'class="once" translate="no">([A-Z2-7 ]+)<', page)
    assert shown
    secret = base64.b32decode(shown[1].replace(" ", ""))
    code = code_of(secret, step_at(world.clock()))
    page = await (await browser.form(f"{PATH}/confirm", code=code)).text()
    browser.token = page.split('name="csrf" content="')[1].split('"')[0]
    world.clock.forward(ms=STEP_MS)
    return secret, re.findall(r"<li>((?:[A-Z2-7]{4}-?){4})</li>", page)


async def log_in(browser: Browser, code: str, **fields: str):
    return await browser.client.post(
        "/login/code",
        data={"code": code, **fields},
        headers={"Origin": browser.origin},
        allow_redirects=False,
    )


async def test_from_the_account_page_to_a_login_with_a_code(server: TestServer, world: World):
    await staff(world, "sato")
    browser = Browser(server)
    await browser.log_in("sato")
    first = {cookie.value for cookie in browser.client.session.cookie_jar}
    secret, codes = await enrol(browser, world)
    assert len(codes) == 10
    # the login was renewed, and the page of the codes works on with it
    assert (await browser.get("/desk")).status == 200
    assert not first & {cookie.value for cookie in browser.client.session.cookie_jar}
    assert (await browser.form("/logout")).status == 303
    other = Browser(server)
    answer = await other.log_in("sato", next="/results")
    assert (answer.status, answer.headers["Location"]) == (303, "/login/code?next=%2Fresults")
    assert (await other.get("/desk")).headers["Location"].startswith("/login")
    refused = await log_in(other, "000000")
    assert refused.status == 403
    assert "すでに使われて" in await refused.text() or "used before" in await refused.text()
    code = code_of(secret, step_at(world.clock()))
    answer = await log_in(other, code, next="/results")
    assert (answer.status, answer.headers["Location"]) == (303, "/results")
    assert (await other.get("/desk")).status == 200
    assert (await other.get("/login/code")).headers["Location"] == ENDED
    for one in (browser, other):
        await one.client.close()


async def test_the_ticket_is_a_cookie_kept_from_scripts_and_no_login(
    server: TestServer, world: World
):
    await staff(world, "sato")
    browser = Browser(server)
    await browser.log_in("sato")
    await enrol(browser, world)
    other = Browser(server)
    answer = await other.log_in("sato")
    name, *flags = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("madoguchi-code=")
    assert sorted(flags)[:2] == ["HttpOnly", "Max-Age=300"]
    ticket = name.partition("=")[2]
    other.client.session.cookie_jar.update_cookies({"madoguchi": ticket})
    assert (await other.get("/desk/api/start", html=False)).status == 401
    for one in (browser, other):
        await one.client.close()


async def test_the_second_step_comes_from_our_own_page(stranger: Browser, world: World):
    answer = await stranger.client.post(
        "/login/code", data={"code": "1"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status == 403
    assert (await stranger.get("/login/code")).headers["Location"] == ENDED
    answer = await log_in(stranger, "123456")
    assert answer.headers["Location"] == ENDED


async def test_the_picture_is_there_until_the_first_code(agent: Browser, world: World):
    assert (await agent.get(f"{PATH}/qr.svg", html=False)).status == 404
    await agent.form(f"{PATH}/begin", current=PASSWORD)
    picture = await agent.get(f"{PATH}/qr.svg", html=False)
    body = await picture.text()
    assert picture.content_type == "image/svg+xml"
    assert "no-store" in picture.headers["Cache-Control"]
    assert body.startswith("<?xml")
    assert [word for word in ("<script", "style=", "href") if word in body] == []
    await enrol(agent, world)
    assert (await agent.get(f"{PATH}/qr.svg", html=False)).status == 404
    assert "アプリに入力してください" not in await (await agent.get(PATH)).text()


async def test_removal_in_the_browser(agent: Browser, world: World):
    _, codes = await enrol(agent, world)
    answer = await agent.form(f"{PATH}/remove", current="not the password", code=codes[0])
    assert answer.status == 409
    answer = await agent.form(f"{PATH}/remove", current=PASSWORD, code=codes[0])
    assert answer.headers["Location"] == f"{PATH}?said=second.removed"
    assert "二段階認証は設定されていません" in await (await agent.get("/account")).text()


async def test_an_admin_sees_and_resets_it(browsers: dict[Role, Browser], world: World):
    agent, admin = browsers[Role.AGENT], browsers[Role.ADMIN]
    await enrol(agent, world)
    assert "二段階認証あり" in await (await admin.get("/staff")).text()
    found = (await world.rows("SELECT id FROM agent WHERE login = 'agent'"))[0]["id"]
    assert (await agent.form(f"/staff/{found}/second")).status == 403
    assert (await admin.form(f"/staff/{found}/second")).status == 303
    assert (await agent.get("/desk/api/start", html=False)).status == 401
    assert "二段階認証あり" not in await (await admin.get("/staff")).text()


@pytest.fixture
async def strict(world: World, tmp_path: Path):
    """A house in which everybody must have a second factor."""
    world.settings = PeopleSettings(second_factor="everybody")
    world.logins = Logins(world.store, world.hints, world.settings, world.clock)
    server = TestServer(await asyncio.to_thread(build, world, tmp_path))
    await server.start_server()
    yield server
    await server.close()


async def test_who_must_add_one_is_led_there_and_can_do_nothing_else(strict, world: World):
    await staff(world, "sato", Role.ADMIN)
    browser = Browser(strict)
    await browser.log_in("sato")
    for path in ("/desk", "/staff", "/knowledge", "/results"):
        assert (await browser.get(path)).headers["Location"] == PATH
    assert (await browser.get("/desk/api/start", html=False)).status == 403
    assert (await browser.send("/desk/api/presence", presence="away")).status == 403
    assert (await browser.form("/staff", login="x", name="x", role="admin")).status == 403
    assert "二段階認証が必要です" in await (await browser.get(PATH)).text()
    await enrol(browser, world)
    assert (await browser.get("/desk")).status == 200
    await browser.client.close()
