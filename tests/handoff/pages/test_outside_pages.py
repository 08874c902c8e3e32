"""Logging in by an account at an identity provider: honest ones lead in, evil ones nowhere."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Role
from handoff.appkeys import OUTSIDE
from handoff.outside import OutsideLogins
from handoff.outside_provider import HttpProvider
from handoff.settings import OidcSettings
from tests.handoff.fake_issuer import CLIENT, MAIL, SECRET, FakeIssuer
from tests.handoff.pages.house import PASSWORD, Browser, build, staff
from tests.handoff.people_world import World

FAILED = "/login?said=login.outside.failed"
UNKNOWN = "/login?said=login.outside.unknown"
UNREACHABLE = "/login?said=login.outside.unreachable"


@dataclass
class Scene:
    """A desk, an identity provider beside it, and a browser between the two."""

    world: World
    issuer: FakeIssuer
    server: TestServer
    session: aiohttp.ClientSession
    browsers: list[Browser] = field(default_factory=list)
    timeout_s: float = 5

    def __post_init__(self) -> None:
        self.browser = self.new_browser()

    def new_browser(self) -> Browser:
        """Another one from now on."""
        self.browser = Browser(self.server)
        self.browsers.append(self.browser)
        return self.browser

    def set_up(self, **settings: Any) -> None:
        """The provider as the settings name it; its caches are new."""
        oidc = OidcSettings(
            issuer=self.issuer.issuer, client_id=CLIENT, client_secret=SECRET, **settings
        )
        back = f"{self.browser.origin}/login/outside/back"
        clock = self.world.clock
        provider = HttpProvider(self.session, oidc, clock, back=back, timeout_s=self.timeout_s)
        self.server.app._state[OUTSIDE] = OutsideLogins(
            self.world.store, self.world.logins, oidc, clock, provider, b"k" * 32
        )

    async def go(self, wanted: str = "/desk") -> str:
        """Where the button leads."""
        answer = await self.browser.get(f"/login/outside?next={quote(wanted)}")
        assert answer.status == 303
        return answer.headers["Location"]

    async def come_back(self, code: str, state: str, **more: str) -> str:
        """Where the way back leads."""
        query = "&".join(
            f"{n}={quote(v)}" for n, v in {"code": code, "state": state, **more}.items()
        )
        answer = await self.browser.get(f"/login/outside/back?{query}")
        assert answer.status == 303
        return answer.headers["Location"]

    async def log_in(self, wanted: str = "/desk") -> str:
        """The whole way; where it ends."""
        return await self.come_back(*self.issuer.give_code(await self.go(wanted)))

    async def who(self) -> int | None:
        """Status of a page that takes a login."""
        return (await self.browser.get("/desk/api/start", html=False)).status


@pytest.fixture
async def scene(world: World, tmp_path: Path) -> AsyncIterator[Scene]:
    server = TestServer(await asyncio.to_thread(build, world, tmp_path))
    await server.start_server()
    issuer = FakeIssuer(world.clock)
    fake = await issuer.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        scene = Scene(world, issuer, server, session)
        scene.set_up()
        yield scene
        for browser in scene.browsers:
            await browser.client.close()
    await server.close()
    await fake.close()


async def test_a_verified_address_logs_in_as_the_login_of_that_name(scene: Scene):
    await staff(scene.world, MAIL)
    page = await (await scene.browser.get("/login?next=/results")).text()
    assert 'href="/login/outside?next=/results"' in page
    assert "社内アカウントでログインする" in page
    assert await scene.log_in("/results") == "/results"
    assert await scene.who() == 200
    [bound] = await scene.world.rows("SELECT issuer, subject FROM outside_account")
    assert bound == {"issuer": scene.issuer.issuer, "subject": "person-1"}


async def test_what_is_bound_stays_bound_whatever_the_address_becomes(scene: Scene):
    await staff(scene.world, MAIL)
    await scene.log_in()
    scene.issuer.claims = {"email": "married@shop.example"}
    scene.new_browser()
    assert await scene.log_in() == "/desk"
    # the address is given to a newcomer, who is somebody else
    scene.issuer.claims = {"sub": "person-2"}
    scene.new_browser()
    assert await scene.log_in() == UNKNOWN
    assert await scene.who() == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": None},
        {"email": "other@shop.example"},
        {"email": "ｓａｔｏ@shop.example"},
        {"email": f" {MAIL}"},
        {"email": [MAIL]},
    ],
)
async def test_an_address_that_is_not_verified_is_nobodys(scene: Scene, claims: dict[str, Any]):
    await staff(scene.world, MAIL)
    scene.issuer.claims = claims
    assert await scene.log_in() == UNKNOWN
    assert await scene.who() == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT, "another-client"]},
        {"azp": "another-client"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 1},
        {"iat": None},
        {"nbf": 99999999999},
        {"nonce": "of another log-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 300},
    ],
)
async def test_a_token_that_is_not_for_us_or_not_of_now_is_refused(
    scene: Scene, claims: dict[str, Any]
):
    await staff(scene.world, MAIL)
    scene.issuer.claims = claims
    assert await scene.log_in() == FAILED
    assert await scene.who() == 401


@pytest.mark.parametrize("evil", ["alg_none", "hs256", "oct", "other_key", "own_key"])
async def test_a_token_that_the_provider_did_not_sign_is_refused(scene: Scene, evil: str):
    await staff(scene.world, MAIL)
    scene.issuer.evil = evil
    assert await scene.log_in() == FAILED
    assert await scene.who() == 401


@pytest.mark.parametrize("evil", ["redirect", "moved", "renamed", "html"])
async def test_a_provider_that_leads_elsewhere_is_not_followed(scene: Scene, evil: str):
    scene.issuer.evil = evil
    answer = await scene.browser.get("/login/outside")
    assert answer.headers["Location"] == UNREACHABLE
    assert scene.issuer.calls == ["discovery"]
    # it is not asked again with every click
    await scene.browser.get("/login/outside")
    assert scene.issuer.calls == ["discovery"]
    scene.issuer.evil = ""
    scene.world.clock.forward(ms=6_000)
    assert (await scene.go()).startswith(f"{scene.issuer.issuer}/authorize?")


@pytest.mark.parametrize("evil", ["huge", "keys_redirect"])
async def test_keys_are_small_and_at_home(scene: Scene, evil: str):
    await staff(scene.world, MAIL)
    scene.issuer.evil = evil
    assert await scene.log_in() == UNREACHABLE
    assert await scene.who() == 401


async def test_a_slow_provider_is_given_up(scene: Scene):
    scene.timeout_s = 0.1
    scene.set_up()
    scene.issuer.evil = "slow"
    answer = await scene.browser.get("/login/outside")
    assert answer.headers["Location"] == UNREACHABLE


async def test_a_return_is_worth_one_login(scene: Scene):
    """Even where the provider takes a code twice and the cookie is kept."""
    await staff(scene.world, MAIL)
    scene.issuer.evil = "replay"
    code, state = scene.issuer.give_code(await scene.go())
    jar = scene.browser.client.session.cookie_jar
    kept = {cookie.key: cookie.value for cookie in jar}
    assert await scene.come_back(code, state) == "/desk"
    thief = scene.new_browser()
    thief.client.session.cookie_jar.update_cookies(kept)
    assert await scene.come_back(code, state) == FAILED
    assert await scene.who() == 401


async def test_a_used_code_is_refused(scene: Scene):
    await staff(scene.world, MAIL)
    code, state = scene.issuer.give_code(await scene.go())
    assert await scene.come_back(code, state) == "/desk"
    scene.new_browser()
    _, state = scene.issuer.give_code(await scene.go())
    assert await scene.come_back(code, state) == FAILED


async def test_a_return_belongs_to_the_browser_that_went(scene: Scene):
    """Otherwise somebody could be logged in as another without knowing."""
    await staff(scene.world, MAIL)
    code, state = scene.issuer.give_code(await scene.go())
    scene.new_browser()
    assert await scene.come_back(code, state) == FAILED
    await scene.go()
    assert await scene.come_back(code, state) == FAILED


async def test_a_return_comes_in_time_and_with_our_cookie(scene: Scene):
    await staff(scene.world, MAIL)
    code, state = scene.issuer.give_code(await scene.go())
    scene.world.clock.forward(minutes=10)
    assert await scene.come_back(code, state) == FAILED
    code, state = scene.issuer.give_code(await scene.go("/results"))
    jar = scene.browser.client.session.cookie_jar
    cookie = next(one.value for one in jar if one.key == "madoguchi-outside")
    forged = cookie.replace(".0.", ".1.", 1)
    jar.clear()
    jar.update_cookies({"madoguchi-outside": forged})
    assert await scene.come_back(code, state) == FAILED
    assert await scene.come_back("", "", error="access_denied") == FAILED


async def test_another_issuers_answer_is_refused(scene: Scene):
    await staff(scene.world, MAIL)
    code, state = scene.issuer.give_code(await scene.go())
    assert await scene.come_back(code, state, iss="https://evil.example") == FAILED


async def test_nobody_is_made_unless_the_settings_say_so(scene: Scene):
    assert await scene.log_in() == UNKNOWN
    assert await scene.world.rows("SELECT id FROM agent") == []
    scene.set_up(create="agent", domains=["other.example"])
    assert await scene.log_in() == UNKNOWN
    assert await scene.world.rows("SELECT id FROM agent") == []


@pytest.mark.parametrize(
    ("groups", "role"),
    [(None, "agent"), ([], "agent"), ("leads", "supervisor"), (["x", "leads", "bosses"], "admin")],
)
async def test_a_new_account_gets_the_role_of_its_group(scene: Scene, groups: Any, role: str):
    scene.set_up(
        create="agent",
        domains=["Shop.example"],
        roles_claim="groups",
        roles={"leads": "supervisor", "bosses": "admin"},
    )
    scene.issuer.claims = {"groups": groups}
    assert await scene.log_in() == "/desk"
    [made] = await scene.world.rows("SELECT login, name, role, must_change FROM agent")
    assert made == {"login": MAIL, "name": "佐藤 花子", "role": role, "must_change": 0}
    # no password fits
    other = scene.new_browser()
    assert [(await other.log_in(MAIL, typed)).status for typed in ("-", "", PASSWORD)] == [403] * 3


async def test_a_disabled_account_stays_outside(scene: Scene):
    await staff(scene.world, MAIL)
    await scene.log_in()
    await scene.world.run("UPDATE agent SET active = 0")
    scene.new_browser()
    assert await scene.log_in() == UNKNOWN
    await scene.world.run("DELETE FROM outside_account")
    assert await scene.log_in() == UNKNOWN


async def test_a_second_factor_of_ours_is_asked_for_all_the_same(scene: Scene):
    agent = await staff(scene.world, MAIL)
    await scene.world.run(
        "INSERT INTO second_factor (agent_id, seed, begun_at, confirmed_at, last_step)"
        " VALUES (:id, :seed, 1, 1, 0)",
        id=agent.id,
        seed="0" * 40,
    )
    assert await scene.log_in("/results") == "/login/code?next=%2Fresults"
    assert await scene.who() == 401


async def test_new_keys_are_fetched_once_a_minute_at_most(scene: Scene):
    await staff(scene.world, MAIL)
    scene.issuer.head = {"kid": "made-up"}
    for _ in range(3):
        assert await scene.log_in() == FAILED
    assert scene.issuer.calls.count("keys") == 1
    assert scene.issuer.calls.count("discovery") == 1
    scene.world.clock.forward(minutes=1)
    assert await scene.log_in() == FAILED
    assert scene.issuer.calls.count("keys") == 2


async def bind(scene: Scene, **fields: str) -> Any:
    return await scene.browser.form("/account/outside/bind", **fields)


async def test_an_account_is_bound_on_its_own_page_with_the_password(scene: Scene):
    await staff(scene.world, "sato")
    await scene.browser.log_in("sato")
    assert (await bind(scene, current="not the password")).status == 409
    page = await (await bind(scene, current=PASSWORD)).text()
    url = page.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    assert await scene.come_back(*scene.issuer.give_code(url)) == "/account?said=done.saved"
    assert "結び付いています" in await (await scene.browser.get("/account")).text()
    await scene.browser.form("/logout")
    assert await scene.log_in() == "/desk"
    page = await (await scene.browser.get("/account")).text()
    scene.browser.token = page.split('name="csrf" content="')[1].split('"')[0]
    assert (await scene.browser.form("/account/outside/unbind")).status == 303
    scene.new_browser()
    assert await scene.log_in() == UNKNOWN


async def test_binding_belongs_to_the_one_who_began_it(scene: Scene):
    for name in ("sato", "ito"):
        await staff(scene.world, name)
    await scene.browser.log_in("sato")
    page = await (await bind(scene, current=PASSWORD)).text()
    url = page.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    await scene.browser.form("/logout")
    await scene.browser.log_in("ito")
    back = await scene.come_back(*scene.issuer.give_code(url))
    assert back == "/account?said=login.outside.failed"
    assert await scene.world.rows("SELECT id FROM outside_account") == []


async def test_the_browser_is_sent_with_all_that_protects_it(scene: Scene):
    url = urlsplit(await scene.go())
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert sorted(asked) == [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ]
    assert asked["redirect_uri"] == f"{scene.browser.origin}/login/outside/back"
    other = parse_qs(urlsplit(await scene.go()).query)
    assert [other[name][0] == asked[name] for name in ("state", "nonce", "code_challenge")] == [
        False
    ] * 3


async def test_without_a_provider_there_is_no_button_and_no_way(stranger: Browser):
    assert "/login/outside" not in await (await stranger.get("/login")).text()
    for path in ("/login/outside", "/login/outside/back?code=x&state=y"):
        assert (await stranger.get(path)).status == 404


async def test_roles_are_not_moved_by_a_later_login(scene: Scene):
    scene.set_up(create="agent", domains=["shop.example"], roles_claim="g", roles={"b": "admin"})
    await staff(scene.world, MAIL, Role.SUPERVISOR)
    scene.issuer.claims = {"g": ["b"]}
    await scene.log_in()
    assert await scene.world.rows("SELECT role FROM agent") == [{"role": "supervisor"}]
