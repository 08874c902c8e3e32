"""Logging in and out: cookies, slow guessing, forged forms."""

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Role
from handoff.pages.login import parse_next
from tests.handoff.pages.house import Browser, build, staff
from tests.handoff.people_world import World


async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    server: TestServer, world: World
) -> None:
    await staff(world, "sato")
    browser = Browser(server)
    answer = await browser.log_in("sato")
    name, *flags = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("madoguchi=")
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Lax"]
    await browser.client.close()


async def test_https_binds_the_cookie_to_the_host(world: World, tmp_path: Path) -> None:
    await staff(world, "sato")
    app = await asyncio.to_thread(build, world, tmp_path, public_url="https://desk.example")
    server = TestServer(app)
    await server.start_server()
    browser = Browser(server)
    answer = await browser.log_in("sato")
    name, *flags = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-madoguchi=")
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    await browser.client.close()
    await server.close()


async def test_wrong_name_and_wrong_password_read_the_same(
    stranger: Browser, world: World
) -> None:
    await staff(world, "sato")
    pages = []
    for login in ("sato", "nobody"):
        answer = await stranger.log_in(login, "not the password")
        text = await answer.text()
        pages.append((answer.status, text.replace(login, "LOGIN")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 403
    assert "ログイン名かパスワードが違います。" in pages[0][1] or "is wrong" in pages[0][1]


async def test_guessing_is_told_to_wait(stranger: Browser, world: World) -> None:
    await staff(world, "sato")
    for _ in range(5):
        await stranger.log_in("sato", "not the password")
    answer = await stranger.log_in("sato", "not the password")
    assert answer.status == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    world.clock.forward(minutes=2)
    assert (await stranger.log_in("sato")).status == 303


async def test_logout_ends_the_login_on_the_server_too(agent: Browser) -> None:
    kept = {cookie.key: cookie.value for cookie in agent.client.session.cookie_jar}
    answer = await agent.form("/logout")
    assert answer.headers["Location"] == "/login?said=login.done"
    agent.client.session.cookie_jar.update_cookies(kept)
    assert (await agent.get("/desk/api/start", html=False)).status == 401


async def test_a_quiet_login_ends(agent: Browser, world: World) -> None:
    world.clock.forward(minutes=31)
    assert (await agent.get("/desk/api/start", html=False)).status == 401


async def test_a_page_that_merely_follows_keeps_no_login_alive(
    agent: Browser, world: World
) -> None:
    statuses = []
    for _ in range(4):
        world.clock.forward(minutes=10)
        answer = await agent.client.get("/desk/api/start", headers={"X-Madoguchi-Quiet": "1"})
        statuses.append(answer.status)
    assert statuses == [200, 200, 401, 401]


async def test_a_page_in_use_keeps_the_login_alive(agent: Browser, world: World) -> None:
    statuses = []
    for _ in range(4):
        world.clock.forward(minutes=10)
        statuses.append((await agent.get("/desk/api/start", html=False)).status)
    assert statuses == [200] * 4


async def test_disabling_ends_every_login_at_once(
    browsers: dict[Role, Browser], world: World
) -> None:
    agents = await world.rows("SELECT id FROM agent WHERE login = 'agent'")
    answer = await browsers[Role.ADMIN].form(f"/staff/{agents[0]['id']}/disable")
    assert answer.status == 303
    assert (await browsers[Role.AGENT].get("/desk/api/start", html=False)).status == 401


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1.evil.example"],
)
async def test_a_change_from_elsewhere_is_refused(
    agent: Browser, world: World, origin: str
) -> None:
    waits = await world.waiting()
    headers = {"X-Madoguchi-Token": agent.token, **({"Origin": origin} if origin else {})}
    path = f"/desk/api/conversations/{waits.id}/claim"
    answer = await agent.client.post(path, json={}, headers=headers)
    assert answer.status == 403
    assert (await world.get(waits.id)).agent_id is None


@pytest.mark.parametrize("token", ["", "wrong", "ü" * 64])
async def test_a_change_without_the_pages_token_is_refused(
    agent: Browser, world: World, token: str
) -> None:
    waits = await world.waiting()
    headers = {"Origin": agent.origin, "X-Madoguchi-Token": token}
    path = f"/desk/api/conversations/{waits.id}/claim"
    answer = await agent.client.post(path, json={}, headers=headers)
    form = await agent.form("/logout", csrf=token)
    assert (answer.status, form.status) == (403, 403)
    assert (await world.get(waits.id)).agent_id is None
    assert (await agent.get("/desk")).status == 200


async def test_another_logins_token_is_worth_nothing(browsers: dict[Role, Browser]) -> None:
    agent, admin = browsers[Role.AGENT], browsers[Role.ADMIN]
    agent.token = admin.token
    assert (await agent.send("/desk/api/presence", presence="away")).status == 403


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/desk?c=3", "/desk?c=3"),
        ("//evil.example", "/desk"),
        ("/\\evil.example", "/desk"),
        ("https://evil.example", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("/desk\r\nSet-Cookie: a=b", "/desk"),
        ("/logout", "/desk"),
        ("", "/desk"),
    ],
)
def test_after_the_login_only_our_own_pages(wanted: str, found: str) -> None:
    assert parse_next(wanted) == found


async def test_a_planted_token_is_not_kept_at_login(stranger: Browser, world: World) -> None:
    await staff(world, "sato")
    stranger.client.session.cookie_jar.update_cookies({"madoguchi": "planted"})
    answer = await stranger.log_in("sato")
    assert "planted" not in answer.headers["Set-Cookie"]
